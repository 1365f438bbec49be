"""What people decided, in the published mart and in Dagster."""

from pathlib import Path

import pytest

from assets.edition_report import override_metadata
from pipelines.operations.refresh import plan, refresh
from tests.checks.support_checks import active, judged
from tests.support import write_regional
from tests.warehouse.support_mart import Mart, bring, build, retrieved, take_in_all
from tests.warehouse.worlds import area
from warehouse.archive.withdrawals import withdraw
from warehouse.base.home import Home
from warehouse.editions.rulings import hold, revoke
from warehouse.site.trust.home_pages import build_pages

FEED, OCT, NOV = "gp_appointments_sub_icb", "2025-10", "2025-11"


def known(mart: Mart) -> dict[str, tuple[str, float]]:
    found = mart.figures("appointments", "sub_icb", "04C")
    return {month: (row["edition"], row["value"]) for month, row in found.items()}


@pytest.mark.acceptance  # five marts
def test_the_mart_falls_back_and_goes_when_nothing_is_left(home: Home, tmp_path: Path) -> None:
    editions = {OCT: [area("04C", "OCT2025", 10)]}
    editions[NOV] = [area("04C", "OCT2025", 9), area("04C", "NOV2025", 8)]
    paths = [write_regional(tmp_path / f"{name}.csv", *rows) for name, rows in editions.items()]
    bring(home, *paths)
    assert set(take_in_all(home).values()) == {"accepted"}
    hold(home, FEED, NOV, "the publisher told us to wait", "A. Person")
    assert [(batch.feed, batch.editions) for batch in plan(home)] == [(FEED, (NOV,))]
    taken = judged(home, FEED, NOV)
    told = "held by A. Person on 20"
    assert override_metadata(taken)["override"].startswith(told)
    mart = build(home, judged=True)
    assert known(mart) == {"2025-10": (OCT, 10)}
    [row] = mart.rows("SELECT * FROM governance.edition WHERE edition = '2025-11'")
    assert (row["status"], row["override"], row["override_by"]) == ("held", "hold", "A. Person")
    assert row["override_reason"] == "the publisher told us to wait" and row["override_at"]
    [decision] = mart.rows("SELECT * FROM governance.override")
    assert (decision["decision"], decision["edition"]) == ("hold", NOV)

    revoke(home, FEED, NOV, "held by mistake", "B. Person")
    assert [(batch.feed, batch.editions) for batch in plan(home)] == [(FEED, (NOV,))]
    assert refresh(home).published
    mart = Mart(home.mart)
    assert known(mart) == {"2025-10": (NOV, 9), "2025-11": (NOV, 8)}
    [row] = mart.rows("SELECT * FROM governance.edition WHERE edition = '2025-11'")
    assert (row["status"], row["override"]) == ("accepted", "hold")
    assert row["override_lapsed"].startswith("revoked by B. Person on 20")
    decisions = mart.rows("SELECT * FROM governance.override ORDER BY decision_id")
    assert [one["decision"] for one in decisions] == ["hold", "revoke"]
    page = build_pages(home).read_text(encoding="utf-8")
    assert "held by mistake" in page and "revoked by B. Person on 20" in page
    assert "lapsed" not in page, "of what a person took back"

    hold(home, FEED, NOV, "the publisher told us to wait", "A. Person")
    assert refresh(home).published
    [october] = [file for file in active(home) if file.edition == OCT]
    withdraw(home, october.sha256, "mistaken", "A. Person")
    report = refresh(home)
    assert report.taken_down and not home.mart.exists()
    assert (report.failures, report.held, report.retired) == ([], [], 0)
    assert refresh(home).nothing_to_do, "and it says so once"


def test_a_held_reissue_of_one_part_leaves_what_was_accepted(home: Home, tmp_path: Path) -> None:
    parts = {"a.csv": area("04C", "OCT2025", 10), "b.csv": area("03W", "OCT2025", 5)}
    bring(
        home,
        *[
            retrieved(write_regional(tmp_path / name, row), "2025-12-01")
            for name, row in parts.items()
        ],
    )
    judged(home, FEED, OCT)
    faulty = [area("04C", "OCT2025", 1, HCP_TYPE=f"Robot {n}") for n in range(25)]
    again = write_regional(tmp_path / "a2.csv", area("04C", "OCT2025", 7), *faulty)
    bring(home, retrieved(again, "2026-01-01"))
    assert judged(home, FEED, OCT).status.undecided
    mart = build(home, judged=True)
    assert known(mart) == {"2025-10": (OCT, 10)}
    files = mart.rows("SELECT file_name, revision, in_mart FROM governance.source_file ORDER BY 1")
    assert [(row["file_name"], row["revision"]) for row in files if row["in_mart"]] == [
        ("a.csv", 1),
        ("b.csv", 1),
    ]
    [row] = mart.rows("SELECT * FROM governance.edition")
    stays = row["stays_published"]
    assert (row["status"], row["revisions"]) == ("held", 1)
    assert stays.startswith("2 files (revision 1), accepted by its checks on 20")
    out, rows = mart.rows(
        """SELECT item, text FROM explain('appointments', '04C', DATE '2025-10-01')
        WHERE section = 'left_out' ORDER BY item"""
    )
    assert out["item"] == "held" and out["text"].endswith(f". Stays published: {stays}")
    assert rows == {"item": "quarantined rows", "text": "25, in files that are held"}
    [vintage] = mart.rows(
        "SELECT revision, value FROM kpi_vintage WHERE kpi_id = 'appointments' AND org_code = '04C'"
    )
    assert vintage == {"revision": 1, "value": 10}
    page = build_pages(home).read_text(encoding="utf-8")
    assert f"<td>{stays}</td>" in page

    bring(
        home,
        retrieved(write_regional(tmp_path / "a3.csv", area("04C", "OCT2025", 7)), "2026-02-01"),
    )
    assert not judged(home, FEED, OCT).status.undecided
    mart = build(home, judged=True)
    assert known(mart) == {"2025-10": (OCT, 7)}
    [row] = mart.rows("SELECT * FROM governance.edition")
    assert (row["status"], row["revisions"], row["stays_published"]) == ("accepted", 2, None)
