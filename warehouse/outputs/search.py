"""Find KPIs, organisations and series in a published mart by what people call them. Not here: how
they are printed (`pipelines.cli`)."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import TYPE_CHECKING, Any

from warehouse.base.errors import Refusal
from warehouse.base.text import fold, unknown
from warehouse.reference.levels import KEY_COLUMNS, LEVELS
from warehouse.settings import HeadlinePlace

if TYPE_CHECKING:
    import duckdb

Row = dict[str, Any]
MANY = 12  # at most so many organisations are listed where a name has several


class NoMatch(Refusal):
    """The mart has no such KPI or organisation, or several; why, and which there are."""


def find_kpis(db: duckdb.DuckDBPyConnection, words: Sequence[str] = ()) -> list[Row]:
    """The KPIs whose id, title, theme or description has all of the words, in the catalogue's
    order; `db` has the mart as its current database.

    Keys: `kpi_id, title, unit, theme, feed, levels` (those with a figure), `first_month`,
    `newest_month` (of a value; None if there is none).
    """
    rows = _rows(
        db,
        """SELECT k.kpi_id, k.title, k.unit, k.theme, k.feed, k.description,
                  list(DISTINCT m.org_level) FILTER (m.value IS NOT NULL) AS levels,
                  min(m.month) FILTER (m.value IS NOT NULL) AS first_month,
                  max(m.month) FILTER (m.value IS NOT NULL) AS newest_month
           FROM kpi AS k LEFT JOIN kpi_monthly AS m USING (kpi_id)
           GROUP BY ALL ORDER BY k.theme, k.kpi_id""",
    )
    found = [row for row in rows if _has(words, row["kpi_id"], row["title"], *_about(row))]
    for row in found:
        del row["description"]
        row["levels"] = [level for level in LEVELS if level in (row["levels"] or ())]
    return found


def find_organisations(
    db: duckdb.DuckDBPyConnection, words: Sequence[str] = (), places: Iterable[HeadlinePlace] = ()
) -> list[Row]:
    """The organisations whose code or name has all of the words, largest level first. `places`:
    those with a short name in the settings.

    Keys: `org_code, org_level, org_name, short_name` (None if it has none), and its newest parents
    (`KEY_COLUMNS`).
    """
    short = {(place.level, place.code): place.name for place in places}
    rows = _rows(
        db,
        f"""SELECT org_code, org_level, org_name, {", ".join(KEY_COLUMNS.values())}
           FROM organisation
           QUALIFY row_number() OVER (PARTITION BY org_level, org_code
                                      ORDER BY valid_from DESC NULLS LAST) = 1""",
    )
    order = list(LEVELS)
    rows.sort(key=lambda row: (-order.index(row["org_level"]), row["org_code"]))
    for row in rows:
        row["short_name"] = short.get((row["org_level"], row["org_code"]))
    return [row for row in rows if _has(words, *_names(row))]


def kpi_named(db: duckdb.DuckDBPyConnection, text: str) -> Row:
    """The KPI with this id, in any case. Raises NoMatch with similar ids."""
    every = find_kpis(db)
    found = next((row for row in every if row["kpi_id"] == text.strip().casefold()), None)
    if found is None:
        raise NoMatch(*unknown("KPI", text, {row["kpi_id"]: row["title"] for row in every}))
    return found


def organisation_named(
    db: duckdb.DuckDBPyConnection,
    text: str,
    places: Iterable[HeadlinePlace] = (),
    levels: Iterable[str] = LEVELS,
) -> Row:
    """The organisation with this code, in any case, or else this name, or the only one whose name
    has these words; of several, the one of the `levels`. Raises NoMatch with similar ones, or with
    all of several."""
    every = find_organisations(db, (), places)
    code, name = text.strip().upper(), fold(text)
    found = (
        [row for row in every if row["org_code"] == code]
        or [row for row in every if name in map(fold, _names(row))]
        or [row for row in every if _has(text.split(), *_names(row))]
    )
    if not found:
        raise NoMatch(*unknown("organisation", text, _titles(every)))
    wanted = set(levels)
    found = [row for row in found if row["org_level"] in wanted] or found
    if len(found) > 1:
        titles = [f"{code} ({title})" for code, title in _titles(found).items()]
        more = f" and {len(titles) - MANY} more" if len(titles) > MANY else ""
        raise NoMatch(
            f'"{text}" may be any of {len(found)} organisations.',
            f"Name one by its code: {', '.join(titles[:MANY])}{more}.",
        )
    return found[0]


def series(db: duckdb.DuckDBPyConnection, kpi_id: str, level: str, code: str) -> list[Row]:
    """The months of one KPI and organisation, oldest first: `month, value, numerator, denominator,
    year_on_year_change, year_on_year_ratio, edition, status, status_reason`."""
    return _rows(
        db,
        """SELECT month, value, numerator, denominator, year_on_year_change, year_on_year_ratio,
                  edition, status, status_reason
           FROM kpi_monthly
           WHERE kpi_id = $kpi AND org_level = $level AND org_code = $code ORDER BY month""",
        {"kpi": kpi_id, "level": level, "code": code},
    )


def _rows(
    db: duckdb.DuckDBPyConnection, sql: str, parameters: dict[str, str] | None = None
) -> list[Row]:
    found = db.execute(sql, parameters)
    names = [column[0] for column in found.description or []]
    return [dict(zip(names, row, strict=True)) for row in found.fetchall()]


def _has(words: Iterable[str], *texts: str) -> bool:
    """Whether each word is in any of the texts, whatever its case."""
    every = " ".join(map(fold, texts))
    return all(fold(word) in every for word in words)


def _about(row: Row) -> tuple[str, str, str]:
    return row["theme"].replace("_", " "), row["kpi_id"].replace("_", " "), row["description"]


def _names(row: Row) -> list[str]:
    return [row[key] for key in ("org_code", "org_name", "short_name") if row[key]]


def _titles(rows: list[Row]) -> dict[str, str]:
    return {row["org_code"]: row["short_name"] or row["org_name"] or "" for row in rows}
