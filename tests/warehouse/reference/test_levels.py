"""The table of levels, and that no other module lists levels of its own."""

import ast
import re
from collections.abc import Iterator
from pathlib import Path

import pytest

from warehouse.mart.describe import descriptions
from warehouse.reference import levels
from warehouse.reference.levels import (
    ADDING_UP,
    LEVELS,
    TABLE,
    Level,
    above,
    below,
    reach,
    steps_from,
    whole_tables,
)

ROOT = Path(__file__).parents[3]
# Rules about particular levels and no others.
PARTICULAR = {
    "warehouse/mart/boundaries.py": "a sub-ICB put elsewhere by a file, in its ICB and region",
    "warehouse/mart/inequalities.py": "practices under their ICB and under England",
    "warehouse/mart/hierarchy.py": "the dated reference: sub-ICBs in ICBs in regions",
    "warehouse/mart/expected_members.py": "which sub-ICBs England should have, region by region",
    "warehouse/mart/organisation_periods.py": "periods of the dated reference",
    "warehouse/mart/organisation_table.py": "names of the dated reference",
    "warehouse/plan/action_faults.py": "how codes of each level begin, for an action's scope",
    "warehouse/plan/decision_answers.py": "whose figures a place's commission may ask for",
    "warehouse/settings.py": "the places that are shown first",
    "warehouse/site/claims_page.py": "areas that a claim may name by their codes",
    "warehouse/site/place_pages.py": "places around one, of which a page shows the nearest figure",
    "warehouse/site/site_places.py": "places that have pages of their own",
}
WORD = re.compile(rf"\b({'|'.join(sorted(LEVELS, key=len, reverse=True))})(_code)?\b")


def _names(node: ast.AST) -> set[str]:
    """Levels that a literal lists: one text (SQL), or the entries of a list, set or mapping."""
    if isinstance(node, ast.Constant) and isinstance(node.value, str):
        return {found[1] for found in WORD.finditer(node.value)}
    if isinstance(node, ast.Tuple | ast.List | ast.Set | ast.Dict):
        inside = [one.value for one in ast.walk(node) if isinstance(one, ast.Constant)]
        return {found[1] for one in inside if (found := WORD.fullmatch(str(one)))}
    return set()


def _without_docstrings(tree: ast.Module) -> Iterator[ast.AST]:
    for node in ast.walk(tree):
        is_text = isinstance(node, ast.Expr) and isinstance(node.value, ast.Constant)
        if not is_text:
            yield from (n for n in ast.iter_child_nodes(node) if not isinstance(n, ast.Expr))


def test_no_other_module_lists_three_levels() -> None:
    listing = {
        path.relative_to(ROOT).as_posix()
        for room in ("warehouse", "checks", "assets", "pipelines")
        for path in (ROOT / room).rglob("*.py")
        if any(len(_names(n)) > 2 for n in _without_docstrings(ast.parse(path.read_text("utf-8"))))
    }
    assert listing - {"warehouse/reference/levels.py"} == set(PARTICULAR)


@pytest.mark.parametrize("level", LEVELS)
def test_each_level_lies_in_known_ones_and_never_in_itself(level: str) -> None:
    assert set(LEVELS[level].parents) <= set(LEVELS)
    assert level not in above(level)
    assert {one for one in LEVELS if level in below(one)} == set(above(level))


def test_a_level_more_is_one_row_more(monkeypatch: pytest.MonkeyPatch) -> None:
    place = Level(name="place", singular="place", plural="places", column="place_code")
    practice = Level(
        **vars(LEVELS["practice"]) | {"parents": (*LEVELS["practice"].parents, "place")}
    )
    rows = {**LEVELS, "practice": practice, "place": place}
    monkeypatch.setattr(levels, "LEVELS", rows)
    assert ("practice", "place") in steps_from("practice")
    assert reach("place") == ("place",)
    assert below("place") == ("practice",)


@pytest.mark.parametrize("level", ADDING_UP)
def test_wholes_of_a_place_are_added_up_at_once_and_in_the_same_order(level: str) -> None:
    tables = whole_tables(level)
    assert [(member, whole) for member, some in tables for whole in some] == steps_from(level)
    together = {member: wholes for member, wholes in tables if len(wholes) > 1}
    assert together == {
        member: above(member) for member in ("sub_icb", "icb") if member in dict(tables)
    }


def test_the_comment_on_levels_names_them_all() -> None:
    [*most, last] = LEVELS
    assert descriptions()["shared"]["org_level"].endswith(f": {', '.join(most)} or {last}.")


def test_sites_have_one_dated_place_and_a_first_parent() -> None:
    for one in TABLE:
        if one.is_site:
            assert [LEVELS[parent].is_dated for parent in one.parents].count(True) == 1
