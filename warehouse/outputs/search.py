"""Find KPIs, organisations and series in a published mart by what people call them. Not here: how
they are printed (`pipelines.cli`)."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import TYPE_CHECKING, Any

from warehouse.base.errors import Refusal
from warehouse.base.sql import rows
from warehouse.base.text import fold, unknown
from warehouse.kpi.catalogue import catalogue
from warehouse.kpi.synonyms import matched, sought
from warehouse.reference.levels import KEY_COLUMNS, LEVELS
from warehouse.settings import HeadlinePlace

if TYPE_CHECKING:
    import duckdb

Row = dict[str, Any]
FEW = 4  # KPIs in a suggestion
MANY = 12  # at most so many organisations are listed where a name has several


class NoMatch(Refusal):
    """The mart has no such KPI or organisation, or several; why, and which there are."""


def find_kpis(db: duckdb.DuckDBPyConnection, words: Sequence[str] = ()) -> list[Row]:
    """The KPIs whose id, title, theme or description has all of the words, or others for the same,
    in the catalogue's order; `db` has the mart as its current database.

    Keys: `kpi_id, title, unit, period_type, theme, feed, levels` (with a figure), `first_month`,
    `newest_month`, `first_period`, `newest_period` (of a value; None if there is none), and
    `not_in_the_mart`: whether the catalogue got it after the mart was made.
    """
    things = sought(words)
    found = [row for number, row in _by_match(db, things) if number == len(things)]
    for row in found:
        del row["description"]
    return _with_months(db, found)


def nearest_kpis(db: duckdb.DuckDBPyConnection, words: Sequence[str]) -> dict[str, str]:
    """The KPIs, id -> title, that have all of the words, or else most of them, if at least half;
    those whose title has them before those whose description does."""
    things = sought(words)
    every = [(number, row) for number, row in _by_match(db, things) if 2 * number >= len(things)]
    most = max((number for number, _ in every), default=0)
    best = [row for number, row in every if number == most > 0]
    best.sort(key=lambda row: -matched(things, row["kpi_id"], row["title"]))
    return {row["kpi_id"]: row["title"] for row in best}


def suggested(near: dict[str, str]) -> str:
    """KPIs as a suggestion: `Did you mean a (A) or b (B)?`; empty if there is none."""
    few = [f"{kpi} ({title})" for kpi, title in list(near.items())[:FEW]]
    more = f" ({len(near) - FEW} more)" if len(near) > FEW else ""
    return f"Did you mean {' or '.join(few)}?{more}" if few else ""


def _by_match(
    db: duckdb.DuckDBPyConnection, things: Sequence[tuple[str, ...]]
) -> list[tuple[int, Row]]:
    """Every KPI with its description, and how many of the things it has; in the catalogue's
    order."""
    every = rows(
        db,
        """SELECT kpi_id, title, unit, period_type, theme, feed, description,
                  FALSE AS not_in_the_mart FROM kpi""",
    )
    every += _not_yet({row["kpi_id"] for row in every})
    every.sort(key=lambda row: (row["theme"], row["kpi_id"]))
    return [
        (matched(things, row["kpi_id"], row["title"], row["theme"], row["description"]), row)
        for row in every
    ]


def _not_yet(known: set[str]) -> list[Row]:
    """The KPIs of the catalogue that a mart does not have: it was made before they were added."""
    return [
        {name: getattr(kpi, name) for name in ("kpi_id", "title", "unit", "theme", "feed")}
        | {"period_type": kpi.period.type, "description": kpi.description, "not_in_the_mart": True}
        for kpi in catalogue().values()
        if kpi.kpi_id not in known
    ]


def not_comparable(
    db: duckdb.DuckDBPyConnection, words: Sequence[str] = (), places: Iterable[HeadlinePlace] = ()
) -> list[Row]:
    """What may not be compared: rows of `governance.not_comparable` of which a KPI, a theme or the
    caveat has all of the words; of single organisations only those of `places`. Keys: `kind,
    caveat, first_month, last_month, org_code, themes, kpi_ids, org_levels, reference`."""
    found = rows(db, "FROM governance.not_comparable")
    known = {place.code for place in places}
    return [
        row
        for row in found
        if row["org_code"] is None or row["org_code"] in known
        if _has(words, row["caveat"], *row["themes"], *row["kpi_ids"])
    ]


def unreliable_editions(db: duckdb.DuckDBPyConnection, kpi_id: str) -> list[str]:
    """Sentences on the editions of a KPI's feed that have figures which are not published because
    rows are in quarantine."""
    found = rows(
        db,
        """SELECT c.feed, c.edition FROM governance.check_result AS c
           JOIN kpi AS k ON c.feed = k.feed
           WHERE k.kpi_id = $kpi AND c.rule = 'cells_whole'
           QUALIFY c.verdict IN ('warn', 'fail') AND c.run_id = first_value(c.run_id) OVER (
               PARTITION BY c.feed, c.edition ORDER BY c.checked_at DESC, c.run_id)
           ORDER BY c.feed, c.edition""",
        kpi=kpi_id,
    )
    return [
        f"Figures of {one['feed']} {one['edition']} are not published until rows in quarantine are "
        f"corrected: access-recovery warnings {one['feed']} names them."
        for one in found
    ]


def _with_months(db: duckdb.DuckDBPyConnection, kpis: list[Row]) -> list[Row]:
    """Add levels and months to KPIs, whose figures alone are read."""
    known = rows(
        db,
        """SELECT kpi_id, list(DISTINCT org_level) AS levels,
                  min(month) AS first_month, max(month) AS newest_month,
                  min(period_label) AS first_period, max(period_label) AS newest_period
           FROM kpi_period
           WHERE kpi_id IN (SELECT unnest($kpis::VARCHAR[])) AND value IS NOT NULL
           GROUP BY kpi_id""",
        kpis=[kpi["kpi_id"] for kpi in kpis],
    )
    of_kpi = {one["kpi_id"]: one for one in known}
    none = dict.fromkeys(("first_month", "newest_month", "first_period", "newest_period"))
    for kpi in kpis:
        kpi.update({"levels": ()} | none | of_kpi.get(kpi["kpi_id"], {}))
        kpi["levels"] = [level for level in LEVELS if level in kpi["levels"]]
    return kpis


def find_organisations(
    db: duckdb.DuckDBPyConnection, words: Sequence[str] = (), places: Iterable[HeadlinePlace] = ()
) -> list[Row]:
    """The organisations whose code or name has all of the words, largest level first. `places`:
    those that the settings give a name of their own.

    Keys: `org_code, org_level, org_name, short_name` (None if it is the published name), and its
    newest parents (`KEY_COLUMNS`).
    """
    short = {(place.level, place.code): place.name for place in places if place.name}
    every = rows(
        db,
        f"""SELECT org_code, org_level, org_name,
                  CASE WHEN short_name IS DISTINCT FROM org_name AND short_name <> org_code
                       THEN short_name END AS short_name,
                  {", ".join(KEY_COLUMNS.values())}
           FROM organisation_current""",
    )
    order = list(LEVELS)
    every.sort(key=lambda row: (-order.index(row["org_level"]), row["org_code"]))
    for row in every:
        row["short_name"] = short.get((row["org_level"], row["org_code"]), row["short_name"])
    return [row for row in every if _has(words, *_names(row))]


def those_within(found: list[Row], outer: Row) -> list[Row]:
    """Those of the organisations that are within this one by their newest parents. Raises NoMatch
    if nothing is within its level, as within a practice."""
    if (column := KEY_COLUMNS.get(outer["org_level"])) is None:
        raise NoMatch(
            f"{name_shown(outer)} is a {LEVELS[outer['org_level']].singular}: nothing is listed "
            "within it.",
            f"Name one of these levels: {', '.join(KEY_COLUMNS)}.",
        )
    return [row for row in found if row[column] == outer["org_code"]]


def kpi_named(db: duckdb.DuckDBPyConnection, text: str) -> Row:
    """The KPI with this id or this title, in any case, as `find_kpis` gives it. Raises NoMatch with
    those that the text may mean."""
    every = rows(
        db,
        "SELECT kpi_id, title, unit, period_type, theme, feed, chart_basis, not_charted_because "
        "FROM kpi",
    )
    found = [row for row in every if row["kpi_id"] == text.strip().casefold()]
    found = found or [row for row in every if fold(row["title"]) == fold(text)]
    if not found and (new := catalogue().get(text.strip().casefold())):
        raise NoMatch(
            f"The mart was made before {new.kpi_id} ({new.title}) was added.",
            "Run access-recovery refresh to add it.",
        )
    if not found:
        unknown_kpi, similar = unknown("KPI", text, {row["kpi_id"]: row["title"] for row in every})
        raise NoMatch(unknown_kpi, suggested(nearest_kpis(db, [text])) or similar)
    return _with_months(db, found)[0]


def organisation_named(
    db: duckdb.DuckDBPyConnection,
    text: str,
    places: Iterable[HeadlinePlace] = (),
    levels: Iterable[str] = LEVELS,
) -> Row:
    """The organisation with this code, in any case, or else this name, or the only one whose name
    has these words. `levels`: those at which there are figures; an organisation of another one is
    meant only if none of these has such a code, name or words. Raises NoMatch with similar ones, or
    with all of several."""
    return _meant(find_organisations(db, (), places), text, levels)


def organisations_named(
    db: duckdb.DuckDBPyConnection, text: str, places: Iterable[HeadlinePlace] = ()
) -> list[Row]:
    """The organisation as in `organisation_named`; of a name that several have, all of them: a city
    is a sub-ICB for some figures and a local authority for others. Raises NoMatch as that does."""
    every = find_organisations(db, (), places)
    same = _of_name(every, text)
    return same if len(same) > 1 else [_meant(every, text, LEVELS)]


def name_shown(place: Row) -> str:
    """The shortest name that an organisation has, else its code."""
    return str(place["short_name"] or place["org_name"] or place["org_code"])


def _of_name(every: list[Row], text: str) -> list[Row]:
    name = fold(text)
    return [row for row in every if name in map(fold, _names(row))]


def _meant(every: list[Row], text: str, levels: Iterable[str]) -> Row:
    code = text.strip().upper()
    ways = (
        [row for row in every if row["org_code"] == code],
        _of_name(every, text),
        [row for row in every if _has(text.split(), *_names(row))],
    )
    wanted = set(levels)
    with_figures = ([row for row in way if row["org_level"] in wanted] for way in ways)
    found = next((way for way in (*with_figures, *ways) if way), [])
    if not found:
        raise NoMatch(*unknown("organisation", text, _titles(every)))
    # Where none has figures, which of them is meant does not matter: none of its level has any.
    if len(found) > 1 and any(row["org_level"] in wanted for row in found):
        titles = [f"{code} ({title})" for code, title in _titles(found).items()]
        more = f" and {len(titles) - MANY} more" if len(titles) > MANY else ""
        raise NoMatch(
            f'"{text}" may be any of {len(found)} organisations.',
            f"Name one by its code: {', '.join(titles[:MANY])}{more}.",
        )
    return found[0]


def series(db: duckdb.DuckDBPyConnection, kpi_id: str, level: str, code: str) -> list[Row]:
    """The periods of one KPI and organisation, oldest first: `month` (a longer one's last),
    `period_label, value, numerator, denominator, year_on_year_change, year_on_year_ratio, edition,
    status, status_reason`; of `kpi_spc`, None without a chart: `charted_value` (on its `basis`),
    `mean`, limits, baseline, signal (or why it is not judged), target and assurance; and of
    `kpi_comparison` `england_value, rank, ranked_of`."""
    return rows(
        db,
        """SELECT p.month, p.period_label, p.value, p.numerator, p.denominator,
                  p.year_on_year_change, p.year_on_year_ratio, p.edition, p.status, p.status_reason,
                  s.basis, s.value AS charted_value, s.mean, s.lower_limit, s.upper_limit,
                  s.baseline, s.baseline_from, s.baseline_because, s.points_in_baseline,
                  s.baseline_signals,
                  s.baseline_disputed_points, s.limits, s.signal, s.not_judged_because, s.direction,
                  s.variation, s.target, s.assurance,
                  c.england_value, c.rank, c.ranked_of
           FROM kpi_period AS p
           LEFT JOIN kpi_spc AS s ON s.kpi_id = p.kpi_id AND s.org_level = p.org_level
               AND s.org_code = p.org_code AND s.month = p.month
           LEFT JOIN kpi_comparison AS c ON c.kpi_id = p.kpi_id AND c.org_level = p.org_level
               AND c.org_code = p.org_code AND c.month = p.month
           WHERE p.kpi_id = $kpi AND p.org_level = $level AND p.org_code = $code
           ORDER BY p.month""",
        kpi=kpi_id,
        level=level,
        code=code,
    )


def _has(words: Iterable[str], *texts: str) -> bool:
    """Whether each word is in any of the texts, whatever its case."""
    every = " ".join(map(fold, texts))
    return all(fold(word) in every for word in words)


def _names(row: Row) -> list[str]:
    return [row[key] for key in ("org_code", "org_name", "short_name") if row[key]]


def _titles(found: list[Row]) -> dict[str, str]:
    return {row["org_code"]: row["short_name"] or row["org_name"] or "" for row in found}
