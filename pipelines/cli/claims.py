"""`access-recovery claims`: published statements checked against the mart, as text and JSON.

Belongs here: reading `claim` and `claim_reading`, layout. Does not: verdicts (`warehouse.claims`).
"""

from __future__ import annotations

import textwrap
from collections import Counter
from collections.abc import Iterator
from itertools import groupby
from typing import Annotated, Any

import typer

from pipelines.cli.arguments import AsJson
from pipelines.cli.screen import Screen
from warehouse.base.exit_status import WRONG
from warehouse.base.home import Home

app = typer.Typer()
Record = dict[str, Any]
WIDEST = 100
MOST_FILES, SHORT = 4, 12


@app.command(rich_help_panel="Governance")
def claims(
    claim: Annotated[
        list[str] | None,
        typer.Argument(help="Claim ids, or the beginning of ids; default: all."),
    ] = None,
    as_json: AsJson = False,
) -> None:
    """Show how published statements compare with the mart: verdicts, readings, missing data.

    Statements are evaluated when the mart is built, by `access-recovery refresh`.
    """
    from pipelines.cli.outcomes import SYNTHETIC_BANNER
    from warehouse.claims.register import register_file
    from warehouse.settings import read_settings

    screen, home = Screen(), Home.from_environment()
    home.require_mart()
    found = read_claims(home)
    if found is None:
        screen.error(
            f"The mart at {home.mart} was built by a version without claims.",
            "Run access-recovery refresh to build it again.",
        )
        raise typer.Exit(WRONG)
    if not found:
        place = read_settings(home).place
        screen.warn(
            f"No claims are registered for {place}. They are read from {register_file(place)}; "
            f"the place is set by `place:` in {home.settings}."
        )
    wanted = _wanted(screen, found, claim or [])
    synthetic = any(one["synthetic"] for one in found)
    if as_json:
        screen.json({"mart": str(home.mart), "synthetic": synthetic, "claims": wanted})
        return
    if synthetic:
        screen.warn(SYNTHETIC_BANNER)
    width = min(screen.out.width, WIDEST)
    for line in (
        *summary_lines(wanted, width),
        "",
        *claim_lines(wanted, width),
        *file_lines(wanted, width),
    ):
        screen.say(line)


def read_claims(home: Home) -> list[Record] | None:
    """Return every claim of the published mart in the order of the register, with its `readings`,
    each with its `sources`; None if the mart has no claims yet."""
    import duckdb

    from warehouse.base.sql import open_mart
    from warehouse.claims.sources import KEY, files_behind

    with open_mart(home.mart) as db:
        try:
            found: list[Record] = db.sql("SELECT * FROM claim ORDER BY rowid").pl().to_dicts()
        except duckdb.CatalogException:
            return None
        table = db.sql("SELECT * FROM claim_reading ORDER BY rowid").pl()
        files: dict[tuple[object, ...], list[Record]] = {}
        for row in files_behind(db, table).iter_rows(named=True):
            key = tuple(row.pop(name) for name in KEY)
            files.setdefault(key, []).append(row)
    readings: dict[str, list[Record]] = {}
    for row in table.iter_rows(named=True):
        key = (row["claim_id"], row["reading_number"], row["edition"], row["revision"])
        row["months"] = row["months"].split()
        row["compared_months"] = (row["compared_months"] or "").split()
        row["sources"] = files.get(key, [])
        readings.setdefault(row["claim_id"], []).append(row)
    return [one | {"readings": readings.get(one["claim_id"], [])} for one in found]


def _wanted(screen: Screen, found: list[Record], names: list[str]) -> list[Record]:
    """Return the claims whose ids begin with one of the names. Exits if a name matches none."""
    for name in names:
        if not any(one["claim_id"].startswith(name) for one in found):
            ids = ", ".join(one["claim_id"] for one in found)
            screen.error(f'Unknown claim "{name}".', f"Known: {ids}.")
            raise typer.Exit(WRONG)
    return [
        one for one in found if not names or any(one["claim_id"].startswith(name) for name in names)
    ]


def summary_lines(found: list[Record], width: int) -> Iterator[str]:
    """Yield a table of the claims, one line each: id, the figure as stated, and the verdict."""
    rows = [("Claim", "Stated", "Verdict")]
    rows += [(one["claim_id"], one["stated"], _brief(one)) for one in found]
    most = [max(len(row[column]) for row in rows) for column in range(3)]
    gap = "  " if sum(most) + 4 <= width else " "
    # Only the stated figure may be shortened; it is shown in full below.
    stated = max(min(most[1], width - most[0] - most[2] - 2 * len(gap)), len("Stated"))
    for claim_id, figure, verdict in rows:
        shown = figure if len(figure) <= stated else f"{figure[: stated - 3]}..."
        line = f"{claim_id:{most[0]}}{gap}{shown:{stated}}{gap}{verdict}"
        yield from _wrapped_line(line, width, most[0] + len(gap))
    if any(row[2].endswith("*") for row in rows):
        yield from _wrapped(
            "* Uses current figures: the edition of the time is not available.", width
        )


def _brief(one: Record) -> str:
    """Return a short verdict: `differs +2.7%*`, `confirmed in 2024-10`."""
    from warehouse.claims.in_words import say_difference

    verdict: str = one["verdict"]
    if one["confirmed_in_edition"]:
        revision = one["confirmed_in_revision"]
        return f"confirmed in {one['confirmed_in_edition']}{f'.{revision}' * (revision > 1)}"
    if not verdict.startswith("differs"):
        return verdict
    by = say_difference(one["difference"], one["relative_difference"], one["unit"])
    return f"differs {by}{'' if one['edition_of_the_time_available'] else '*'}"


def _wrapped_line(line: str, width: int, hanging: int) -> list[str]:
    """Return a row of the table, wrapped if it is wider than the screen."""
    if len(line) <= width:
        return [line.rstrip()]
    return textwrap.wrap(
        line, width, subsequent_indent=" " * hanging, break_on_hyphens=False, drop_whitespace=True
    )


def claim_lines(found: list[Record], width: int) -> Iterator[str]:
    """Yield the claims as lines of text no wider than `width`, by document and statement."""
    for _, of_document in groupby(found, key=lambda one: (one["source"], one["source_url"])):
        own = list(of_document)
        first = own[0]
        yield from _wrapped(first["source"], width)
        yield from _wrapped(f"{first['source_body']}. Date: {first['source_date']}.", width)
        yield first["source_url"] or "No web address is known."
        for _, of_statement in groupby(own, key=lambda one: one["statement_id"]):
            figures = list(of_statement)
            yield ""
            yield from _wrapped(f'"{figures[0]["statement"]}"', width, 2)
            yield from _wrapped(f"=> {figures[0]['statement_verdict']}", width, 2, 5)
            for figure in figures:
                yield from _figure_lines(figure, width)
        yield ""


def _figure_lines(one: Record, width: int) -> Iterator[str]:
    yield ""
    yield from _wrapped(f"{one['stated']}: {one['label']} [{one['claim_id']}]", width, 4, 6)
    yield from _wrapped(f"Verdict: {one['verdict_in_short']}", width, 6, 8)
    yield from _wrapped(one["note"], width, 6, 8)
    if not one["synthetic"] or any(row["edition"] for row in one["readings"]):
        yield from _reading_lines(one, width)


def _reading_lines(one: Record, width: int) -> Iterator[str]:
    """Yield a table of the readings: those that count, then those only shown, by reason."""
    if not any(row["kpi_id"] for row in one["readings"]):
        return
    yield from _columns("Reading", "Value", "Difference", "Edition", "Fits", width)
    ordered = sorted(one["readings"], key=lambda row: row["only_shown"] or "")
    for why, rows in groupby(ordered, key=lambda row: row["only_shown"]):
        if why:
            yield from _wrapped(f"Shown only: {why}", width, 6, 8)
        for _, values in groupby(rows, key=lambda row: row["reading_number"]):
            newest, *before = _editions_named(list(values)[::-1])
            yield from _value_lines(one, newest, newest["reading"], width)
            for row in before:
                yield from _value_lines(one, row, "  with an earlier edition", width)


def _editions_named(rows: list[Record]) -> list[Record]:
    """Return the values of a reading, each with its edition as `explain --edition` takes it."""
    often = Counter(row["edition"] for row in rows)
    return [
        row | {"named": f"{row['edition']}.{row['revision']}"}
        if row["edition"] and (often[row["edition"]] > 1 or row["revision"] > 1)
        else row | {"named": row["edition"]}
        for row in rows
    ]


def _value_lines(one: Record, row: Record, text: str, width: int) -> Iterator[str]:
    from warehouse.claims.in_words import say_difference, say_value

    if row["computed_value"] is None:
        yield from _columns(text, "-", "-", "-", "", width)
        yield from _wrapped(f"Missing: {row['missing']}", width, 8, 10)
        return
    yield from _columns(
        text,
        say_value(row["computed_value"], row["unit"], row["measure"]),
        say_difference(row["difference"], row["relative_difference"], one["unit"]),
        row["named"],
        {True: "yes", False: "no", None: ""}[row["within_tolerance"]],
        width,
    )
    sources = [f"{_rows(file)} of {_short(file)}" for file in row["sources"][:MOST_FILES]]
    if len(row["sources"]) > MOST_FILES:
        sources.append(f"and {len(row['sources']) - MOST_FILES} more files (--json lists them)")
    yield from _wrapped(", ".join(sources), width, 10, 10)


def _rows(file: Record) -> str:
    return "1 row" if file["rows"] == 1 else f"{file['rows']:,} rows"


def _short(file: Record) -> str:
    return str(file["sha256"])[:SHORT]


def file_lines(found: list[Record], width: int) -> Iterator[str]:
    """Yield the files used by these claims, each once: hash, name, page and dates."""
    from warehouse.claims.in_words import say_edition

    files = {
        (file["sha256"], file["feed"], file["edition"], file["revision"]): file
        for one in found
        for row in one["readings"]
        for file in row["sources"]
    }
    if files:
        yield "Files"
    for sha256, feed, edition, revision in sorted(files, key=lambda key: key[1:]):
        file = files[(sha256, feed, edition, revision)]
        named = say_edition(edition, revision)
        yield f"  {_short(file)}  {feed} {named}: {file['file_name']}"
        yield f"    SHA-256 {sha256}"
        where = file["url"] or file["page"]
        published = f"published {file['published_on']}" if file["published_on"] else "undated"
        origin = f"{where}, {published}, retrieved {file['retrieved_at']:%Y-%m-%d}"
        yield from _wrapped(origin, width, 4)


def _columns(
    text: str, value: str, difference: str, edition: str, fits: str, width: int
) -> Iterator[str]:
    """Yield a row of the table of readings, with long text wrapped."""
    right = f"{value:>12} {difference:>13}  {edition:9}  {fits:4}"
    room = width - 6 - len(right) - 1
    lead = " " * (len(text) - len(text.lstrip()))
    first, *more = textwrap.wrap(
        text.lstrip(),
        room,
        initial_indent=lead,
        subsequent_indent=f"{lead}  ",
        break_on_hyphens=False,
    )
    yield f"      {first:{room}} {right}".rstrip()
    yield from (f"      {line}".rstrip() for line in more)


def _wrapped(text: str, width: int, indent: int = 0, hanging: int | None = None) -> list[str]:
    """Return indented lines; a long word, such as a hash or a web address, stays whole."""
    return textwrap.wrap(
        " ".join(text.split()),
        width,
        initial_indent=" " * indent,
        subsequent_indent=" " * (indent if hanging is None else hanging),
        break_long_words=False,
        break_on_hyphens=False,
    )
