"""The same files make the same mart: rebuilt from the archive, or imported in any order."""

import random
import shutil
from pathlib import Path

import pytest

from assets.contract import contracts
from checks.editions import pending_editions, take_in
from tests.warehouse.mart.support_mart import build_aside, take_in_all
from tests.warehouse.mart.worlds_rebuild import Import, bring_all, rebuild_world
from warehouse.archive import Archive
from warehouse.home import Home
from warehouse.mart.content import JOURNALS, TableContent, mart_content
from warehouse.mart.publish import publish
from warehouse.standing import accept, hold
from warehouse.withdrawal import withdraw

Content = dict[str, TableContent]
WHY = {"reason": "both are true", "by": "A. Person"}


def published(home: Home) -> Content:
    """Judge everything, publish, and read what the mart says."""
    take_in_all(home)
    publish(home, build_aside(home))
    return mart_content(home.mart)


def refreshed(home: Home) -> None:
    """Take in what is pending and publish, as each refresh does."""
    for feed in contracts():
        for edition in pending_editions(home, feed):
            take_in(home, feed, edition, "a-run")
    publish(home, build_aside(home))


def differing(one: Content, other: Content) -> set[str]:
    return {table for table in one | other if one.get(table) != other.get(table)}


def without_journals(content: Content) -> Content:
    return {table: told for table, told in content.items() if table not in JOURNALS}


@pytest.fixture(scope="module")
def imports(tmp_path_factory: pytest.TempPathFactory) -> list[Import]:
    return rebuild_world(tmp_path_factory.mktemp("world"))


@pytest.fixture(scope="module")
def in_order(
    imports: list[Import], tmp_path_factory: pytest.TempPathFactory
) -> tuple[Home, Content]:
    home = Home(tmp_path_factory.mktemp("in-order") / "home")
    bring_all(home, imports)
    return home, published(home)


def test_the_world_has_what_an_order_could_spoil(in_order: tuple[Home, Content]) -> None:
    home, content = in_order
    files = Archive(home).files()
    assert max(len([f for f in files if f.edition == e]) for e in ("2025-10",)) > 5
    for table in ("main.kpi_revision", "governance.quarantine", "governance.figure_source"):
        assert content[table].rows, table


@pytest.mark.parametrize("seed", [1, 2, 3])
def test_any_order_of_imports_gives_the_same_mart(
    seed: int, imports: list[Import], in_order: tuple[Home, Content], home: Home
) -> None:
    shuffled = random.Random(seed).sample(imports, len(imports))
    bring_all(home, shuffled)
    assert not differing(in_order[1], published(home)), [path.name for path, _ in shuffled]


def test_refreshes_between_the_imports_leave_their_mark_in_journals_alone(
    imports: list[Import], in_order: tuple[Home, Content], home: Home
) -> None:
    half = len(imports) // 2
    for some in (imports[half:], imports[:half]):
        bring_all(home, some)
        refreshed(home)
    assert differing(in_order[1], mart_content(home.mart)) == JOURNALS
