"""The register of caveats, and the figures to which each applies: `governance.caveat`,
`caveat_scope`, `caveat_text`, and their view and macro. Caveats are written in contracts and the
catalogue."""

from __future__ import annotations

import hashlib
from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass

import polars as pl

from warehouse.base.months import parse_month
from warehouse.contract.caveat import Caveat
from warehouse.contract.model import Contract
from warehouse.contract.series_breaks import series_breaks
from warehouse.kpi.catalogue import Kpi, feed_of
from warehouse.mart.hierarchy import Connection, create_from
from warehouse.mart.other_periods import every_figure

# Whether caveat `s` applies to a figure of month {month}. It also affects the comparison with the
# year before if a break lies between the two months, coverage grew between them, or, for counts,
# they have different numbers of working days.
COVERS = """({month} >= coalesce(s.first_month, {month})
    AND {month} <= coalesce(s.last_month, {month}))"""
SPOILS = """CASE
    WHEN s.kind IN ('series_break', 'redefinition', 'non_comparable') THEN coalesce(
        s.first_month > {month} - INTERVAL 1 YEAR AND s.first_month <= {month}, FALSE)
        OR coalesce(s.last_month >= {month} - INTERVAL 1 YEAR AND s.last_month < {month}, FALSE)
    WHEN s.kind = 'coverage_growth' THEN {month} >= coalesce(s.first_month, {month})
        AND {month} - INTERVAL 1 YEAR <= coalesce(s.last_month, {month})
    WHEN s.kind = 'working_days' THEN coalesce({days_differ}, FALSE)
    ELSE FALSE END"""

APPLIES = f"({COVERS} OR {SPOILS})"
LESSER = "('general', 'working_days', 'never_together')"  # kinds listed after breaks and the like


@dataclass(frozen=True)
class Bound:
    """A caveat of a feed, KPI or the reference (`subject`, `subject_id`), and the (KPI, level)
    pairs to which it applies (`reach`)."""

    subject: str
    subject_id: str
    caveat: Caveat
    reach: tuple[tuple[str, str], ...]

    @property
    def caveat_id(self) -> str:
        """An id that stays the same as long as the caveat's wording does."""
        digest = hashlib.sha256(self.caveat.text.encode()).hexdigest()[:8]
        return f"{self.subject_id}-{digest}"


def bind(feeds: Mapping[str, Contract], kpis: Mapping[str, Kpi]) -> list[Bound]:
    """Return every caveat with the figures to which it applies, those of KPIs first.

    Raises ValueError for a caveat that names a KPI that is unknown or does not use its feed, or
    that applies to no figure although it names KPIs or a level.
    """
    bound = [_of_kpi(kpi, caveat) for kpi in kpis.values() for caveat in kpi.all_caveats]
    using = _using(kpis)
    return bound + [
        _of_feed(feed, one, kpis, using[feed]) for feed, c in feeds.items() for one in c.caveats
    ]


def _using(kpis: Mapping[str, Kpi]) -> Mapping[str, list[tuple[str, str]]]:
    """Feed -> the (KPI, level) pairs that use it; none for a feed that nothing uses."""
    using: dict[str, list[tuple[str, str]]] = defaultdict(list)
    for kpi in kpis.values():
        for source in kpi.sources:
            for feed in dict.fromkeys(map(feed_of, source.measures)):
                using[feed] += [(kpi.kpi_id, level) for level in source.levels]
    return using


def _of_kpi(kpi: Kpi, caveat: Caveat) -> Bound:
    where = f"{kpi.kpi_id}: caveat `{caveat.text}`"
    if caveat.kpis:
        raise ValueError(f"{where}: belongs to this KPI; remove `kpis:`, or move it to a feed")
    levels = [level for source in kpi.sources for level in source.levels]
    return _bound("kpi", kpi.kpi_id, caveat, [(kpi.kpi_id, level) for level in levels], where)


def _of_feed(
    feed: str, caveat: Caveat, kpis: Mapping[str, Kpi], used: Sequence[tuple[str, str]]
) -> Bound:
    where = f"{feed}: caveat `{caveat.text}`"
    known = {kpi_id for kpi_id, _ in used}
    for name in caveat.kpis:
        if name not in known:
            why = "does not use this feed" if name in kpis else "is unknown"
            using = ", ".join(sorted(known)) or "none"
            raise ValueError(f"{where}: KPI `{name}` {why}; KPIs that use it: {using}")
    reach = [(kpi, level) for kpi, level in used if not caveat.kpis or kpi in caveat.kpis]
    return _bound("feed", feed, caveat, reach, where)


def bind_breaks(kpis: Mapping[str, Kpi]) -> list[Bound]:
    """Return the boundary breaks, which apply to every KPI at their level."""
    every = [(k.kpi_id, level) for k in kpis.values() for s in k.sources for level in s.levels]
    return [
        Bound("reference", "organisations", one, tuple(r for r in every if r[1] == one.org_level))
        for one in series_breaks()
    ]


def _bound(
    subject: str, name: str, caveat: Caveat, reach: Iterable[tuple[str, str]], where: str
) -> Bound:
    found = tuple(one for one in reach if caveat.org_level in (None, one[1]))
    if caveat.org_level and not found:
        raise ValueError(f"{where}: none of its KPIs has figures of `{caveat.org_level}`")
    return Bound(subject, name, caveat, found)


def create_caveats(db: Connection, feeds: Mapping[str, Contract], kpis: Mapping[str, Kpi]) -> None:
    """Create `caveat`, `caveat_scope` and `caveat_text` in schema `governance` of the attached
    mart, which must have its figures. Raises ValueError as `bind` does."""
    bound = bind(feeds, kpis) + bind_breaks(kpis)
    create_from(db, "mart.governance.caveat", _register(bound), "contract.caveat")
    create_from(db, "mart.governance.caveat_scope", _scopes(bound), "contract.caveat")
    _create_texts(db)


def _months(caveat: Caveat) -> dict[str, object]:
    return {
        "first_month": caveat.first_month and parse_month(caveat.first_month),
        "last_month": caveat.last_month and parse_month(caveat.last_month),
    }


TEXTS = dict.fromkeys(("org_level", "org_code", "reference"), pl.String)
MONTHS = dict.fromkeys(("first_month", "last_month"), pl.Date)


def _register(bound: list[Bound]) -> pl.DataFrame:
    rows = [
        {
            "subject": one.subject,
            "subject_id": one.subject_id,
            "caveat": one.caveat.text,
            "caveat_id": one.caveat_id,
            "kind": one.caveat.kind,
            **_months(one.caveat),
            "org_level": one.caveat.org_level,
            "org_code": code,
            "reference": one.caveat.reference,
        }
        for one in bound
        for code in one.caveat.organisations or (None,)
    ]
    frame = pl.DataFrame(rows, schema_overrides={**TEXTS, **MONTHS}, infer_schema_length=None)
    return frame.sort("subject", "subject_id", "caveat", "org_code")


def _scopes(bound: list[Bound]) -> pl.DataFrame:
    keys = ("caveat_id", "kpi_id", "org_level", "org_code")
    rows = [
        (name, kpi_id, level, code, *months)
        for one in bound
        for name, months in [(one.caveat_id, _months(one.caveat).values())]
        for kpi_id, level in one.reach
        for code in one.caveat.organisations or (None,)
    ]
    schema = dict.fromkeys(keys, pl.String) | MONTHS
    return pl.DataFrame(rows, schema=schema, orient="row").unique().sort(list(schema))


def _create_texts(db: Connection) -> None:
    """Store the caveats of every figure: once for all organisations of a level,
    and in full where a caveat of its own applies to a figure, so that the view only looks them up.
    Wording that two subjects share is shown once; breaks come first."""
    month = "k.month"
    own = APPLIES.format(month="f.month", days_differ="f.days_differ")
    db.execute(
        f"""CREATE TABLE mart.governance.caveat_text AS
        WITH figure AS (
            SELECT k.kpi_id, k.org_level, k.month, k.org_code,
                   c.working_days <> y.working_days AS days_differ
            FROM ({every_figure("kpi_id, org_level, month, org_code")}) AS k
            LEFT JOIN mart.calendar_month AS c ON c.month = k.month
            LEFT JOIN mart.calendar_month AS y ON y.month = k.month - INTERVAL 1 YEAR),
        scope AS (
            SELECT DISTINCT s.*, c.caveat, c.kind, c.subject
            FROM mart.governance.caveat_scope AS s JOIN mart.governance.caveat AS c
                ON c.caveat_id = s.caveat_id AND c.org_code IS NOT DISTINCT FROM s.org_code),
        key AS (
            SELECT DISTINCT * REPLACE (NULL::VARCHAR AS org_code) FROM figure
            UNION ALL
            SELECT DISTINCT f.* FROM figure AS f JOIN scope AS s USING (kpi_id, org_level, org_code)
            WHERE {own}),
        applied AS (
            SELECT k.kpi_id, k.org_level, k.org_code, k.month, s.caveat,
                   min((s.kind IN {LESSER}, s.subject = 'feed')) AS place,
                   bool_or({COVERS.format(month=month)}) AS covers,
                   bool_or({SPOILS.format(month=month, days_differ="k.days_differ")}) AS spoils
            FROM key AS k JOIN scope AS s ON s.kpi_id = k.kpi_id AND s.org_level = k.org_level
                AND (s.org_code IS NULL OR s.org_code = k.org_code)
            GROUP BY ALL)
        SELECT kpi_id, org_level, org_code, month,
               string_agg(caveat, chr(10) ORDER BY place, caveat) FILTER (covers) AS caveats,
               string_agg(caveat, chr(10) ORDER BY place, caveat) FILTER (spoils)
                   AS comparison_caveats
        FROM applied GROUP BY ALL
        ORDER BY kpi_id, org_level, org_code NULLS FIRST, month"""
    )


_NOT_COMPARABLE = """CREATE VIEW governance.not_comparable AS
    SELECT c.kind, c.caveat, c.first_month, c.last_month, c.org_code,
           list(DISTINCT k.theme ORDER BY k.theme) AS themes,
           list(DISTINCT k.kpi_id ORDER BY k.kpi_id) AS kpi_ids,
           list(DISTINCT s.org_level ORDER BY s.org_level) AS org_levels,
           min(c.reference) AS reference
    FROM governance.caveat AS c
    JOIN governance.caveat_scope AS s ON s.caveat_id = c.caveat_id
        AND s.org_code IS NOT DISTINCT FROM c.org_code
    JOIN kpi AS k ON k.kpi_id = s.kpi_id
    WHERE c.kind IN ('never_together', 'non_comparable', 'outage', 'redefinition', 'series_break')
    GROUP BY ALL ORDER BY c.kind, c.org_code NULLS FIRST, c.first_month, c.caveat"""


def caveat_views() -> dict[str, str]:
    """Return the view that adds caveats to figures, and the one of what may not be compared, name
    -> SQL, for a mart opened on its own."""
    own = "CASE WHEN o.kpi_id IS NULL THEN a.{0} ELSE o.{0} END AS {0}"
    return {
        "kpi_monthly_with_caveats": f"""CREATE VIEW kpi_monthly_with_caveats AS
            SELECT m.*, {own.format("caveats")}, {own.format("comparison_caveats")}
            FROM kpi_monthly AS m
            LEFT JOIN governance.caveat_text AS a ON a.kpi_id = m.kpi_id
                AND a.org_level = m.org_level AND a.month = m.month AND a.org_code IS NULL
            LEFT JOIN governance.caveat_text AS o ON o.kpi_id = m.kpi_id
                AND o.org_level = m.org_level AND o.month = m.month AND o.org_code = m.org_code
            ORDER BY m.kpi_id, m.org_level, m.org_code, m.month""",
        "governance.not_comparable": _NOT_COMPARABLE,
    }


def caveat_macros() -> dict[str, str]:
    """Return the macro that lists one figure's caveats, signature -> SQL, for a mart opened on its
    own."""
    days = "(SELECT working_days FROM calendar_month WHERE month = {0})"
    differ = f"{days.format('on_month')} <> {days.format('on_month - INTERVAL 1 YEAR')}"
    covers, spoils = (t.format(month="on_month", days_differ=differ) for t in (COVERS, SPOILS))
    return {
        "caveats_of(kpi, level, code, on_month)": f"""SELECT s.caveat_id, s.kind, s.caveat,
                s.subject, s.subject_id, s.first_month, s.last_month, s.reference,
                {covers} AS covers, {spoils} AS spoils_comparison
            FROM (SELECT c.*, t.kpi_id AS of_kpi, t.org_level AS of_level
                  FROM governance.caveat_scope AS t JOIN governance.caveat AS c
                      ON c.caveat_id = t.caveat_id
                      AND c.org_code IS NOT DISTINCT FROM t.org_code) AS s
            WHERE s.of_kpi = kpi AND s.of_level = level
              AND (s.org_code IS NULL OR s.org_code = code) AND ({covers} OR {spoils})
            QUALIFY row_number() OVER (PARTITION BY s.caveat ORDER BY s.subject DESC) = 1
            ORDER BY s.kind IN {LESSER}, s.subject = 'feed', s.caveat"""
    }
