"""Claims in full, as lines of text: statements, figures, readings, and the files behind them. Not
here: reading them, the summary and what is left out of it (`claims`).
"""

from __future__ import annotations

import textwrap
from collections import Counter
from collections.abc import Iterator
from itertools import groupby
from typing import Any

Record = dict[str, Any]
MOST_FILES, SHORT = 4, 12


def claim_lines(found: list[Record], width: int) -> Iterator[str]:
    """Yield the claims as lines of text no wider than `width`, by document and statement."""
    for _, of_document in groupby(found, key=lambda one: (one["source"], one["source_url"])):
        own = list(of_document)
        first = own[0]
        yield from wrapped(first["source"], width)
        yield from wrapped(f"{first['source_body']}. Date: {first['source_date']}.", width)
        yield first["source_url"] or "No web address is known."
        for _, of_statement in groupby(own, key=lambda one: one["statement_id"]):
            figures = list(of_statement)
            yield ""
            yield from wrapped(f'"{figures[0]["statement"]}"', width, 2)
            yield from wrapped(f"=> {figures[0]['statement_verdict']}", width, 2, 5)
            for figure in figures:
                yield from _figure_lines(figure, width)
        yield ""


def _figure_lines(one: Record, width: int) -> Iterator[str]:
    yield ""
    yield from wrapped(f"{one['stated']}: {one['label']} [{one['claim_id']}]", width, 4, 6)
    yield from wrapped(f"Verdict: {one['verdict_in_short']}", width, 6, 8)
    yield from wrapped(one["note"], width, 6, 8)
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
            yield from wrapped(f"Shown only: {why}", width, 6, 8)
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
        yield from wrapped(f"Missing: {row['missing']}", width, 8, 10)
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
    yield from wrapped(", ".join(sources), width, 10, 10)


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
        yield from wrapped(origin, width, 4)


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


def wrapped(text: str, width: int, indent: int = 0, hanging: int | None = None) -> list[str]:
    """Return indented lines; a long word, such as a hash or a web address, stays whole."""
    return textwrap.wrap(
        " ".join(text.split()),
        width,
        initial_indent=" " * indent,
        subsequent_indent=" " * (indent if hanging is None else hanging),
        break_long_words=False,
        break_on_hyphens=False,
    )
