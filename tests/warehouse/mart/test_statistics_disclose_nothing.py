"""No table of statistics tells anything of a withheld figure.

A reader may know every table of the mart, and how each is worked out. So two marts are compared
whose published figures are the same and whose withheld ones differ: whatever differed would tell.
"""

from collections.abc import Iterator
from itertools import product
from pathlib import Path

import duckdb
import pytest

from assets.feeds.deprivation.testing import build as deprivation
from assets.feeds.nhs_app_practice.testing import app_practice
from tests.support import Row, write, write_list
from tests.warehouse.support_mart import Mart, build, choose
from tests.warehouse.worlds import listed
from warehouse.base.home import Home
from warehouse.publication.content import mart_content

REGISTERED, SHARE = "nhs_app_practice_registered_users", "nhs_app_practice_registered_share"
ORDERING = "nhs_app_practice_ordering_share_of_eligible"
BY_ACCOUNT = "nhs_app_practice_ordering_share_of_accounts"  # of the users that are withheld
SMALL, NEXT, MONTH = "C82001", "C82002", "2025-07"
CITY = [f"C8200{n}" for n in range(1, 9)]
PLACES = dict.fromkeys(CITY, "04C") | {"C82101": "03W", "C82102": "03W", "C82201": "04V"}
MONTHS = [f"2024-{n:02}" for n in range(10, 13)] + [f"2025-{n:02}" for n in range(1, 12)]
STATISTICS = (
    *("kpi_spc", "kpi_comparison", "kpi_by_deprivation", "kpi_inequality"),
    "kpi_funding_outcome",
)
# What each table works out from a figure: nothing of it may stand where there is no figure.
OF_A_FIGURE = {
    "kpi_spc": "value, signal, direction, variation",
    "kpi_comparison": "value, rank, percentile, decile, funnel, funnel_method",
    "kpi_funding_outcome": "pounds_per_patient",
}


def returned(code: str, month: str, more: int) -> Row:
    """Of a practice and month. The small one has few registered users in July, and the next
    smallest so many fewer, that sums stay the same. `more`: how many more the small one has."""
    number, turn = list(PLACES).index(code), MONTHS.index(month)
    users = 200 + 35 * number + (turn * (number + 3)) % 17
    if month == MONTH and code in (SMALL, NEXT):
        users = 2 + more if code == SMALL else 150 - more
    return {
        "Month": month,
        "Practice code": code,
        "Patients aged 13 and over": 1000 + 100 * number,
        "Registered users 13+": users,
        "Log-ins": 3 * users,
        "Repeat prescription orders": users,
        "Ordering users": max(0, users // 2 - number),
    }


def mart_of(root: Path, more: int) -> Mart:
    home = choose(Home(root / "home"), practice_level=True, threshold=5)
    scores = [{"PRACTICE_CODE": code, "IMD_SCORE": str(8 + 4 * n)} for n, code in enumerate(PLACES)]
    people = [
        write_list(root / f"{day}.csv", *(listed(c, p, day, 1500) for c, p in PLACES.items()))
        for day in ("2024-10-01", "2025-11-01")
    ]
    rows = [returned(code, month, more) for code, month in product(PLACES, MONTHS)]
    files = [write(root / "imd.csv", deprivation(*scores)), *people]
    return build(home, [*files, write(root / "app.csv", app_practice(*rows))])


@pytest.fixture(scope="module")
def pair(tmp_path_factory: pytest.TempPathFactory) -> Iterator[tuple[Mart, Mart]]:
    """Two marts that differ in what is withheld alone."""
    one, other = (mart_of(tmp_path_factory.mktemp(f"more{more}"), more) for more in (0, 2))
    yield one, other
    for mart in (one, other):
        mart.db.close()


def test_marts_that_differ_in_what_is_withheld_are_the_same(pair: tuple[Mart, Mart]) -> None:
    one, other = (mart_content(mart.path) for mart in pair)
    tables = {name for name in one if name.startswith("main.")}
    assert {f"main.{name}" for name in STATISTICS} | {
        "main.kpi_monthly",
        "main.kpi_vintage",
    } <= tables
    assert [name for name in sorted(tables) if one[name] != other[name]] == []


def test_the_two_would_differ_if_the_small_figure_were_shown(pair: tuple[Mart, Mart]) -> None:
    """Or the test above would prove nothing: figures are withheld, and others are told of."""
    mart = pair[0]
    withheld = mart.rows(
        "SELECT org_level, org_code FROM kpi_monthly WHERE kpi_id = $kpi AND month = $m::DATE "
        "AND status = 'suppressed'",
        kpi=REGISTERED,
        m=f"{MONTH}-01",
    )
    assert {row["org_code"] for row in withheld} >= {SMALL, NEXT}
    told = mart.rows(
        "SELECT practices FROM kpi_by_deprivation WHERE kpi_id = $kpi AND org_code = 'QK1' "
        "AND month = $m::DATE",
        kpi=SHARE,
        m=f"{MONTH}-01",
    )
    assert sum(row["practices"] for row in told) == len(PLACES) - len(withheld)
    assert mart.rows("FROM kpi_comparison WHERE kpi_id = $kpi AND rank = 1", kpi=ORDERING)
    assert mart.rows("FROM kpi_spc WHERE kpi_id = $kpi AND signal IS NOT NULL", kpi=BY_ACCOUNT)


@pytest.mark.parametrize("table", OF_A_FIGURE)
def test_nothing_stands_where_there_is_no_figure(llr: Mart, table: str) -> None:
    assert leaks(llr.db, table) == []


def leaks(db: duckdb.DuckDBPyConnection, table: str) -> list[tuple[object, ...]]:
    """Rows of a table that tell of a figure that is not there."""
    kpi = "funding_kpi_id" if table == "kpi_funding_outcome" else "kpi_id"
    told = " OR ".join(f"t.{name} IS NOT NULL" for name in OF_A_FIGURE[table].split(", "))
    return db.execute(
        f"""SELECT t.* FROM {table} AS t LEFT JOIN kpi_period AS f
            ON f.kpi_id = t.{kpi} AND f.org_level = t.org_level AND f.org_code = t.org_code
            AND f.month = t.month
        WHERE f.value IS NULL AND ({told})"""
    ).fetchall()
