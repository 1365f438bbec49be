"""The table of organisation levels; to add a level, add a row. Everything else that lists levels
(order of roll-ups, columns of the mart, levels a contract may name) is derived from it. Not
here: which organisation belongs to which (`organisations` has the dated reference; feeds have
the rest)."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Literal

NewMonthAction = Literal["hold", "warn", "none"]


@dataclass(frozen=True, kw_only=True)
class Level:
    """One level of organisations.

    `parents`: the levels directly above it; for a site, first the one whose places a feed covers
    completely. `column`: the column for an organisation's parent of this level; None if there is
    none. `new_months`: what happens to a new month that is out of range.
    """

    name: str
    singular: str
    plural: str
    parents: tuple[str, ...] = ()
    column: str | None = None
    new_months: NewMonthAction = "none"
    is_site: bool = False  # where people are seen; known from feeds alone
    is_dated: bool = False  # in the dated reference, with codes and periods for every month
    adds_up: bool = False  # feeds count by it, and its figures are added up to levels above
    # An organisation may belong to none, shown as a blank. Added up by a rule of its own (networks:
    # `warehouse.mart.rollup`).
    is_optional: bool = False
    is_named: bool = False  # publishers write a name; the reference has the code


# NHS levels first, each group from the smallest to the largest: the order of columns and lists.
TABLE = (
    Level(
        name="practice",
        singular="practice",
        plural="practices",
        parents=("sub_icb", "pcn"),
        new_months="warn",
        is_site=True,
        adds_up=True,
    ),
    Level(
        name="pcn",
        singular="network",
        plural="networks",
        column="pcn_code",
        new_months="warn",
        is_optional=True,
    ),
    Level(
        name="sub_icb",
        singular="sub-ICB",
        plural="sub-ICBs",
        parents=("icb",),
        column="sub_icb_code",
        new_months="hold",
        is_dated=True,
        adds_up=True,
    ),
    Level(
        name="icb",
        singular="ICB",
        plural="ICBs",
        parents=("region",),
        column="icb_code",
        new_months="hold",
        is_dated=True,
        adds_up=True,
    ),
    Level(
        name="region",
        singular="region",
        plural="regions",
        parents=("england",),
        column="region_code",
        is_dated=True,
    ),
    Level(
        name="england",
        singular="country",
        plural="countries",
        new_months="hold",
        is_dated=True,
    ),
    Level(
        name="pharmacy",
        singular="pharmacy",
        plural="pharmacies",
        parents=("local_authority", "icb"),
        is_site=True,
        adds_up=True,
    ),
    Level(
        name="local_authority",
        singular="local authority",
        plural="local authorities",
        column="local_authority",
        new_months="warn",
        is_named=True,
    ),
    Level(
        name="provider",
        singular="provider",
        plural="providers",
        parents=("sub_icb",),
        is_site=True,
        adds_up=True,
    ),
)
LEVELS = {one.name: one for one in TABLE}
if TYPE_CHECKING:
    OrgLevel = str
else:
    OrgLevel = Literal[tuple(LEVELS)]  # pydantic allows these in contracts and catalogues

# What a feed counts for a place and for no organisation in it has a code that begins with this.
UNASSIGNED = "Unassigned "
# The code of what a publisher could place nowhere: a row beside the places, and none itself.
NO_PLACE = "Unknown"

# Level -> column with an organisation's parent of that level.
KEY_COLUMNS = {one.name: one.column for one in TABLE if one.column}
SITES = tuple(one.name for one in TABLE if one.is_site)
DATED = tuple(one.name for one in TABLE if one.is_dated)
ADDING_UP = tuple(one.name for one in TABLE if one.adds_up)
# Level -> column, for places that a site's row may name.
PLACE_COLUMNS = {
    name: column
    for name, column in KEY_COLUMNS.items()
    if not LEVELS[name].is_optional and any(name in LEVELS[site].parents for site in SITES)
}


def all_of(level: str) -> str:
    """The organisations of a level as people say it: `practices`, `sub-ICBs`, `England`."""
    return "England" if level == "england" else LEVELS[level].plural


def above(level: str) -> tuple[str, ...]:
    """The levels above a level, nearest first."""
    found = [level]
    for one in found:
        found += [parent for parent in LEVELS[one].parents if parent not in found]
    return tuple(found[1:])


def below(level: str) -> tuple[str, ...]:
    """The levels below a level, directly or not."""
    return tuple(name for name in LEVELS if level in above(name))


def wholes_of(member: str) -> tuple[str, ...]:
    """The levels to which figures of a level are added up directly; for a site its parents, whose
    figures are then added up further."""
    one = LEVELS[member]
    return () if not one.adds_up else one.parents if one.is_site else above(member)


def steps_from(cell: str) -> list[tuple[str, str]]:
    """Every (member, whole) step that adds up figures counted at level `cell`, in order."""
    found: list[tuple[str, str]] = []
    levels = [cell]
    for member in levels:
        new = [whole for whole in wholes_of(member) if whole not in levels]
        found += [(member, whole) for whole in new]
        levels += new
    return found


def whole_tables(cell: str) -> list[tuple[str, tuple[str, ...]]]:
    """The same steps as (member, wholes), where all wholes of a place are added up at once: they
    have the same members, but a site's levels each have rules of their own."""
    together: dict[tuple[str, str], tuple[str, ...]] = {}
    for member, whole in steps_from(cell):
        key = (member, whole if member in SITES else "")
        together[key] = (*together.get(key, ()), whole)
    return [(member, wholes) for (member, _), wholes in together.items()]


def reach(cell: str) -> tuple[str, ...]:
    """The levels that can have figures counted at level `cell`."""
    return (cell, *(whole for _, whole in steps_from(cell)))


def is_unassigned(code: str) -> str:
    """SQL: whether a code is of no organisation."""
    return f"starts_with({code}, '{UNASSIGNED}')"


def sql_list(levels: tuple[str, ...]) -> str:
    """`'sub_icb', 'icb'`: levels for SQL's IN ( )."""
    return ", ".join(f"'{level}'" for level in levels)
