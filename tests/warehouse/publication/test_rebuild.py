"""The same files make the same mart: rebuilt from the archive, or imported in any order."""

import random
import shutil

import pytest

from tests.support import referrals, write
from tests.warehouse.support_mart import Mart, bring, build_aside, judge_pending, retrieved
from tests.warehouse.worlds_rebuild import Import, bring_all, rebuild_world
from warehouse.archive.source_files import Archive
from warehouse.archive.withdrawals import withdraw
from warehouse.base.home import Home
from warehouse.editions.rulings import accept, hold
from warehouse.publication.content import JOURNALS, mart_content
from warehouse.publication.publish import publish

pytestmark = pytest.mark.acceptance

Content = dict[str, str]
WHY = ("both are true", "A. Person")


def published(home: Home) -> Content:
    """Process what is pending, publish, and read the mart."""
    judge_pending(home)
    publish(home, build_aside(home))
    return {table: told.content for table, told in mart_content(home.mart).items()}


def differing(one: Content, other: Content) -> set[str]:
    return {table for table in one | other if one.get(table) != other.get(table)}


@pytest.fixture(scope="module")
def imports(tmp_path_factory: pytest.TempPathFactory) -> list[Import]:
    return rebuild_world(tmp_path_factory.mktemp("world"))


@pytest.fixture(scope="module")
def first(imports: list[Import], tmp_path_factory: pytest.TempPathFactory) -> tuple[Home, Content]:
    """The mart of the imports in their given order."""
    home = Home(tmp_path_factory.mktemp("first") / "home")
    bring_all(home, imports)
    return home, published(home)


def test_the_world_has_what_an_order_could_spoil(first: tuple[Home, Content]) -> None:
    mart = Mart(first[0].mart)
    [told] = mart.rows(
        """SELECT max(revision) AS revisions, count(DISTINCT feed) AS feeds,
                  count(*) FILTER (NOT in_mart) AS unused FROM governance.source_file"""
    )
    assert told == {"revisions": 4, "feeds": 5, "unused": 1}
    [october] = mart.rows(
        """SELECT rows_accepted, files FROM governance.edition
        WHERE feed = 'gp_appointments_sub_icb' AND edition = '2025-10'"""
    )
    assert october == {"rows_accepted": 3, "files": 5}, "not what was issued anew since"
    assert mart.rows("FROM governance.quarantine") and mart.rows("FROM kpi_revision")


def test_any_order_of_imports_gives_the_same_mart(
    imports: list[Import], first: tuple[Home, Content], home: Home
) -> None:
    shuffled = random.Random(1).sample(imports, len(imports))
    half = len(shuffled) // 2
    bring_all(home, shuffled[:half])
    judge_pending(home)
    bring_all(home, shuffled[half:])
    # What was judged half-way is history, and the history alone tells of it.
    assert differing(first[1], published(home)) == {"governance.check_result"} <= JOURNALS


def test_a_rebuild_from_the_archive_gives_the_same_mart_decisions_included(
    first: tuple[Home, Content], home: Home
) -> None:
    shutil.copytree(first[0].root, home.root)
    accept(home, "pharmacy_first_referrals", "2025-10", *WHY)
    hold(home, "gp_appointments_coverage", "2025-11", *WHY)
    [unwanted] = [one for one in Archive(home).files() if one.file_name == "oct-2.csv"]
    withdraw(home, unwanted.sha256, *WHY)
    decided = published(home)
    assert differing(first[1], decided) >= {"main.kpi_vintage", "governance.override"}
    twice = referrals(*[{"Referrals sent": 33}] * 2)
    bring(home, retrieved(write(home.root.parent / "again.csv", twice), "2026-03-01"))
    decided = published(home)
    [again] = Mart(home.mart).rows("FROM governance.edition WHERE stays_published IS NOT NULL")
    assert (again["feed"], again["status"]) == ("pharmacy_first_referrals", "held")
    assert "accepted by A. Person" in again["stays_published"]
    for made in (home.root / "lake", home.root / "quarantine", home.mart.parent):
        shutil.rmtree(made)
    assert not differing(decided, published(home))
