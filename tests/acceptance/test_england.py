"""England whole, on the publishers' files: exact, and the same in whatever order it came in."""

from pathlib import Path

import duckdb
import pytest

from tests.acceptance.england import (
    IMPORTS,
    bring_in,
    published_counts,
    refreshed,
    shuffled,
)
from tests.checks.verdicts_before import verdicts_before, verdicts_today
from tests.shared import made_once
from tests.warehouse.support_mart import Mart
from warehouse.base.home import Home
from warehouse.publication.content import JOURNALS, mart_content

pytestmark = pytest.mark.acceptance
ENGLAND = "E92000001"


@pytest.fixture(scope="module")
def as_listed(england: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The mart of England whole, its files imported in the order of their list."""

    def fill(place: Path) -> None:
        bring_in(place, england, list(IMPORTS))
        refreshed(place)

    return Home(made_once(tmp_path_factory, "england", fill)).mart


@pytest.fixture(scope="module")
def mart(as_listed: Path) -> Mart:
    return Mart(as_listed)


@pytest.mark.parametrize(("month", "published"), [("2025-10", 39_285_410), ("2025-11", 31_098_559)])
def test_england_is_what_was_published(mart: Mart, month: str, published: int) -> None:
    figure = mart.figure("appointments", "england", ENGLAND, month)
    assert (figure["value"], figure["edition"]) == (published, "2025-11")
    assert figure["members_present"] == figure["members_expected"]


def test_the_verdicts_are_those_of_the_release_before(as_listed: Path) -> None:
    before = verdicts_before("england")
    assert len(before) > 400
    assert verdicts_today(Home(as_listed.parents[1])) == before


@pytest.mark.parametrize("edition", ["Oct_25", "Nov_25"])
def test_every_sub_icb_and_month_is_the_sum_of_its_rows(
    as_listed: Path, england: Path, edition: str
) -> None:
    expected = published_counts(england, edition).rows()
    assert len(expected) == 106 * 30
    number = {"Oct_25": "2025-10", "Nov_25": "2025-11"}[edition]
    with duckdb.connect(str(as_listed), read_only=True) as db:
        known = db.execute(
            """SELECT org_code, month, value::BIGINT FROM kpi_vintage
            WHERE kpi_id = 'appointments' AND org_level = 'sub_icb' AND edition = $edition""",
            {"edition": number},
        ).fetchall()
    assert sorted(known) == sorted(expected)


def test_practices_of_the_half_that_was_published_add_up(mart: Mart) -> None:
    """London, East and South of October 2025, in both releases that hold it."""
    told = mart.rows(
        """SELECT edition, sum(value)::BIGINT AS appointments FROM kpi_vintage
        WHERE kpi_id = 'appointments' AND org_level = 'practice' GROUP BY ALL ORDER BY ALL"""
    )
    assert [row["edition"] for row in told] == ["2025-10", "2025-11"]
    assert told[0]["appointments"] == 15_065_690 != told[1]["appointments"]


@pytest.mark.parametrize("seed", [1, 2])
def test_any_order_of_imports_gives_the_same_content(
    as_listed: Path, england: Path, tmp_path: Path, seed: int
) -> None:
    """The second order is processed in two halves: checks after the first are history only."""
    order = shuffled(seed)
    half = len(order) // 2 if seed == 2 else len(order)
    bring_in(tmp_path, england, order[:half])
    if half < len(order):
        refreshed(tmp_path)
        bring_in(tmp_path, england, order[half:])
    refreshed(tmp_path)
    first, other = mart_content(as_listed), mart_content(Home(tmp_path).mart)
    differing = {t for t in first.keys() | other.keys() if first.get(t) != other.get(t)}
    assert not differing - JOURNALS


def test_nothing_is_left_half_built(as_listed: Path) -> None:
    home = as_listed.parent.parent
    assert not [p for p in home.rglob("*.part*") if p.is_file()]


@pytest.mark.parametrize(
    ("level", "code", "practices"),
    [
        ("icb", "QF7", 180),
        ("icb", "QT1", 138),
        ("region", "Y63", 1_020),
    ],
)
def test_bassetlaw_is_where_the_coverage_of_january_2023_has_it(
    mart: Mart, level: str, code: str, practices: int
) -> None:
    figure = mart.figure("open_practices", level, code, "2020-08")
    assert (figure["value"], figure["edition"]) == (practices, "2023-01")
    assert figure["members_present"] == figure["members_expected"]


def test_one_quiet_release_shortens_no_lag(mart: Mart) -> None:
    """The November release left most sub-ICBs' shares face to face alone, and moved single ones by
    up to 0.86 points; one release is too few to call their months final."""
    [rule] = mart.rows(
        """SELECT provisional_months, basis, measured_months, editions_compared,
                  typical_later_revision FROM kpi_provisional
           WHERE kpi_id = 'appointments_face_to_face_share' AND org_level = 'sub_icb'"""
    )
    assert rule == {
        "provisional_months": 19,
        "basis": "contract",
        "measured_months": 0,
        "editions_compared": 1,
        "typical_later_revision": 0,
    }
    [largest] = mart.rows(
        """SELECT max(abs(change)) AS change, min(month) AS oldest FROM kpi_revision
           WHERE kpi_id = 'appointments_face_to_face_share' AND org_level = 'sub_icb'
             AND kind = 'revised'"""
    )
    assert round(largest["change"], 4) == 0.0086 and f"{largest['oldest']:%Y-%m}" == "2024-04"
