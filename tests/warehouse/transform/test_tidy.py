"""From archived bytes to tidy rows, quarantine and measures: whole, repeatable, nothing lost."""

import json
from datetime import date
from pathlib import Path

import polars as pl
import pytest

from tests.checks.support_checks import LIST, SUB_ICB, brought, tidied
from tests.support import (
    coverage,
    crosstab,
    imported,
    kept_in,
    patient_list,
    regional,
    write,
    zipped,
)
from warehouse.archive.source_files import Archive
from warehouse.base.home import Home
from warehouse.contract.model import contracts
from warehouse.transform import lake
from warehouse.transform import tidy as tidy_module
from warehouse.transform.lake import LakePaths, facts_of, lake_paths, quarantine_of, version_of
from warehouse.transform.tidy import tidy

COUNT, AREA, MONTH = "COUNT_OF_APPOINTMENTS", "SUB_ICB_LOCATION_CODE", "APPOINTMENT_MONTH"
SEP, OCTOBER = date(2025, 9, 1), date(2025, 10, 1)


def quarantine(paths: LakePaths) -> pl.DataFrame:
    return pl.read_parquet(paths.quarantine)


def unreliable(paths: LakePaths) -> list[tuple[str, date]]:
    cells = pl.read_parquet(paths.measures)
    return cells.filter("unreliable").select("org_code", "month").sort(pl.all()).rows()


def test_rows_are_typed_counted_and_numbered(home: Home) -> None:
    facts, paths = tidied(home, regional({COUNT: 3}, {COUNT: "x"}, {COUNT: 4}))
    rows = pl.read_parquet(paths.tidy)
    assert rows.columns == ["source_row", *contracts()[SUB_ICB].columns]
    assert rows.select("source_row", "appointments", "month").rows() == [
        (2, 3, OCTOBER),
        (4, 4, OCTOBER),
    ]
    assert (facts.rows, facts.quarantined, facts.cells, facts.unreliable_cells) == (2, 1, 1, 1)
    assert [broken.model_dump() for broken in facts.broken] == [
        {"rule": "count_whole", "column": "appointments", "rows": 1}
    ]


def test_quarantine_has_what_where_and_what_to_do(home: Home) -> None:
    _, paths = tidied(home, regional({}, {"HCP_TYPE": "Nurse"}, {"APPT_STATUS": ""}, {COUNT: -2}))
    rows = {row["rule"]: row for row in quarantine(paths).iter_rows(named=True)}
    assert rows.keys() == {"label_known", "value_present", "count_not_negative"}
    label = rows["label_known"]
    assert (label["source_row"], label["column_name"], label["found"]) == (3, "hcp_type", "Nurse")
    assert label["expected"] == "one of GP, Other Practice staff, Unknown"
    assert label["reason"] == (
        "HCP_TYPE: found `Nurse`, expected one of GP, Other Practice staff, Unknown; "
        "if the publisher has added a label, list it in the feed's contract"
    )
    assert json.loads(label["row_json"])["HCP_TYPE"] == "Nurse"
    assert json.loads(label["row_json"])["ICB_NAME"].startswith("NHS Leicester, Leicestershire")
    assert rows["value_present"]["reason"].startswith(
        "APPT_STATUS: found nothing, expected a value"
    )
    negative = rows["count_not_negative"]
    assert (negative["found"], negative["expected"]) == ("-2", "zero or more")
    assert negative["source_row"] == 5


def test_a_valid_file_has_no_quarantine(home: Home) -> None:
    (file,) = brought(home, regional())
    paths = lake_paths(home, file)
    write(paths.quarantine, b"left by an earlier version")
    tidy(home, file)
    assert not paths.quarantine.exists()
    assert quarantine_of(home, file) is None


def test_too_many_fields_are_never_read_as_a_smaller_number(home: Home) -> None:
    """An unquoted 1,234 shifts what follows; every field before the end still seems valid."""
    shifted = coverage({"Included Practices": 7}).replace(b",7,1,1000,1000", b",1,234,1000,1000,9")
    facts, paths = tidied(home, shifted + b"03W,E54000015,E40000011,01OCT2025,2,2,20,20\r\n")
    assert (facts.rows, facts.quarantined) == (1, 1)
    (row,) = quarantine(paths).iter_rows(named=True)
    assert (row["rule"], row["source_row"], row["found"]) == ("row_shape", 2, "9")
    assert row["reason"].startswith("the row: found `9`, expected no more fields than headings")


def test_too_few_fields_are_missing_values(home: Home) -> None:
    content = regional({}, {}).replace(b",Same Day,10\r\n", b",Same Day\r\n", 1)
    facts, paths = tidied(home, content)
    assert (facts.rows, facts.quarantined) == (1, 1)
    assert quarantine(paths).select("rule", "column_name", "source_row").row(0) == (
        "value_present",
        "appointments",
        2,
    )


def test_trailing_commas_of_a_spreadsheet_do_no_harm(home: Home) -> None:
    facts, paths = tidied(home, regional({}, {COUNT: 5}).replace(b"\r\n", b",,\r\n"))
    assert (facts.rows, facts.quarantined, facts.extra_headings) == (2, 0, [])
    assert pl.read_parquet(paths.measures)["appointments"].to_list() == [15]


def test_a_comma_after_each_row_but_not_after_the_headings(home: Home) -> None:
    headings, *rows = regional({}, {COUNT: 5}).split(b"\r\n")
    content = b"\r\n".join([headings, *(row + b"," for row in rows if row)])
    facts, _ = tidied(home, content)
    assert (facts.rows, facts.quarantined) == (2, 0)


def test_an_open_quote_that_swallows_rows_is_found(home: Home) -> None:
    """The reader joins lines until the quote is closed: figures vanish unless it is noticed."""
    rows = [{"SUB_ICB_LOCATION_NAME": f"N{i}", "ICB_NAME": "An ICB", COUNT: i} for i in range(2, 7)]
    content = regional(*rows).replace(b",N3,", b',"N3,').replace(b",N5,", b',N5",')
    facts, paths = tidied(home, content)
    assert (facts.rows, facts.quarantined) == (2, 1)
    (row,) = quarantine(paths).iter_rows(named=True)
    assert (row["rule"], row["source_row"]) == ("row_shape", 3)
    assert len(row["found"]) <= 200
    assert unreliable(paths) == [("04C", OCTOBER)]


def test_rows_joined_by_an_open_quote_make_the_whole_file_unreliable(home: Home) -> None:
    changes = [{AREA: "03W"}, {}, {AREA: "04V"}, {MONTH: "SEP2025"}]
    rows = [
        {"SUB_ICB_LOCATION_NAME": f"N{i}", "ICB_NAME": "An ICB"} | change
        for i, change in enumerate(changes)
    ]
    content = regional(*rows).replace(b",N1,", b',"N1,').replace(b",N2,", b',N2",')
    _, paths = tidied(home, content)
    assert unreliable(paths) == [("03W", OCTOBER), ("04C", SEP)]


def test_a_byte_order_mark_and_accents_survive(home: Home) -> None:
    content = "\ufeff".encode() + regional({"SUB_ICB_LOCATION_NAME": "Évêché"})
    facts, paths = tidied(home, content)
    assert (facts.rows, facts.quarantined) == (1, 0)
    assert pl.read_parquet(paths.tidy)["sub_icb_name"].to_list() == ["Évêché"]


@pytest.mark.parametrize("encoding", ["utf-16", "cp1252"])
def test_other_encodings_give_the_same_rows(home: Home, encoding: str) -> None:
    content = regional({"SUB_ICB_LOCATION_NAME": "Évêché"}, {COUNT: "x"})
    facts, paths = tidied(home, content.decode().encode(encoding))
    assert (facts.rows, facts.quarantined) == (1, 1)
    assert pl.read_parquet(paths.tidy)["sub_icb_name"].to_list() == ["Évêché"]
    assert quarantine(paths)["source_row"].to_list() == [3]


def test_blank_lines_and_footnotes_are_kept_aside_and_make_nothing_unreliable(home: Home) -> None:
    content = regional({COUNT: 8}, end="\n") + b"\nSource: NHS England\n"
    facts, paths = tidied(home, content)
    assert (facts.rows, facts.quarantined) == (1, 2)
    assert quarantine(paths)["source_row"].to_list() == [3, 4]
    assert unreliable(paths) == []


@pytest.mark.parametrize(
    ("lost", "expected"),
    [
        ({COUNT: "x"}, [("04C", OCTOBER)]),
        ({COUNT: ""}, [("04C", OCTOBER)]),
        ({COUNT: -3}, [("04C", OCTOBER)]),
        ({"HCP_TYPE": "Nurse"}, [("04C", OCTOBER)]),
        ({"HCP_TYPE": "Nurse", AREA: "03W"}, [("03W", OCTOBER)]),
        ({"HCP_TYPE": "Nurse", COUNT: 0}, []),
        ({MONTH: "Q3 2025"}, [("04C", SEP), ("04C", OCTOBER)]),
        ({MONTH: "Q3 2025", COUNT: 0}, []),
        ({MONTH: "JAN2019"}, []),
        # Whose it was can't be told: all of that month, or all.
        ({AREA: ""}, [("03W", OCTOBER), ("04C", OCTOBER)]),
        ({AREA: "Leicester", MONTH: "SEP2025"}, [("04C", SEP)]),
        ({AREA: "", MONTH: ""}, [("03W", OCTOBER), ("04C", SEP), ("04C", OCTOBER)]),
        ({AREA: "", COUNT: 0}, []),
        ({AREA: "", COUNT: ""}, []),
    ],
)
def test_which_figures_a_lost_row_makes_unreliable(
    home: Home, lost: dict[str, object], expected: list[tuple[str, date]]
) -> None:
    sound = [{}, {MONTH: "SEP2025"}, {AREA: "03W"}]
    facts, paths = tidied(home, regional(*sound, lost))
    assert (facts.rows, facts.quarantined) == (3, 1)
    assert unreliable(paths) == expected
    assert facts.unreliable_cells == len(expected)


def test_a_garbled_practice_code_makes_unreliable_its_sub_icb_only(home: Home) -> None:
    facts, paths = tidied(
        home,
        crosstab(
            {"GP_CODE": "C82001"},
            {"GP_CODE": "C82002"},
            {"GP_CODE": "C82003", "SUB_ICB_LOCATION_CODE": "03W"},
            {"GP_CODE": "C82002", "APPOINTMENT_MONTH_START_DATE": "01SEP2025"},
            {"GP_CODE": "C8200"},
        ),
    )
    assert facts.quarantined == 1
    assert unreliable(paths) == [("C82001", OCTOBER), ("C82002", OCTOBER)]


def test_a_code_of_no_known_sub_icb_makes_unreliable_the_whole_month(home: Home) -> None:
    _, paths = tidied(
        home,
        crosstab(
            {"GP_CODE": "C82001"},
            {"GP_CODE": "C82003", "SUB_ICB_LOCATION_CODE": "03W"},
            {"GP_CODE": "?", "SUB_ICB_LOCATION_CODE": "?"},
        ),
    )
    assert unreliable(paths) == [("C82001", OCTOBER), ("C82003", OCTOBER)]


def test_unreliability_follows_the_cell_not_its_position(home: Home) -> None:
    codes = [f"C{82000 + i}" for i in range(300)]
    rows = [{"GP_CODE": code} for code in codes]
    lost = [{"GP_CODE": code, "HCP_TYPE": "Nurse"} for code in codes[::7]]
    _, paths = tidied(home, crosstab(*rows, *lost))
    assert [code for code, _ in unreliable(paths)] == codes[::7]


def test_tidying_twice_does_nothing_the_second_time(
    home: Home, monkeypatch: pytest.MonkeyPatch
) -> None:
    (file,) = brought(home, regional())
    first = tidy(home, file)
    before = {p: p.stat().st_mtime_ns for p in (home.root / "lake").rglob("*.*")}
    monkeypatch.setattr(tidy_module, "_extract", None)
    assert tidy(home, file) == first
    assert {p: p.stat().st_mtime_ns for p in (home.root / "lake").rglob("*.*")} == before


def test_a_new_version_tidies_again(home: Home, monkeypatch: pytest.MonkeyPatch) -> None:
    (file,) = brought(home, regional())
    old = tidy(home, file)
    monkeypatch.setattr(lake, "tidy_version", lambda feed: f"new-{feed}")
    assert facts_of(home, file) is None
    new = tidy(home, file)
    assert new.version != old.version and new.version.startswith(f"new-{SUB_ICB}")
    assert new.model_dump(exclude={"version"}) == old.model_dump(exclude={"version"})


def test_the_version_covers_contract_engine_and_this_module() -> None:
    versions = {feed: version_of(feed) for feed in contracts()}
    assert len(set(versions.values())) == len(versions)
    assert versions and all(
        version.endswith(f"polars{pl.__version__}") for version in versions.values()
    )
    assert all("-calamine" in version for version in versions.values())


@pytest.mark.parametrize(
    "step",
    [
        "transform.tidy.in_one_pass",
        "transform.tidy.by_rows",
        "transform.tidy._measure",
        "transform.tidy.measure",
        "transform.tidy.unreliable.unreliable_cells",
        "store.Store.replace",
    ],
)
def test_a_failure_midway_counts_as_not_tidied(
    home: Home, monkeypatch: pytest.MonkeyPatch, step: str
) -> None:
    def full_disk(*_args: object, **_more: object) -> None:
        raise OSError("no space left on device")

    (file,) = brought(home, regional({}, {COUNT: "x"}))
    with monkeypatch.context() as patch:
        patch.setattr(f"warehouse.{step}", full_disk)
        with pytest.raises(OSError, match="no space"):
            tidy(home, file)
    assert facts_of(home, file) is None
    assert not lake_paths(home, file).facts.exists()
    assert [name for name in kept_in(home) if name.endswith(".part")] == []
    assert tidy(home, file).rows == 1
    assert facts_of(home, file) is not None


def test_a_failed_write_leaves_no_file(home: Home, monkeypatch: pytest.MonkeyPatch) -> None:
    def half(self: pl.DataFrame, path: Path, **_more: object) -> None:
        Path(path).write_bytes(b"PAR1")
        raise OSError("no space left on device")

    (file,) = brought(home, regional())
    monkeypatch.setattr(pl.DataFrame, "write_parquet", half)
    with pytest.raises(OSError, match="no space"):
        tidy(home, file)
    paths = lake_paths(home, file)
    left = [p for p in (paths.quarantine, paths.measures, paths.facts) if p.exists()]
    assert left == []
    assert [name for name in kept_in(home) if name.endswith(".part")] == []


def test_changed_bytes_in_the_archive_are_noticed(home: Home) -> None:
    (file,) = brought(home, regional({COUNT: 1234}))
    path = Archive(home).object_path(file.container_sha256)
    path.chmod(0o644)
    path.write_bytes(path.read_bytes().replace(b"1234", b"9234"))
    with pytest.raises(OSError, match="not those that were imported"):
        tidy(home, file)
    assert facts_of(home, file) is None


def test_lost_bytes_are_named(home: Home) -> None:
    (file,) = brought(home, regional())
    Archive(home).object_path(file.container_sha256).unlink()
    with pytest.raises(FileNotFoundError, match=r"file1\.csv.*restore the archive"):
        tidy(home, file)


def test_a_zip_member_and_a_bare_file_tidy_alike(home: Home, tmp_path: Path) -> None:
    path = zipped(tmp_path / "a.zip", {"x.csv": regional({COUNT: 3}, {COUNT: "x"})})
    (outcome,) = imported(home, path)
    assert outcome.file is not None
    facts = tidy(home, outcome.file)
    assert (facts.rows, facts.quarantined) == (1, 1)


def test_new_columns_are_noted_not_read(home: Home) -> None:
    content = regional(end="\n").replace(b"\n", b",NEW\n", 1).replace(b",10\n", b",10,7\n")
    facts, paths = tidied(home, content)
    assert facts.extra_headings == ["NEW"]
    assert "NEW" not in pl.read_parquet(paths.tidy).columns


def test_lists_of_2021_are_tidied(home: Home) -> None:
    content = patient_list({"EXTRACT_DATE": "01JAN2021"}, ccg_era=True)
    (file,) = brought(home, content)
    assert (file.feed, file.edition, tidy(home, file).rows) == (LIST, "2021-01", 1)


def test_coverage_makes_unreliable_only_what_lost_a_figure(home: Home) -> None:
    zeros = dict.fromkeys(("Included Practices", "Open Practices"), 0)
    zeros |= {f"Patients registered at {kind} practices": 0 for kind in ("included", "open")}
    month = {"Appointment_Month": "01NOV2023"}
    rows = [{}, month, zeros | {"Appointment_Month": "?"}]
    _, paths = tidied(home, coverage(*rows))
    assert unreliable(paths) == []
    _, paths = tidied(home, coverage(*rows, {"Appointment_Month": "?"}))
    assert unreliable(paths) == [("04C", date(2023, 11, 1)), ("04C", OCTOBER)]
