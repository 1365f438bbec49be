"""What an edition changed: figures by month and organisation, the largest first."""

from datetime import date
from pathlib import Path

import pytest

from pipelines.cli.differences import show_difference
from pipelines.cli.screen import Screen
from tests.checks.support_checks import brought, judged, real_taken
from tests.support import app_csv, coverage, mapping, patient_list, regional
from tests.warehouse.worlds import area
from warehouse.archive.decisions import NotPossible
from warehouse.archive.withdrawals import withdraw
from warehouse.base.home import Home
from warehouse.editions.diff import Difference, diff_editions

FEED = "gp_appointments_sub_icb"
OLD, NEW = "2025-10", "2025-11"
USERS = "NHS App unique user logins"


@pytest.fixture
def two(home: Home) -> Difference:
    """October's edition and November's, which restates October."""
    brought(
        home,
        regional(
            area("04C", "SEP2025", 7),
            area("04C", "OCT2025", 100),
            area("03W", "OCT2025", 50),
            area("04V", "OCT2025", 5),
        ),
        regional(
            area("04C", "OCT2025", 90),
            area("03W", "OCT2025", 53),
            area("99Z", "OCT2025", 8),
            area("04C", "NOV2025", 11),
        ),
    )
    return diff_editions(home, FEED, OLD, NEW, ["appointments", "appointments_dna"])


def rows(found: Difference, kind: str) -> list[tuple[object, ...]]:
    some = found.changes.filter(kind=kind, measure="appointments")
    return some.select("month", "org_code", "old", "new", "change").rows()


def test_changes_come_largest_first_with_names(two: Difference) -> None:
    told = [(f"{m:%Y-%m}", *rest) for m, *rest in rows(two, "changed")]
    assert told == [("2025-10", "04C", 100, 90, -10), ("2025-10", "03W", 50, 53, 3)]
    first = two.changes.row(0, named=True)
    assert first["ratio"] == pytest.approx(-0.1)
    assert "04C" in first["org_name"] and not first["lost_rows"]


def test_what_only_one_edition_has_is_no_change_to_or_from_zero(two: Difference) -> None:
    assert [row[1:] for row in rows(two, "only_old")] == [
        ("04C", 7, None, None),
        ("04V", 5, None, None),
    ]
    assert [row[1:] for row in rows(two, "only_new")] == [
        ("04C", None, 11, None),
        ("99Z", None, 8, None),
    ]
    apart = two.apart.filter(measure="appointments").select("kind", "organisations", "total")
    assert apart.rows() == [
        ("only_new", 1, 8), ("only_new", 1, 11), ("only_old", 1, 7), ("only_old", 1, 5)
    ]  # fmt: skip


def test_sums_are_over_what_both_have(two: Difference) -> None:
    [total, dna] = two.measures.rows(named=True)
    assert (total["cells"], total["changed"]) == (2, 2)
    assert (total["old"], total["new"], total["change"]) == (150, 143, -7)
    assert (dna["old"], dna["change"], dna["ratio"]) == (0, 0, None)


def test_the_header_describes_both_editions(two: Difference) -> None:
    assert (two.old.files, two.old.rows, two.old.organisations) == (1, 4, 3)
    assert [f"{month:%Y-%m}" for month in two.new.months] == ["2025-10", "2025-11"]
    assert two.appeared["org_code"].to_list() == ["99Z"]
    assert two.vanished["org_code"].to_list() == ["04V"]
    assert two.old.status == "pending" and not two.old.synthetic


def test_lists_of_one_month_are_compared_side_by_side(home: Home) -> None:
    """No month is in both: the newest of each, practice by practice."""
    brought(
        home,
        patient_list(
            {"CODE": "C82001", "EXTRACT_DATE": "01SEP2025", "NUMBER_OF_PATIENTS": 1000},
            {"CODE": "C82002", "EXTRACT_DATE": "01SEP2025", "NUMBER_OF_PATIENTS": 500},
        ),
        patient_list({"CODE": "C82001", "EXTRACT_DATE": "01OCT2025", "NUMBER_OF_PATIENTS": 1010}),
    )
    found = diff_editions(home, "registered_patients", "2025-09", "2025-10", ["patients"])
    assert found.beside == (date(2025, 9, 1), date(2025, 10, 1))
    columns = ("kind", "old_month", "month", "org_code", "old", "new", "change")
    assert found.changes.select(columns).rows() == [
        ("changed", date(2025, 9, 1), date(2025, 10, 1), "C82001", 1000, 1010, 10),
        ("only_old", date(2025, 9, 1), date(2025, 9, 1), "C82002", 500, None, None),
    ]
    assert found.apart.select("kind", "month").rows() == [("only_old", date(2025, 9, 1))]
    assert found.vanished["org_code"].to_list() == ["C82002"]


def test_people_are_never_added(home: Home) -> None:
    def use(people: int, *months: str) -> bytes:
        return app_csv(
            *[
                {"Month": f"{month}-01", "ICB ODS Code [1,2]": code, USERS: people}
                for month in months
                for code in ("QK1", "QPM")
            ]
        )

    first, more = ("2025-06", "2025-07"), ("2025-06", "2025-07", "2025-08")
    brought(home, use(300, *first), use(310, *more))
    found = diff_editions(home, "nhs_app", "2025-07", "2025-08", ["logins", "unique_users"])
    [logins, people] = found.measures.rows(named=True)
    assert (logins["old"], logins["new"], logins["not_added"]) == (4000, 4000, None)
    assert [people[name] for name in ("old", "new", "change", "ratio", "month")] == [None] * 5
    assert (people["cells"], people["changed"]) == (4, 4)
    assert "One person may log in in several months" in people["not_added"]
    apart = {row["measure"]: row["total"] for row in found.apart.rows(named=True)}
    assert apart == {"logins": 2000, "unique_users": None}


def test_a_stock_is_added_within_one_month_alone(
    home: Home, capsys: pytest.CaptureFixture[str]
) -> None:
    def covers(count: int, *months: str) -> bytes:
        patients = "Patients registered at included practices"
        return coverage(*[{"Appointment_Month": f"01{m}2025", patients: count} for m in months])

    brought(home, covers(100, "SEP", "OCT"), covers(110, "SEP", "OCT", "NOV"))
    found = diff_editions(home, "gp_appointments_coverage", OLD, NEW, ["patients_included"])
    [patients] = found.measures.rows(named=True)
    assert (patients["month"], patients["old"], patients["new"]) == (date(2025, 10, 1), 100, 110)
    assert patients["cells"] == patients["changed"] == 2
    show_difference(Screen(), found, 5, None)
    assert (
        "Added up for 2025-10 only, not over months: patients_included." in capsys.readouterr().out
    )


def test_an_edition_as_of_a_revision(home: Home) -> None:
    brought(home, *[regional(area("04C", "OCT2025", count)) for count in (10, 8, 9)])
    for typed, change in ((("2025-10.1", "2025-10.2"), -2), (("2025-10.1", "2025-10"), -1)):
        found = diff_editions(home, FEED, *typed, ["appointments"])
        assert found.changes["change"].to_list() == [change]
    assert (found.old.name, found.new.name) == ("2025-10.1", "2025-10.3")
    assert (found.new.files, found.new.rows) == (1, 1), "not those that were put right"
    with pytest.raises(NotPossible, match=r"no revision 4\. It has 1 to 3: a file whose "):
        diff_editions(home, FEED, "2025-10.1", "2025-10.4", [])


def test_a_file_with_the_figures_of_an_earlier_one_is_no_revision(home: Home) -> None:
    brought(home, *[regional(area("04C", "OCT2025", 10), end=end) for end in ("\n", "\r\n")])
    with pytest.raises(NotPossible) as told:
        diff_editions(home, FEED, "2025-10.1", "2025-10.2", [])
    assert told.value.reason == f"{FEED} 2025-10 has no revision 2."
    assert told.value.remedy == (
        "It has 1 to 1: a file whose figures are those of an earlier one is none."
    )


def test_a_held_edition_is_compared_and_said_to_be_held(home: Home) -> None:
    robots = [area("04C", "NOV2025", 1, HCP_TYPE=f"Robot {n}") for n in range(30)]
    brought(home, regional(area("04C", "OCT2025", 10)))
    brought(home, regional(area("04C", "OCT2025", 12), area("03W", "NOV2025", 1), *robots))
    judged(home, FEED, NEW)
    found = diff_editions(home, FEED, OLD, NEW, ["appointments"])
    assert found.new.status == "held" and "Robot" in found.new.words
    assert (found.new.quarantined, found.changes.row(0, named=True)["change"]) == (30, 2)


def test_a_feed_without_measures_is_compared_by_its_rows(home: Home) -> None:
    feed = "gp_appointments_mapping"
    brought(home, mapping(), edition=OLD)
    brought(home, mapping({}, {"GP_CODE": "C82002", "GP_NAME": "B SURGERY"}), edition=NEW)
    found = diff_editions(home, feed, OLD, NEW, [])
    assert found.appeared.rows() == [("C82002", "B SURGERY")]
    assert found.measures["measure"].to_list() == ["rows"]
    assert (found.old.rows, found.new.rows) == (1, 2)


@pytest.mark.parametrize(
    ("old", "new", "measures", "words"),
    [
        ("2025-1", NEW, [], "Write YYYY-MM, or YYYY-MM.2"),
        ("2025-13", NEW, [], "is not an edition"),
        (OLD, "2024-01", [], "Editions available: 2025-10"),
        (OLD, OLD, ["logins"], "has no measure .* It has appointments,"),
    ],
)
def test_a_missing_edition_is_reported(
    home: Home, old: str, new: str, measures: list[str], words: str
) -> None:
    brought(home, regional(area("04C", "OCT2025", 10)))
    with pytest.raises(NotPossible, match=words):
        diff_editions(home, FEED, old, new, measures)


def test_a_withdrawn_file_is_not_compared(home: Home) -> None:
    wrong, _ = brought(home, *[regional(area("04C", m, 1)) for m in ("OCT2025", "NOV2025")])
    withdraw(home, wrong.sha256, "mistaken", "A. Person")
    with pytest.raises(NotPossible, match="withdrawn"):
        diff_editions(home, FEED, OLD, NEW, [])


def test_a_file_that_cannot_be_read_is_named(home: Home) -> None:
    [file] = brought(home, regional(area("04C", "OCT2025", 10)))
    (home.archive / "objects" / file.sha256[:2] / file.sha256).write_bytes(b"rotten")
    with pytest.raises(NotPossible, match=f"{file.file_name} can't be read"):
        diff_editions(home, FEED, OLD, OLD, [])


def test_real_revisions_of_leicestershire(home: Home, real_feeds: Path) -> None:
    list(real_taken(home, real_feeds / FEED, "*Oct25*", "*Nov25*"))
    found = diff_editions(home, FEED, OLD, NEW, ["appointments"])
    told = {
        (code, f"{month:%Y-%m}"): (old, new)
        for month, code, old, new in found.changes.filter(kind="changed")
        .select("month", "org_code", "old", "new")
        .iter_rows()
    }
    assert told["04C", "2024-04"] == (218_626, 218_607)
    assert told["03W", "2025-10"] == (254_381, 254_739)
