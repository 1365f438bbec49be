"""Output of the headline figures: all of them, or after a refresh those that changed.

Belongs here: layout. Does not: the figures (`warehouse.outputs.headline`).
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING, Any

from pipelines.cli.screen import SYNTHETIC, Screen, plain_table
from warehouse.base.home import Home
from warehouse.base.text import plural

if TYPE_CHECKING:
    from pipelines.cli.fitted_table import FittedTable
    from warehouse.outputs.headline import Series

Row = dict[str, Any]
WORD = 16  # room for the longest word of a KPI's title
SIGNAL = 11  # likewise of what is said of a change
WAS = 9  # likewise of what a figure was before
SYNTHETIC_BANNER = f"{SYNTHETIC} Import real files to replace it."
MORE = "access-recovery show KPI --org PLACE has more."
ALL = "access-recovery headline shows them"


def show_headlines(screen: Screen, home: Home, before: Mapping[Series, Row] | None = None) -> None:
    """Print the headline of the published mart; `before`: as of `say_headlines`."""
    from warehouse.base.sql import open_mart
    from warehouse.outputs.headline import headlines
    from warehouse.settings import read_settings

    with open_mart(home.mart) as db:
        rows = headlines(db, read_settings(home).headlines)
    say_headlines(screen, home, rows, before)


def say_headlines(
    screen: Screen, home: Home, rows: list[Row], before: Mapping[Series, Row] | None = None
) -> None:
    """Print the headline table, where the mart is, and what to do next. `before`: the newest values
    of the mart that was replaced, of which only those that changed are printed, with both."""
    from warehouse.outputs.headline import CONFIRMS_NOTHING, MEANINGS, no_target_notes, reasons

    shown = rows if before is None else [row for row in rows if _is_new(row, before)]
    synthetic = any(row["synthetic"] for row in rows)
    if shown:
        screen.table(_headline_table(shown, synthetic, before))
        screen.say(f"{MEANINGS} {MORE}")
        for note in no_target_notes(shown):
            screen.say(note)
        views = dict.fromkeys(f"{row['theme']}_monthly" for row in shown)
        screen.say(f"Views: {', '.join(views)}.")
        _say_in_words(screen, shown)
    _say_places_without(screen, home, rows)
    for reason in reasons(shown):
        screen.warn(f"Disputed: {reason}")
    if synthetic:
        screen.warn(SYNTHETIC_BANNER)
    if synthetic and shown:
        screen.warn(CONFIRMS_NOTHING)
    if before is not None:
        screen.say(_how_many_changed(len(shown), len(rows)))
    screen.say(f"Mart: {home.mart}")
    if before is None:
        screen.say(
            "Next: open it in DuckDB (see docs/analyst-guide.md), see the runs with `make ui`, or "
            "import more files."
        )


def _is_new(row: Row, before: Mapping[Series, Row]) -> bool:
    """Whether a figure is printed otherwise than before: one revised by less than that is not."""
    from warehouse.outputs.headline import headline_value, series_of

    was = before.get(series_of(row))
    if was is None or any(was[name] != row[name] for name in ("month", "status", "synthetic")):
        return True
    return headline_value(was) != headline_value(row)


def _how_many_changed(changed: int, every: int) -> str:
    if not changed:
        return f"None of the {plural(every, 'headline figure')} changed: {ALL}."
    same = every - changed
    return f"{changed:,} of {plural(every, 'headline figure')} changed" + (
        f"; the other {same:,} are as before: {ALL}." if same else "."
    )


def _say_places_without(screen: Screen, home: Home, rows: list[Row]) -> None:
    """Say of which places that were chosen the mart has no headline figure."""
    from warehouse.settings import read_settings

    for place in read_settings(home).headlines_chosen:
        if not any(place.code == row["org_code"] for row in rows):
            screen.warn(
                f"The mart has no headline figure of {place.level} {place.code}. "
                f"If the code is wrong, correct it in {home.settings}."
            )


def _say_in_words(screen: Screen, rows: list[Row]) -> None:
    """Print the first figure of each theme in words, of the first place."""
    said: dict[str, str] = {}
    for row in rows:
        if row["place"] == rows[0]["place"]:
            said.setdefault(row["theme"], _in_words(row))
    screen.say("")
    for text in said.values():
        screen.say(text)
    screen.say("")


def _in_words(row: Row) -> str:
    """The sentence of a figure; of one that is not judged also what was said of the newest that
    is."""
    from warehouse.statistics.sentences import sentence

    said, past = sentence(row["facts"]), row["past"]
    if past is None:
        return said
    brief = past.brief if past.month is None else f"the newest judged month: {past.brief}"
    return f"{said} {brief[0].upper()}{brief[1:]}."


def _headline_table(
    rows: list[Row], synthetic: bool, before: Mapping[Series, Row] | None
) -> FittedTable:
    """Return the figures under a line for each place and theme."""
    from rich.text import Text

    from warehouse.kpi.themes import theme_words
    from warehouse.outputs.headline import BESIDE, beside_value, headline_value

    was, what = ([], "figures") if before is None else (["Before"], "figures that changed")
    table = plain_table(
        *("KPI", "Month", *was, "Value", *BESIDE),
        title=f"Headline {what}" + (" - SYNTHETIC" if synthetic else ""),
        right=("Value", *BESIDE[:2], "England"),
        expendable=("Per working day", "Status", *(["England"] if was else [])),
        name=WORD,
        narrow={"Signal": SIGNAL, "Before": WAS},
    )
    last = ("", "")
    for row in rows:
        here = (theme_words(row["theme"]), row["place"])
        if here != last:
            table.add_row(Text(f"{here[1]}: {here[0]}", "bold"))
        last = here
        earlier = [] if before is None else [_before(row, before)]
        cells = (f"{row['month']:%b %Y}", *earlier, headline_value(row), *beside_value(row))
        table.add_row(row["title"], *cells, indent=2)
    return table


def _before(row: Row, before: Mapping[Series, Row]) -> str:
    """What a figure was: its value, with the month if that was another; its status, if that alone
    changed."""
    from warehouse.outputs.headline import headline_value, series_of

    was = before.get(series_of(row))
    if was is None:
        return "none"
    value = headline_value(was)
    if was["month"] != row["month"]:
        return f"{value} ({was['month']:%b %Y})"
    return value if value != headline_value(row) else str(was["status"])
