"""The inputs of KPIs, one or two feeds each, and their figures before any roll-up: numerators
joined to denominators, vintage by vintage, for the organisations that the feeds count.

Every table of figures has the grain organisation, month, vintage, and the columns `org_code, month,
vintage, edition, revision`, `published_on` and `known_from` (the newest dates of the files it
uses), `disputed` (which disputes it uses), the measures (`n_*` of the numerator's feed, `d_*` of
the other's), `whole` (no member missing), `members_present`, `members_expected`, and `apart`: the
ONS codes by which the two feeds differ, NULL where both cover the same area.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable
from dataclasses import dataclass

from warehouse.base.decimals import SQL_KIND
from warehouse.contract.model import contracts
from warehouse.kpi.catalogue import Source, measure_name
from warehouse.mart.boundaries import boundary_at
from warehouse.mart.disputed import either
from warehouse.mart.hierarchy import Connection
from warehouse.reference.levels import OrgLevel, reach, whole_tables

KEYS = "org_code, month, vintage, edition, revision, published_on, known_from, disputed"
Feeds = tuple[str, str | None, bool]


@dataclass(frozen=True)
class Inputs:
    """The feeds that some KPIs share, and the measures those KPIs need. `asks_members`: each listed
    member counts, with zero if the numerator's feed does not name it."""

    feed: str
    other: str | None
    asks_members: bool
    numerators: tuple[str, ...]
    denominators: tuple[str, ...]

    @property
    def level(self) -> OrgLevel:
        """Level of the organisations that the numerator's feed counts."""
        return reporting_level(self.feed)

    @property
    def is_mixed(self) -> bool:
        """Whether the two feeds count different levels of organisations, and join only at a higher
        one."""
        return self.other is not None and reporting_level(self.other) != self.level

    @property
    def columns(self) -> list[str]:
        """Measure columns at the level that the feeds count."""
        return [f"n_{n}" for n in self.numerators] + [f"d_{d}" for d in self.denominators]

    @property
    def additive(self) -> list[str]:
        """Measure columns of roll-ups: those that may be added over organisations."""
        bottom = contracts()[self.other or self.feed].measures
        top = contracts()[self.feed].measures
        return [f"n_{n}" for n in self.numerators if top[n].additive_over_organisations] + [
            f"d_{d}" for d in self.denominators if bottom[d].additive_over_organisations
        ]

    @property
    def of_reporting(self) -> set[str]:
        """Measure columns that are NULL for an organisation that did not report, or not twice in a
        row, or has no weight, and whose roll-ups are of those which did."""
        bottom = contracts()[self.other or self.feed].measures
        top = contracts()[self.feed].measures
        known = [n for n in self.numerators if top[n].may_lack_members or top[n].weighted]
        return {f"n_{n}" for n in known} | {
            f"d_{d}" for d in self.denominators if bottom[d].may_lack_members
        }

    def sql_kind(self, column: str) -> str:
        """The type of a measure column (`n_*`, `d_*`)."""
        feed = self.feed if column.startswith("n_") else self.other or self.feed
        return SQL_KIND if contracts()[feed].is_decimal(column[2:]) else "BIGINT"

    def columns_at(self, level: str) -> list[str]:
        """Measure columns of the table at a level."""
        return self.columns if level == self.level else self.additive

    @property
    def name(self) -> str:
        """Describe the inputs: `a`, `a beside b`, or `a among b`."""
        beside = f" {'among' if self.asks_members else 'beside'} {self.other}" if self.other else ""
        return f"{self.feed}{beside}"

    def table(self, *levels: str) -> str:
        """The table of these inputs' figures at a level, or of those made at once of several."""
        beside = f"{'among_' if self.asks_members else ''}{self.other or 'alone'}"
        return f"stage.figures_{self.feed}__{beside}__{'_'.join(levels)}"

    def figures_at(self, level: str) -> str:
        """SQL: the table of these inputs' figures at a level, or its rows in one of several."""
        for _, wholes in () if self.is_mixed else whole_tables(self.level):
            if level in wholes and len(wholes) > 1:
                return f"(SELECT * FROM {self.table(*wholes)} WHERE org_level = '{level}')"
        return self.table(level)

    def alone(self) -> tuple[Inputs, Inputs]:
        """Return the two feeds of mixed inputs, each alone."""
        if self.other is None:
            raise ValueError(f"{self.feed} has no second feed")
        return (
            Inputs(self.feed, None, False, self.numerators, ()),
            Inputs(self.other, None, False, self.denominators, ()),
        )


def reporting_level(feed: str) -> OrgLevel:
    """Return the level of the organisations that a feed counts."""
    unit = contracts()[feed].reporting_unit
    if unit is None:
        raise ValueError(f"{feed} has no reporting unit")
    return unit.level


def summed_as(source: Source) -> dict[str, str]:
    """Map each measure (`feed.measure`) of a KPI's source to the name of the inputs that add it up:
    feeds that count different organisations are added up separately."""
    inputs = Inputs(*feeds_of(source), (), ())
    if not inputs.is_mixed:
        return dict.fromkeys(source.measures, inputs.name)
    top, bottom = inputs.alone()
    return dict(zip(source.measures, (top.name, bottom.name), strict=True))


def feeds_of(source: Source) -> Feeds:
    """Return what identifies inputs: their feeds, and whether absent members are zero."""
    return (*source.feeds, source.absent_is_zero)


def inputs_of(sources: Iterable[Source]) -> list[Inputs]:
    """Return the distinct inputs that these sources need, each with its measures. Mixed inputs come
    after the single inputs of their two feeds, from which they are joined."""
    tops: dict[Feeds, set[str]] = defaultdict(set)
    bottoms: dict[Feeds, set[str]] = defaultdict(set)
    for source in sources:
        tops[feeds_of(source)].add(measure_name(source.numerator))
        if source.beside:
            bottoms[feeds_of(source)].add(measure_name(source.beside))
    for feeds in list(tops):
        inputs = _inputs(feeds, tops, bottoms)
        for one in inputs.alone() if inputs.is_mixed else ():
            tops[(one.feed, None, False)].update(one.numerators)
    found = [_inputs(feeds, tops, bottoms) for feeds in sorted(tops, key=str)]
    return sorted(found, key=lambda inputs: inputs.is_mixed)


def _inputs(feeds: Feeds, tops: dict[Feeds, set[str]], bottoms: dict[Feeds, set[str]]) -> Inputs:
    return Inputs(*feeds, tuple(sorted(tops[feeds])), tuple(sorted(bottoms.get(feeds, ()))))


def base_figures(db: Connection, inputs: Inputs) -> None:
    """Create the figures as the feed counts them, with the other feed's denominators."""
    bottom_feed = "d" if inputs.other else "n"
    measures = contracts()[inputs.feed].measures
    columns = [
        f"n.{name}{_weight(inputs) if measures[name].weighted else ''} AS n_{name}"
        for name in inputs.numerators
    ]
    columns += [f"{bottom_feed}.{name} AS d_{name}" for name in inputs.denominators]
    columns += ["TRUE AS whole", "1::BIGINT AS members_present", "1::BIGINT AS members_expected"]
    columns += ["n.vintage AS placed_by"]
    target, reported = inputs.table(inputs.level), f"stage.reported_{inputs.feed}"
    if inputs.other:
        tables = (target, reported, f"stage.reported_{inputs.other}")
        _side_by_side(db, inputs, inputs.level, tables, columns)
        return
    db.execute(
        f"""CREATE TABLE {target} AS
        SELECT {KEYS}, {", ".join(columns)}, NULL::VARCHAR AS apart FROM {reported} AS n"""
    )


def _weight(inputs: Inputs) -> str:
    """SQL: by what a weighted measure is multiplied, the people of the organisation."""
    if inputs.other is None or len(inputs.denominators) != 1:
        raise ValueError(f"{inputs.name}: weighted measures need one denominator of another feed")
    return f" * d.{inputs.denominators[0]}"


def join_levels(db: Connection, inputs: Inputs) -> list[str]:
    """Join mixed inputs at the levels that both feeds reach, after rolling each up alone; a figure
    is whole where both are. Return the levels."""
    top, bottom = inputs.alone()
    levels = [level for level in reach(top.level) if level in reach(bottom.level)]
    for level in levels:
        columns = [f"n.{name}" for name in top.columns_at(level)]
        columns += [f"d.{name} AS d_{name[2:]}" for name in bottom.columns_at(level)]
        columns += ["n.whole AND coalesce(d.whole, FALSE) AS whole"]
        columns += ["n.members_present", "n.members_expected"]
        tables = (inputs.table(level), top.figures_at(level), bottom.figures_at(level))
        _side_by_side(db, inputs, level, tables, columns)
    return list(levels)


def _side_by_side(
    db: Connection, inputs: Inputs, level: str, tables: tuple[str, str, str], columns: list[str]
) -> None:
    """Join two tables of figures into a third (`tables`: target, top, bottom) with `columns` of `n`
    and `d`. It has a vintage for each edition of either: the figures as known when that was
    newest."""
    target, top, bottom = tables
    apart, boundaries = _apart(inputs, level, top, bottom)
    db.execute(
        f"""CREATE TABLE {target} AS
        WITH vintages AS (
            SELECT org_code, month, vintage, edition, revision FROM {top}
            UNION
            SELECT org_code, month, vintage, edition, revision FROM {bottom}
            WHERE (org_code, month) IN (SELECT (org_code, month) FROM {top}))
        SELECT t.org_code, t.month, t.vintage, t.edition, t.revision,
               greatest(n.published_on, d.published_on) AS published_on,
               greatest(n.known_from, d.known_from) AS known_from,
               {either("n.disputed", "d.disputed")} AS disputed, {", ".join(columns)},
               {apart} AS apart
        FROM vintages AS t
        ASOF JOIN {top} AS n
            ON n.org_code = t.org_code AND n.month = t.month AND t.vintage >= n.vintage
        ASOF LEFT JOIN {bottom} AS d
            ON d.org_code = t.org_code AND d.month = t.month AND t.vintage >= d.vintage
        {boundaries}"""
    )


def _apart(inputs: Inputs, level: str, top: str, bottom: str) -> tuple[str, str]:
    """SQL: the two boundaries of the figures `n` and `d`, if they differ, and the joins for it."""
    joins = [
        (f"{side}b", side, boundary_at(feed or "", level, table))
        for side, feed, table in (("n", inputs.feed, top), ("d", inputs.other, bottom))
    ]
    if not all(known for _, _, known in joins):
        return "NULL::VARCHAR", ""
    text = "t.org_code || ': ' || nb.ons_code || ' over ' || db.ons_code"
    return f"CASE WHEN nb.ons_code <> db.ons_code THEN {text} END", " ".join(
        f"""LEFT JOIN ({known}) AS {alias} ON {alias}.org_code = {side}.org_code
            AND {alias}.month = {side}.month AND {alias}.vintage = {side}.vintage"""
        for alias, side, known in joins
    )
