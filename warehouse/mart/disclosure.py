"""Disclosure control of the mart: removes figures of local returns that must not be published from
`stage.figure`, and quotations from them from `governance`. The algorithm is in `suppression`."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable
from datetime import date
from itertools import groupby, product

import polars as pl

from warehouse.contract.model import contracts
from warehouse.kpi.catalogue import Kpi, Source, feed_of, level_of, measure_of
from warehouse.mart.hierarchy import Connection, create_from
from warehouse.mart.suppression import Cell, Figures, Wholes, protect
from warehouse.reference.special_services import hidden_codes
from warehouse.settings import Disclosure

WITHHELD = "withheld: a local return, or a practice not shown alone"
# Networks cross sub-ICB borders, so that comparing their sums with those of sub-ICBs would disclose
# suppressed figures; they are never published.
NEVER, ON_REQUEST = "pcn", "practice"
# Amounts of money count no patients: none is too small, and they are added up in pence.
PENCE, LEAST_OF_MONEY = 100, 1
Month = date
Vintages = dict[int, dict[Cell, int]]
Cells = dict[tuple[str, Month], set[Cell]]  # by measure and month


def controlled_feeds() -> list[str]:
    """Return the feeds whose figures are under disclosure control."""
    return [feed for feed, contract in contracts().items() if contract.disclosure_control]


def may_be_named(feed: str, level: str, rules: Disclosure) -> bool:
    """Whether the organisations of a feed may be named beside the figures that use them."""
    return feed not in controlled_feeds() or level != ON_REQUEST or rules.practice_level


def controlled(source: Source) -> list[str]:
    """Return the measures of a KPI's source that are under disclosure control."""
    local = controlled_feeds()
    return [one for one in source.measures if feed_of(one) in local]


def suppress(db: Connection, wanted: list[tuple[Kpi, Source]], rules: Disclosure) -> None:
    """Remove from `stage.figure` what must not be published; `suppressed` marks what was there.

    Levels that are not published lose their rows. A figure that is small, or would disclose a small
    one, stays as a row without value, numerator and denominator, in every vintage and in every KPI
    that uses it; a figure that was never reported is unchanged.
    """
    db.execute("ALTER TABLE stage.figure ADD COLUMN suppressed BOOLEAN DEFAULT FALSE")
    used = [
        {"kpi_id": kpi.kpi_id, "org_level": level, "measure": measure}
        for kpi, source in wanted
        for level in source.levels
        for measure in controlled(source)
    ]
    if not used:
        return
    create_from(db, "stage.controlled", pl.DataFrame(used), "catalogue.kpi")
    # The SQL names these KPIs, so that lineage reads which figures it changes.
    touched = ", ".join(f"'{kpi_id}'" for kpi_id in dict.fromkeys(r["kpi_id"] for r in used))
    for level in [NEVER] if rules.practice_level else [NEVER, ON_REQUEST]:
        # Amounts paid to networks themselves are no sums, so they overlap with nothing.
        gone = [
            r["kpi_id"]
            for r in used
            if r["org_level"] == level and {level, level_of(r["measure"])} != {NEVER}
        ]
        named = ", ".join(f"'{kpi_id}'" for kpi_id in dict.fromkeys(gone)) or "NULL"
        db.execute(
            f"DELETE FROM stage.figure AS f WHERE f.org_level = $level AND f.kpi_id IN ({named})",
            {"level": level},
        )
    hidden = [
        {"measure": measure, "org_level": level, "org_code": code, "month": month}
        for measure, month, (level, code) in _hidden(db, wanted, rules)
    ]
    schema = {"measure": pl.String, "org_level": pl.String, "org_code": pl.String}
    frame = pl.DataFrame(hidden, schema={**schema, "month": pl.Date})
    create_from(db, "stage.hidden", frame, **dict.fromkeys(frame.columns, "disclosure.*"))
    db.execute(
        f"""UPDATE stage.figure AS f
           SET numerator = NULL, denominator = NULL, suppressed = TRUE
           FROM stage.controlled AS c JOIN stage.hidden AS h
               ON h.measure = c.measure AND h.org_level = c.org_level
           WHERE f.kpi_id IN ({touched})
             AND c.kpi_id = f.kpi_id AND c.org_level = f.org_level
             AND h.org_code = f.org_code AND h.month = f.month
             AND (f.numerator IS NOT NULL OR f.denominator IS NOT NULL)"""
    )


def _hidden(
    db: Connection, wanted: list[tuple[Kpi, Source]], rules: Disclosure
) -> Iterable[tuple[str, Month, Cell]]:
    """Yield the measure, month and organisation of every figure to suppress.

    What is suppressed in one measure of a return is suppressed in all of them: if 31 referrals are
    known to be completed, at least 31 were sent.
    """
    threshold = rules.threshold
    narrow = _narrow_shares(db, wanted, threshold)
    single = {} if rules.practice_level else _of_one(db, wanted)
    every = sorted({one for _, source in wanted for one in controlled(source)})
    # The number of practices taking part discloses nothing about patients.
    counted = [one for one in every if measure_of(one).unit != "organisations"]
    for _, grouped in groupby(counted, feed_of):
        measures = list(grouped)
        wholes = _wholes(db, level_of(measures[0]))
        figures = {measure: _figures_of(db, wanted, measure) for measure in measures}
        for month in sorted({month for found in figures.values() for month in found}):
            tables = [_as_known(found.get(month, {})) for found in figures.values()]
            least = LEAST_OF_MONEY if measure_of(measures[0]).is_money else threshold
            small = frozenset(
                cell
                for measure in figures
                for cell in narrow[(measure, month)] | single.get((measure, month), set())
            )
            for measure, cell in product(figures, _together(tables, wholes[month], least, small)):
                yield measure, month, cell


def _together(
    measures: list[list[Figures]], wholes: Wholes, threshold: int, small: frozenset[Cell]
) -> set[Cell]:
    """Return the cells to suppress in all measures of a return, from each measure's figures as
    known."""
    hidden = set(small)
    while True:
        seen = frozenset(hidden)
        for tables in measures:
            hidden |= protect(tables, wholes, threshold, frozenset(hidden))
        if hidden == seen:
            return hidden


def _figures_of(
    db: Connection, wanted: list[tuple[Kpi, Source]], measure: str
) -> dict[Month, Vintages]:
    """Month -> vintage -> figures of a measure, as in the KPIs that show it."""
    found: dict[Month, Vintages] = defaultdict(lambda: defaultdict(dict))
    units = PENCE if measure_of(measure).is_money else 1
    for kpi, source in wanted:
        for column, part in (("numerator", source.numerator), ("denominator", source.denominator)):
            if part != measure:
                continue
            rows = db.execute(
                f"""SELECT month, vintage, org_level, org_code, {column} FROM stage.figure
                    WHERE kpi_id = $kpi AND org_level IN (SELECT unnest($levels))
                      AND {column} IS NOT NULL""",
                {"kpi": kpi.kpi_id, "levels": list(source.levels)},
            ).fetchall()
            for month, vintage, level, code, count in rows:
                found[month][vintage][(level, code)] = round(count * units)
    return found


def _as_known(vintages: Vintages) -> list[Figures]:
    """Return the figures as known with each vintage: the newest one of each organisation."""
    known: dict[Cell, int] = {}
    tables: list[Figures] = []
    for vintage in sorted(vintages):
        newer = known | vintages[vintage]
        if newer != known:
            tables.append(newer)
        known = newer
    return tables


def _narrow_shares(db: Connection, wanted: list[tuple[Kpi, Source]], threshold: int) -> Cells:
    """Return the shares whose remainder is below the threshold: 38 completed of 40 sent discloses
    as much as 2 not completed."""
    found: Cells = defaultdict(set)
    for kpi, source in wanted:
        both = {source.numerator, source.denominator} <= set(controlled(source))
        counted = measure_of(source.numerator).unit != "organisations"
        if kpi.unit == "share" and both and counted:
            condition = "denominator > numerator AND denominator - numerator < $threshold"
            _add_cells(found, db, kpi, source, condition, threshold=threshold)
    return found


def _of_one(db: Connection, wanted: list[tuple[Kpi, Source]]) -> Cells:
    """Return places for which a return names only one practice: their figure is that practice's."""
    found: Cells = defaultdict(set)
    for kpi, source in wanted:
        local = source.numerator in controlled(source)
        if local and level_of(source.numerator) == ON_REQUEST:
            condition = "org_level = 'sub_icb' AND members_present = 1 AND numerator > 0"
            _add_cells(found, db, kpi, source, condition)
    return found


def _add_cells(
    found: Cells, db: Connection, kpi: Kpi, source: Source, condition: str, **values: int
) -> None:
    """Add the organisations with a figure of the KPI that meets the condition."""
    rows = db.execute(
        f"""SELECT DISTINCT month, org_level, org_code FROM stage.figure
            WHERE kpi_id = $kpi AND {condition}""",
        {"kpi": kpi.kpi_id, **values},
    ).fetchall()
    for month, level, code in rows:
        found[(source.numerator, month)].add((level, code))


def _wholes(db: Connection, counted: str) -> dict[Month, dict[Cell, tuple[Cell, ...]]]:
    """Month -> whole -> its members, at the levels at which figures are published, of a return that
    counts by a level: a place has practices and providers, and no sum has both."""
    members: dict[Month, dict[Cell, tuple[Cell, ...]]] = defaultdict(dict)
    rows = db.execute(
        """SELECT month, level, parent, child_level, list(DISTINCT child ORDER BY child)
           FROM stage.membership
           WHERE level <> $never AND child_level IN ($counted, 'sub_icb')
             AND month IN (SELECT f.month FROM stage.figure AS f
                           JOIN stage.controlled USING (kpi_id, org_level))
           GROUP BY ALL""",
        {"never": NEVER, "counted": counted},
    ).fetchall()
    for month, level, parent, child_level, children in rows:
        members[month][(level, parent)] = tuple((child_level, child) for child in children)
    return members


def withhold(frame: pl.DataFrame, *columns: str) -> pl.DataFrame:
    """Return records without what they quote from local returns, or of practices that are not shown
    alone: `columns` of a frame with `feed`."""
    of_hidden = [pl.col(name).str.contains(hidden_codes()).fill_null(False) for name in columns]
    kept_back = pl.any_horizontal(pl.col("feed").is_in(controlled_feeds()), *of_hidden)
    return frame.with_columns(
        pl.when(kept_back & pl.col(name).is_not_null() & (pl.col(name) != ""))
        .then(pl.lit(WITHHELD))
        .otherwise(pl.col(name))
        .alias(name)
        for name in columns
    )
