"""Which edition a file belongs to."""

from datetime import date, timedelta
from pathlib import Path

import pytest

from assets.feeds.iif.testing import build as indicators
from tests.support import (
    coverage,
    crosstab,
    imported,
    kept_in,
    long_claims,
    mapping,
    patient_list,
    regional,
    write,
    write_coverage,
    write_crosstab,
    write_mapping,
    write_regional,
    zipped,
)
from tests.warehouse.intake.support_intake import AUGUST, OCTOBER, RELEASE, kept
from warehouse.base.home import Home


def editions(home: Home) -> set[tuple[str, str, str]]:
    return {(file.feed, file.edition, file.edition_basis) for file in kept(home)}


def test_all_members_of_a_zip_belong_to_the_latest_month(home: Home, tmp_path: Path) -> None:
    outcomes = imported(home, zipped(tmp_path / "release.zip", RELEASE))
    assert {one.verdict for one in outcomes} == {"imported"} and len(outcomes) == 5
    assert editions(home) == {
        ("gp_appointments_practice", "2025-10", "content"),
        ("gp_appointments_mapping", "2025-10", "sibling"),
    }
    months = {file.member: file.months for file in kept(home)}
    assert months["Practice_Level_Crosstab_Aug_25.csv"] == ("2025-08",)
    assert months["Mapping.csv"] == ()


def test_files_of_other_editions_in_one_zip_keep_their_own(home: Home, tmp_path: Path) -> None:
    dates = ("2025-08-01", "2025-09-01", "2025-10-01")
    members = {f"{day}.csv": patient_list({"EXTRACT_DATE": day}) for day in dates}
    imported(home, zipped(tmp_path / "lists.zip", members))
    assert [file.edition for file in kept(home)] == ["2025-08", "2025-09", "2025-10"]


def test_the_edition_of_a_single_month_is_that_month(home: Home, tmp_path: Path) -> None:
    imported(home, write_crosstab(tmp_path / "Crosstab_Oct_25.csv", AUGUST))
    assert editions(home) == {("gp_appointments_practice", "2025-08", "content")}


def test_the_argument_puts_an_earlier_month_into_its_edition(home: Home, tmp_path: Path) -> None:
    imported(home, write_crosstab(tmp_path / "f.csv", AUGUST), edition="2025-10")
    assert editions(home) == {("gp_appointments_practice", "2025-10", "argument")}


def test_an_edition_without_its_own_month_is_reported(home: Home, tmp_path: Path) -> None:
    path = write_crosstab(tmp_path / "Practice_Level_Crosstab_Nov_25.csv")
    [outcome] = imported(home, path, edition="2025-11")
    assert outcome.message.endswith(
        "(edition by argument), 1 row, 2025-10; 2025-11 is not among them"
    )


def test_an_edition_argument_equal_to_the_content_changes_nothing(
    home: Home, tmp_path: Path
) -> None:
    imported(home, zipped(tmp_path / "release.zip", RELEASE), edition="2025-10")
    assert {basis for _, _, basis in editions(home)} == {"content", "sibling"}


@pytest.mark.parametrize("name", ["Mapping_Oct_25.csv", "Mapping_Oct25_England.csv"])
def test_edition_of_a_mapping_by_its_name(name: str, home: Home, tmp_path: Path) -> None:
    (outcome,) = imported(home, write_mapping(tmp_path / name))
    assert editions(home) == {("gp_appointments_mapping", "2025-10", "file_name")}
    assert "edition 2025-10 (edition by file_name), 1 row" in outcome.message


def test_edition_of_a_mapping_by_its_zips_name(home: Home, tmp_path: Path) -> None:
    path = zipped(tmp_path / "Practice_Level_Crosstab_Oct_25.zip", {"Mapping.csv": mapping()})
    imported(home, path)
    assert editions(home) == {("gp_appointments_mapping", "2025-10", "file_name")}


def test_a_file_in_the_same_zip_decides_before_the_name(home: Home, tmp_path: Path) -> None:
    members = {"Crosstab.csv": crosstab(OCTOBER), "Mapping_Aug_25.csv": mapping()}
    imported(home, zipped(tmp_path / "release.zip", members))
    assert ("gp_appointments_mapping", "2025-10", "sibling") in editions(home)


def test_other_feeds_in_the_zip_are_no_siblings(home: Home, tmp_path: Path) -> None:
    members = {"Coverage.csv": coverage(), "Mapping.csv": mapping()}
    outcomes = imported(home, zipped(tmp_path / "release.zip", members))
    assert [(one.name, one.verdict) for one in outcomes] == [
        ("release.zip: Coverage.csv", "imported"),
        ("release.zip: Mapping.csv", "refused"),
    ]


def test_a_mapping_alone_needs_an_edition_argument(home: Home, tmp_path: Path) -> None:
    path = write_mapping(tmp_path / "Mapping.csv")
    (outcome,) = imported(home, path)
    assert outcome.verdict == "refused" and kept_in(home) == []
    assert "gp_appointments_mapping" in outcome.message and "--edition YYYY-MM" in outcome.remedy
    imported(home, path, edition="2025-10")
    assert editions(home) == {("gp_appointments_mapping", "2025-10", "argument")}


@pytest.mark.parametrize(
    ("content", "stated", "why"),
    [
        (regional(), "2025-09", "covers 2025-10"),
        (crosstab(OCTOBER), "2026-01", "ends in 2025-10"),
        (patient_list(), "2025-11", "ends in 2025-10"),
        (patient_list(), "2025-09", "covers 2025-10"),
    ],
)
def test_an_argument_that_contradicts_the_content_is_refused(
    content: bytes, stated: str, why: str, home: Home, tmp_path: Path
) -> None:
    (outcome,) = imported(home, write(tmp_path / "f.csv", content), edition=stated)
    assert outcome.verdict == "refused" and kept_in(home) == []
    assert f"--edition {stated} contradicts its content" in outcome.message
    assert why in outcome.message and "omit --edition" in outcome.remedy.lower()


def test_an_argument_that_contradicts_the_siblings_is_refused(home: Home, tmp_path: Path) -> None:
    members = {"Crosstab.csv": crosstab(OCTOBER), "Mapping.csv": mapping()}
    outcomes = imported(home, zipped(tmp_path / "r.zip", members), edition="2025-08")
    assert {one.verdict for one in outcomes} == {"refused"} and kept_in(home) == []
    said = {one.name: one.message for one in outcomes}
    assert "contradicts the files beside it, which cover 2025-10" in said["r.zip: Mapping.csv"]


def test_no_edition_lies_in_the_future(home: Home, tmp_path: Path) -> None:
    later = f"{date.today() + timedelta(days=40):%Y-%m}"
    path = write_mapping(tmp_path / "Mapping.csv")
    named = write_mapping(tmp_path / "Mapping_Dec_99.csv")
    outcomes = [*imported(home, path, edition=later), *imported(home, named)]
    assert [one.verdict for one in outcomes] == ["refused", "refused"] and kept_in(home) == []
    assert f"edition {later} (by argument) is in the future" in outcomes[0].message
    assert "edition 2099-12 (by file_name) is in the future" in outcomes[1].message
    assert outcomes and all("--edition" in one.remedy for one in outcomes)


def test_no_edition_is_of_years_before_any_feed_began(home: Home, tmp_path: Path) -> None:
    path = write_mapping(tmp_path / "Mapping.csv")
    (outcome,) = imported(home, path, edition="2014-12")
    assert outcome.verdict == "refused" and "before 2015-01" in outcome.message
    assert imported(home, path, edition="2015-01")[0].verdict == "imported"


def test_future_months_beside_past_ones_do_not_name_the_edition(home: Home, tmp_path: Path) -> None:
    later = f"{date.today() + timedelta(days=40):%b%Y}".upper()
    rows = [{"APPOINTMENT_MONTH": "OCT2025"}, {"APPOINTMENT_MONTH": later}]
    imported(home, write_regional(tmp_path / "f.csv", *rows))
    assert [(file.edition, file.months) for file in kept(home)] == [("2025-10", ("2025-10",))]


def test_figures_of_part_of_a_year_are_refused(home: Home, tmp_path: Path) -> None:
    path = write(tmp_path / "a.csv", indicators({"ACH_DATE": "30/09/2023"}))
    [refused] = imported(home, path)
    assert refused.verdict == "refused"
    assert "no financial year ends in 2023-09" in refused.message
    [taken] = imported(home, write(tmp_path / "b.csv", indicators()))
    assert taken.file is not None
    assert (taken.file.edition, taken.file.edition_basis) == ("2024-03", "content")


@pytest.mark.parametrize(
    ("name", "told"),
    [
        (
            "DISPENSING_DATA_202410.csv",
            ". WARNING: its name says 2024-10, but its rows are of 2025-10, which is used",
        ),
        ("DISPENSING_DATA_202510.csv", None),
        ("claims.csv", None),
    ],
)
def test_a_month_in_the_name_other_than_that_of_the_content_is_reported(
    home: Home, tmp_path: Path, name: str, told: str | None
) -> None:
    [outcome] = imported(home, write(tmp_path / name, long_claims({})))
    assert outcome.message.startswith("pharmacy_first, edition 2025-10, 1 row, 2025-10")
    assert (told in outcome.message) if told else "its name" not in outcome.message


def test_the_name_of_any_feeds_file_is_compared_with_its_rows(home: Home, tmp_path: Path) -> None:
    """In an empty home nothing else would tell; nothing is refused."""
    rows = {"Appointment_Month": "01MAR2025"}
    several = [{"APPOINTMENT_MONTH": month} for month in ("FEB2025", "MAR2025")]
    written = {
        "regional May 2025.csv": write_regional(tmp_path / "a" / "regional May 2025.csv", *several),
        "COVERAGE_MAY25.csv": write_coverage(tmp_path / "b" / "COVERAGE_MAY25.csv", rows),
    }
    spans = {"regional May 2025.csv": "2025-02 to 2025-03", "COVERAGE_MAY25.csv": "2025-03"}
    for name, path in written.items():
        [outcome] = imported(home, path)
        assert outcome.verdict == "imported" and outcome.file
        assert outcome.message.endswith(
            f". WARNING: its name says 2025-05, but its rows are of {spans[name]}, which is used. "
            "Check with the publisher which is right; if it is the name, access-recovery withdraw "
            + outcome.file.short
        )
    for name in ("regional Mar 2025.csv", "regional Feb-Mar25.csv", "regional.csv"):
        path = write_regional(tmp_path / "c" / name, *several, {"COUNT_OF_APPOINTMENTS": len(name)})
        assert all("WARNING" not in one.message for one in imported(home, path))
