"""A figure taken apart, in words and tables for people and as data for programs.

Belongs here: what `access-recovery explain` shows. Does not: where it comes from
(`warehouse.explain`), arguments (`explain`).
"""

from __future__ import annotations

from collections import Counter
from typing import TYPE_CHECKING, Any

from pipelines.cli.screen import Screen

if TYPE_CHECKING:
    import polars as pl
    from rich.table import Table

    from warehouse.explain.figure import Explanation, Record

NAMED = 12  # organisations shown before "... and more"
SPANS = 70  # characters of row numbers


def explanation_data(told: Explanation, rows: pl.DataFrame | None) -> dict[str, Any]:
    """All of it: the mart's answer, and of each file the numbers of the rows added up."""
    data = told.as_json()
    first = [one for one in data["vintages"] if one.get("text") == "as first reported"]
    data["first_reported_value"] = first[0].get("value") if first else None
    data["sources"] = [{**one, **_numbers(one, rows)} for one in data["sources"]]
    data["organisations"] = _with_values(told, rows)
    return data


def _of_source(source: Record, rows: pl.DataFrame) -> pl.DataFrame:
    same = {name: source[name] for name in ("part", "feed", "edition", "sha256")}
    return rows.filter(**same)


def _numbers(source: Record, rows: pl.DataFrame | None) -> dict[str, Any]:
    """How many rows of a file were added up, and which: `rows_added`, `row_numbers`, `columns`."""
    from warehouse.explain.rows import spans

    if rows is None:
        return {"rows_added": None, "row_numbers": None, "columns": None}
    own = _of_source(source, rows)
    return {
        "rows_added": own.height,
        "row_numbers": spans(own["source_row"].to_list()),
        "columns": own["column"].drop_nulls().unique(maintain_order=True).to_list(),
    }


def _with_values(told: Explanation, rows: pl.DataFrame | None) -> list[Record]:
    """The organisations, each with `rows_added`, and with what the rows come to where no KPI of
    its level shows it."""
    from warehouse.explain.rows import added

    values: dict[tuple[str, str], Record] = {}
    for part in told.lists["parts"]:
        if rows is not None and "measure" in part:
            sums = added(rows.filter(part=part["part"]), part["feed"], part["measure"])
            values |= {(part["part"], one.pop("org_code")): one for one in sums.to_dicts()}
    nothing = {"value": None, "rows_added": None if rows is None else 0}
    return [
        {**values.get((one["part"], one["org_code"]), nothing), **one}
        for one in told.lists["organisations"]
    ]


def show(screen: Screen, told: Explanation, rows: pl.DataFrame | None) -> None:
    """The whole explanation, section by section."""
    from pipelines.cli.outcomes import value_text

    figure = told.figure
    if figure.get("synthetic"):
        screen.warn("SYNTHETIC sample data: every figure is invented.")
    value = figure.get("value")
    number = "no figure" if value is None else value_text(value, figure["unit"])
    exact = f" ({value:.5f})" if value is not None and figure["unit"] == "share" else ""
    place = f"{figure.get('organisation', '')} ({figure['org_level']} {figure['org_code']})"
    screen.say(f"{figure['item']}, {figure['month']}, {place.strip()}")
    screen.say(f"  {number}{exact} {figure['unit']} - {figure['verdict']}, {_edition(figure)}")
    _show_parts(screen, told)
    _show_organisations(screen, _with_values(told, rows), told)
    _show_sources(screen, told, rows)
    _show_checks(screen, told.lists["checks"])
    for title, name in (("Corrections", "corrections"), ("Decisions by people", "overrides")):
        _show_lines(screen, title, [_event(one) for one in told.lists[name]])
    _show_lines(screen, "Caveats", [one["text"] for one in told.lists["caveats"]])
    _show_vintages(screen, told)


def _edition(one: Record) -> str:
    again = f" revision {one['revision']}" if one.get("revision", 1) > 1 else ""
    return f"edition {one['edition']}{again}"


def _heading(screen: Screen, text: str) -> None:
    screen.say(f"\n{text}")


def _grid(*right: int) -> Table:
    from rich.table import Table

    table = Table.grid(padding=(0, 2))
    table.add_column("", width=0)
    for index in range(6):
        table.add_column("", justify="right" if index in right else "left")
    return table


def _show_parts(screen: Screen, told: Explanation) -> None:
    _heading(screen, "How it is worked out")
    screen.say(f"  {told.formula['item']}")
    table = _grid(1)
    for part in told.lists["parts"]:
        value = part.get("value")
        of = f"{part['text']}{' (' + part['feed'] + ')' if 'feed' in part else ''}"
        table.add_row("", part["part"], "-" if value is None else f"{value:,.0f}", of)
    screen.table(table)


def _show_organisations(screen: Screen, cells: list[Record], told: Explanation) -> None:
    """Who was counted; where there are many, by the member through which they were added up."""
    for part in told.lists["parts"]:
        own = [one for one in cells if one["part"] == part["part"]]
        if not own:
            continue
        levels = Counter(one["org_level"] for one in own)
        told_levels = ", ".join(f"{number:,} {level}" for level, number in levels.items())
        _heading(screen, f"Counted for the {part['part']}: {told_levels}")
        table = _grid(2, 4)
        grouped = _through(own) if len(own) > NAMED else own
        for one in grouped[:NAMED]:
            value = one.get("value")
            table.add_row(
                "",
                one["org_code"],
                "withheld" if value is None else f"{value:,.0f}",
                one.get("edition", "-"),
                _rows_added(one["rows_added"]),
                " ".join(filter(None, (one.get("item"), one.get("text")))),
            )
        screen.table(table)
        if len(grouped) > NAMED:
            screen.say(f"  ... and {len(grouped) - NAMED} more; --json names them all")


def _rows_added(number: int | None) -> str:
    return "" if number is None else f"{number:,} row{'' if number == 1 else 's'}"


def _through(cells: list[Record]) -> list[Record]:
    """The same by the member that each was added up in, where that is not itself."""
    if all(one.get("through") in (None, one["org_code"]) for one in cells):
        return cells
    found: dict[str, list[Record]] = {}
    for one in cells:
        found.setdefault(one.get("through") or one["org_code"], []).append(one)
    return [
        {
            "org_code": code,
            "value": None
            if any(one.get("value") is None for one in own)
            else sum(one["value"] for one in own),
            "edition": max(one.get("edition", "-") for one in own),
            "rows_added": None
            if any(one["rows_added"] is None for one in own)
            else sum(one["rows_added"] for one in own),
            "text": f"{len(own)} of them",
        }
        for code, own in found.items()
    ]


def _show_sources(screen: Screen, told: Explanation, rows: pl.DataFrame | None) -> None:
    _heading(screen, "Files")
    for source in told.lists["sources"]:
        which = _numbers(source, rows)
        published = source.get("published_on")
        screen.say(f"  {source['item']} ({source['part']}, {source['feed']} {_edition(source)})")
        screen.say(f"    SHA-256    {source['sha256']}")
        if source.get("container_sha256", source["sha256"]) != source["sha256"]:
            screen.say(f"    packed in  {source['container_sha256']}")
        screen.say(f"    page       {source.get('url') or source['page']}")
        screen.say(
            f"    published  {published or 'date not stated'}; "
            f"retrieved {source['retrieved_at']:%Y-%m-%d %H:%M} UTC"
        )
        screen.say(f"    rows       {_rows_text(source, which)}")


def _rows_text(source: Record, which: dict[str, Any]) -> str:
    if which["rows_added"] is None:
        return f"{source['rows']:,} of the organisations; not in the lake any more to number them"
    numbers = which["row_numbers"]
    if len(numbers) > SPANS:
        numbers = f"{numbers[:SPANS].rpartition(',')[0]}, ... (--rows FILE lists them)"
    columns = f", column {' and '.join(which['columns'][:3])}" if which["columns"] else ""
    return f"{which['rows_added']:,} of {source['text']}: {numbers}{columns}"


def _show_checks(screen: Screen, checks: list[Record]) -> None:
    _heading(screen, "Checks of these editions")
    for feed, edition in sorted({(one["feed"], one["edition"]) for one in checks}):
        own = [one for one in checks if (one["feed"], one["edition"]) == (feed, edition)]
        verdicts = Counter(one["verdict"] for one in own)
        told = ", ".join(f"{verdicts[v]} {v}" for v in ("pass", "warn", "fail", "skipped"))
        screen.say(f"  {feed} {edition}: {told}")
        for one in own:
            if one["verdict"] in ("warn", "fail"):
                screen.say(f"    {one['verdict']}: {one['text']}")


def _event(one: Record) -> str:
    return (
        " ".join(
            str(part)
            for part in (one.get("feed"), one.get("edition"), one["item"], one.get("verdict"), "-")
            if part
        )
        + f" {one['text']}"
    )


def _show_lines(screen: Screen, title: str, lines: list[str]) -> None:
    _heading(screen, f"{title}{'' if lines else ': none'}")
    for line in lines:
        screen.say(f"  {line}")


def _show_vintages(screen: Screen, told: Explanation) -> None:
    from pipelines.cli.outcomes import value_text

    _heading(screen, "As known with each edition")
    vintages, unit = told.lists["vintages"], told.figure["unit"]
    table = _grid(1)
    previous: float | None = None
    for one in vintages:
        value = one.get("value")
        number = "-" if value is None else value_text(value, unit)
        if value is not None and unit == "share":
            number += f" ({value:.5f})"
        known = f"known from {one['known_from']:%Y-%m-%d}"
        changed = previous is not None and value is not None and value != previous
        note = one.get("text") or ("revised" if changed else "")
        table.add_row("", _edition(one), number, known, note)
        previous = previous if value is None else value
    screen.table(table)
    if not any(one.get("text") for one in vintages):
        month = told.figure["month"]
        screen.say(f"  As first reported: not known, edition {month} is not held.")
