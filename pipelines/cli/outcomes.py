"""What commands tell people: outcomes of imports and refreshes, headlines.

Belongs here: tables and sentences. Does not: the work they speak of.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from pipelines.cli import DONE, IN_PART, WRONG
from pipelines.cli.faults import unpublished
from pipelines.cli.local import show_wrong_rows
from pipelines.cli.screen import Screen
from warehouse.home import Home

if TYPE_CHECKING:
    from pipelines.refresh import Report
    from warehouse.intake.importer import Outcome

HEADLINE_PLACES = (
    ("icb", "QK1", "LLR"),
    ("sub_icb", "04C", "Leicester City"),
    ("local_authority", "E06000016", "Leicester City"),
)
FEW = 1000
MOST_MONTHS = 10
SYNTHETIC_BANNER = (
    "SYNTHETIC sample data: every figure is invented. Import real files to retire it."
)
STYLES = {"imported": "green", "known": "dim", "refused": "red"}


def import_status(outcomes: list[Outcome]) -> int:
    """Exit status of an import: 2 if every input was refused, 1 if some were."""
    refused = [outcome for outcome in outcomes if outcome.verdict == "refused"]
    if not outcomes or len(refused) == len(outcomes):
        return WRONG
    return IN_PART if refused else DONE


def show_outcomes(screen: Screen, outcomes: list[Outcome]) -> None:
    """One row per file, then the refused ones with reason and remedy."""
    from rich.table import Table
    from rich.text import Text

    if not outcomes:
        screen.error("There is no file under that path.", "Name a file, or a folder with files.")
        return
    taken = [outcome for outcome in outcomes if outcome.verdict != "refused"]
    if taken:
        table = Table("", "File", "What it is", box=None, pad_edge=False)
        for one in taken:
            style = STYLES[one.verdict]
            table.add_row(Text(one.verdict, style), Text(one.name), Text(one.message))
        screen.table(table)
    for one in outcomes:
        if one.verdict == "refused":
            screen.error(f"{one.name} refused. {one.message}", one.remedy)


def show_refresh(screen: Screen, home: Home, report: Report) -> int:
    """The outcome of a refresh and the headline figures; returns the exit status."""
    from warehouse.archive import Archive

    for outcome in report.refused:
        screen.error(f"{outcome.name} refused. {outcome.message}", outcome.remedy)
        screen.err.print(f"  It stays in {outcome.path.parent}.", highlight=False, soft_wrap=True)
    for failure in report.failures:
        screen.error(*unpublished(failure, home))
    show_standings(screen, report)
    if report.lineage:
        screen.warn(report.lineage)
    show_wrong_rows(screen, home, report.taken_in)
    if report.retired and not report.nothing_to_do:
        screen.say(
            f"{report.retired} SYNTHETIC sample edition(s) retired: real data took their place."
        )
    warned = [one for one in report.taken_in if one.state and one.state.warned]
    if report.nothing_to_do:
        screen.say(
            "Nothing to do: everything imported is in the mart already."
            if home.mart.exists()
            else "Nothing to do: all that was imported is withdrawn or held by hand."
            if Archive(home).files()
            else "Nothing to do: nothing was imported yet. Try access-recovery sample, "
            "or access-recovery import PATH..."
        )
    elif report.taken_down:
        screen.say("No edition is left that may be in the mart: the published mart was removed.")
    elif report.taken_in or report.published:
        accepted = sum(one.verdict == "accepted" for one in report.taken_in)
        held = len(report.taken_in) - accepted
        screen.say(
            f"{accepted} edition(s) accepted"
            + (f" ({len(warned)} with warnings)" if warned else "")
            + (f", {held} held back" if held else "")
            + (", mart published." if report.published else ", mart unchanged.")
        )
    if report.pages:
        screen.say(f"The pages about the mart were made anew in {home.pages}.")
    if home.mart.exists():
        show_headlines(screen, home)
    held_back = report.held or report.held_months
    incomplete = report.refused or report.failures or held_back or report.unfinished
    return IN_PART if incomplete else DONE


def show_standings(screen: Screen, report: Report) -> None:
    """Editions held back by their checks, what people decided, and purges that were cut short."""
    for one in report.held:
        screen.warn(f"Held back: {one.feed} {one.edition}. {one.words}")
    for one in report.held_months:
        for month in one.held_months[:MOST_MONTHS]:
            screen.warn(f"Held month: {one.feed} {one.edition}. {month.words}")
        if (more := len(one.held_months) - MOST_MONTHS) > 0:
            screen.warn(f"Held months of {one.feed} {one.edition}: {more:,} more; see status")
        screen.warn(
            "All else of it is published. Import a sound file, or let them in: access-recovery "
            f"accept {one.feed} {one.edition} --reason TEXT (--org CODE, --month YYYY-MM)."
        )
    for one in report.decided:
        if one.override:
            screen.warn(f"By decision: {one.feed} {one.edition} {one.words}")
        elif not one.undecided:
            screen.warn(f"{one.feed} {one.edition} is {one.verdict} by its checks; {one.words}")
    if report.held:
        screen.warn(
            "Look with access-recovery status and diff; then import a sound file, or decide: "
            "access-recovery accept FEED EDITION --reason TEXT (or hold)."
        )
    for tombstone in report.unfinished:
        screen.error(
            f"Purging {tombstone.sha256[:12]} was cut short.",
            f"Run access-recovery purge {tombstone.sha256[:12]} --reason TEXT again.",
        )


def headlines(home: Home) -> list[dict[str, Any]]:
    """The newest value of each headline KPI for LLR and Leicester City, theme by theme."""
    import duckdb

    from warehouse.catalogue import catalogue
    from warehouse.mart.reading import attach

    wanted = [kpi.kpi_id for kpi in catalogue().values() if kpi.headline]
    rows: list[dict[str, Any]] = []
    with duckdb.connect() as db:
        attach(db, home.mart)
        for level, code, place in HEADLINE_PLACES:
            found = db.execute(
                """SELECT k.theme, m.kpi_id, k.title, k.unit, m.month, m.value, m.numerator,
                          m.denominator, m.year_on_year_ratio AS ratio,
                          m.year_on_year_change AS change, m.status, m.synthetic
                   FROM mart.kpi_monthly AS m JOIN mart.kpi AS k USING (kpi_id)
                   WHERE m.org_level = $level AND m.org_code = $code AND m.value IS NOT NULL
                     AND m.kpi_id IN (SELECT unnest($wanted))
                   QUALIFY row_number() OVER (PARTITION BY kpi_id ORDER BY month DESC) = 1""",
                {"level": level, "code": code, "wanted": wanted},
            )
            keys = [column[0] for column in found.description or []]
            rows += [{"place": place, **dict(zip(keys, r, strict=True))} for r in found.fetchall()]
    places, themes = [one[2] for one in HEADLINE_PLACES], [row["theme"] for row in rows]
    return sorted(
        rows,
        key=lambda row: (
            themes.index(row["theme"]),
            places.index(row["place"]),
            wanted.index(row["kpi_id"]),
        ),
    )


def show_headlines(screen: Screen, home: Home) -> None:
    """The headline table, where the mart is, and what to do next."""
    from rich.table import Table
    from rich.text import Text

    rows = headlines(home)
    synthetic = any(row["synthetic"] for row in rows)
    if rows:
        title = "Headline figures" + (" - SYNTHETIC" if synthetic else "")
        table = Table(title=title, title_justify="left", box=None, pad_edge=False)
        for heading in ("View", "Place", "KPI", "Month", "Value", "Change on the year", "Status"):
            right = heading in ("Value", "Change on the year")
            table.add_column(
                heading, justify="right" if right else "left", no_wrap=heading != "KPI"
            )
        last = ("", "")
        for row in rows:
            here = (f"{row['theme']}_monthly", row["place"])
            table.add_row(
                here[0] if here[0] != last[0] else "",
                here[1] if here != last else "",
                Text(row["title"]),
                f"{row['month']:%b %Y}",
                headline_value(row),
                change_text(row),
                row["status"],
            )
            last = here
        screen.table(table)
    if synthetic:
        screen.warn(SYNTHETIC_BANNER)
    screen.say(f"Mart: {home.mart}")
    screen.say(
        "Next: open it in DuckDB (see docs/analyst-guide.md), look at the runs with `make ui`, "
        "or import more files."
    )


def headline_value(row: dict[str, Any]) -> str:
    """A value for the headline table; of a share of few, both numbers (81 of 82)."""
    text = value_text(row["value"], row["unit"])
    if row["unit"] == "share" and row["denominator"] < FEW:
        return f"{row['numerator']:,} of {row['denominator']:,} = {text}"
    return text


def value_text(value: float, unit: str) -> str:
    """A value as people read it: counts whole, shares in per cent, rates with one decimal."""
    if unit == "share":
        return f"{value:.1%}"
    return f"{value:,.1f}" if unit.startswith("rate") else f"{value:,.0f}"


def change_text(row: dict[str, Any]) -> str:
    """Change on the year: shares in percentage points, all else in per cent."""
    if row["change"] is None:
        return "-"
    if row["unit"] == "share":
        return f"{100 * row['change']:+.1f} pp"
    return "-" if row["ratio"] is None else f"{row['ratio']:+.1%}"
