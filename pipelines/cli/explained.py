"""The output of `access-recovery explain`, as text and as data for JSON.

Belongs here: layout. Does not: the explanation (`warehouse.explain`), arguments (`explain`).
"""

from __future__ import annotations

from collections import Counter
from typing import TYPE_CHECKING, Any

from pipelines.cli.screen import SYNTHETIC, Screen
from warehouse.base.number_format import amount, value_text
from warehouse.reference.levels import LEVELS

if TYPE_CHECKING:
    import polars as pl
    from rich.table import Table

    from warehouse.explain.figure import Explanation, Record

NAMED = 12  # organisations shown before "... and more"
NAMED_COLUMNS = 3  # columns named; more are only counted
SPANS = 70  # characters of row numbers shown
UNITS = {
    "rate_per_1000": "per 1,000 patients",
    "rate_per_working_day": "per working day",
    "rate_per_event": "per event",
    "rate_per_person": "per person",
    "fte": "FTE",
    "pounds": "",  # the value has the sign
    "patients_per_fte": "patients per FTE",
    "fte_per_10000_patients": "FTE per 10,000 patients",
}


def explanation_data(answer: Explanation, rows: pl.DataFrame | None) -> dict[str, Any]:
    """Return an explanation as data, with the numbers of the rows added up from each file."""
    data = answer.as_json()
    first = [one for one in data["vintages"] if one.get("text") == "as first reported"]
    data["first_reported_value"] = first[0].get("value") if first else None
    data["sources"] = [{**one, **_numbers(one, rows)} for one in data["sources"]]
    data["organisations"] = _with_values(answer, rows)
    return data


def _of_source(source: Record, rows: pl.DataFrame) -> pl.DataFrame:
    same = {name: source[name] for name in ("part", "feed", "edition", "sha256")}
    return rows.filter(**same)


def _numbers(source: Record, rows: pl.DataFrame | None) -> dict[str, Any]:
    """Return which rows of a file were added up: `rows_added`, `row_numbers`, `columns`."""
    from warehouse.explain.source_rows import spans

    if rows is None:
        return {"rows_added": None, "row_numbers": None, "columns": None}
    own = _of_source(source, rows)
    if own["source_row"].null_count():  # sums of persons
        return {"rows_added": None, "row_numbers": None, "columns": None}
    return {
        "rows_added": own["source_row"].n_unique(),
        "row_numbers": spans(own["source_row"].to_list()),
        "columns": own["column"].drop_nulls().unique(maintain_order=True).to_list(),
    }


def _with_values(answer: Explanation, rows: pl.DataFrame | None) -> list[Record]:
    """Return the organisations, each with `rows_added`, and with the sum of its rows where no KPI
    of its level has it; an organisation in a file without any counted row has 0."""
    from warehouse.contract.model import contracts
    from warehouse.explain.source_rows import added

    values: dict[tuple[str, str, bool], Record] = {}
    for part in answer.lists["parts"]:
        if rows is not None and "measure" in part:
            for before in (False, True):
                own = rows.filter(part=part["part"], subtracted=before)
                sums = added(own, part["feed"], part["measure"]).to_dicts()
                values |= {(part["part"], one.pop("org_code"), before): one for one in sums}
    found = []
    for one in answer.lists["organisations"]:
        withheld = rows is None or contracts()[one["feed"]].disclosure_control
        none: Record = {"value": None if withheld else 0, "rows_added": None if withheld else 0}
        key = (one["part"], one.get("org_code", ""), one.get("subtracted", False))
        found.append({**values.get(key, none), **one})
    return found


def show(screen: Screen, answer: Explanation, rows: pl.DataFrame | None) -> None:
    """Print an explanation, section by section."""
    figure = answer.figure
    if figure.get("synthetic"):
        screen.warn(SYNTHETIC)
    place = f"{figure.get('organisation', '')} ({figure['org_level']} {figure['org_code']})"
    screen.say(f"{figure['item']}, {figure['period_label']}, {place.strip()}")
    screen.say(f"  {_value(figure)} - {figure['verdict']}, {_edition(figure)}")
    if "status_reason" in figure:
        screen.say(f"  Why {figure['verdict']}: {figure['status_reason']}.")
    if figure["value"] is None and "text" in figure:
        screen.say(f"  {figure['text']}")
    _show_parts(screen, answer)
    _show_organisations(screen, _with_values(answer, rows), answer)
    _show_sources(screen, answer, rows)
    _show_checks(screen, answer.lists["checks"])
    _show_lines(screen, "Not counted", [_event(one) for one in answer.lists["left_out"]])
    for title, name in (("Corrections", "corrections"), ("Decisions by people", "overrides")):
        _show_lines(screen, title, [_event(one) for one in answer.lists[name]])
    _show_lines(screen, "Caveats", [one["text"] for one in answer.lists["caveats"]])
    _show_vintages(screen, answer)


def _value(figure: Record) -> str:
    """Format a value: `274,903 events`, `73.3% (0.73324)`, `779.3 per 1,000 patients`; a share has
    no unit."""
    value, unit = figure.get("value"), figure["unit"]
    if value is None:
        return "no figure"
    if unit == "share":
        return f"{value_text(value, unit)} ({value:.5f})"
    return f"{value_text(value, unit)} {UNITS.get(unit, unit)}".rstrip()


def _edition(one: Record) -> str:
    again = f" revision {one['revision']}" if one.get("revision", 1) > 1 else ""
    return f"edition {one['edition']}{again}"


def _grid(columns: int, *right: int) -> Table:
    """Return an indented table without headings; `right`: columns of numbers, from 0."""
    from rich.table import Table

    table = Table.grid(padding=(0, 2, 0, 0))
    table.add_column("", width=0)
    for index in range(columns):
        table.add_column("", justify="right" if index in right else "left", no_wrap=index in right)
    return table


def _show_parts(screen: Screen, answer: Explanation) -> None:
    screen.say("\nCalculation")
    screen.say(f"  {answer.formula['item']}")
    table = _grid(3, 1)
    for part in answer.lists["parts"]:
        of = f" ({part['feed']})" if "feed" in part else ""
        table.add_row("", part["part"], amount(part.get("value")), f"{part['text']}{of}")
    screen.table(table)


def _show_organisations(screen: Screen, cells: list[Record], answer: Explanation) -> None:
    """Print the contributing organisations; many of them by the member they were added up in."""
    for part in answer.lists["parts"]:
        own = [one for one in cells if one["part"] == part["part"]]
        if not own:
            continue
        levels: Counter[str] = Counter()
        for one in own:
            levels[one["org_level"]] += one["organisations"]
        names = ", ".join(_many(number, level) for level, number in levels.items())
        screen.say(f"\nOrganisations, {part['part']}: {names}")
        table = _grid(5, 1, 3)
        grouped = _through(own) if len(own) > NAMED else own
        for one in grouped[:NAMED]:
            table.add_row("", *_organisation(one))
        screen.table(table)
        if len(grouped) > NAMED:
            screen.say(f"  ... and {len(grouped) - NAMED} more; --json lists them all")


def _many(number: int, level: str) -> str:
    names = LEVELS[level]
    return f"{number:,} {names.singular if number == 1 else names.plural}"


def _organisation(one: Record) -> tuple[str, str, str, str, str]:
    """Return code, value, edition, rows, and name or note."""
    note = " ".join(filter(None, (one.get("item"), one.get("text"))))
    value, rows = one.get("value"), one.get("rows_added")
    if "org_code" not in one:
        many = _many(one["organisations"], one["org_level"])
        return many, "", one.get("edition", "-"), "", note
    shown = "withheld" if value is None else amount(value)
    counted = "" if rows is None else f"{rows:,} row{'' if rows == 1 else 's'}"
    return one["org_code"], shown, one.get("edition", "-"), counted, note


def _through(cells: list[Record]) -> list[Record]:
    """Group organisations by the member they were added up in, unless each is its own member."""
    if all(one.get("through") in (None, one.get("org_code")) for one in cells):
        return cells
    found: dict[str, list[Record]] = {}
    for one in cells:
        found.setdefault(one.get("through") or one["org_code"], []).append(one)
    return [
        {
            "org_code": code,
            "value": _total(own, "value"),
            "edition": max(one.get("edition", "-") for one in own),
            "rows_added": _total(own, "rows_added"),
            "text": f"{sum(one['organisations'] for one in own)} organisations",
        }
        for code, own in found.items()
    ]


def _total(cells: list[Record], name: str) -> int | None:
    """Return the sum of a column; None if a value is unknown."""
    numbers = [one.get(name) for one in cells]
    return None if None in numbers else sum(filter(None, numbers))


def _show_sources(screen: Screen, answer: Explanation, rows: pl.DataFrame | None) -> None:
    screen.say("\nFiles")
    for source in answer.lists["sources"]:
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
        return f"{source['rows']:,} of these organisations; their row numbers are not available"
    numbers, columns = which["row_numbers"], which["columns"]
    if len(numbers) > SPANS:
        numbers = f"{numbers[:SPANS].rpartition(',')[0]}, ... (--rows FILE lists them all)"
    if len(columns) > NAMED_COLUMNS:
        numbers += f", {len(columns)} columns, such as {columns[0]}"
    elif columns:
        numbers += f", column {' and '.join(columns)}"
    return f"{which['rows_added']:,} of {source['text']}: {numbers}"


def _show_checks(screen: Screen, checks: list[Record]) -> None:
    screen.say("\nChecks of these editions")
    for feed, edition in sorted({(one["feed"], one["edition"]) for one in checks}):
        own = [one for one in checks if (one["feed"], one["edition"]) == (feed, edition)]
        verdicts = Counter(one["verdict"] for one in own)
        counts = ", ".join(f"{verdicts[v]} {v}" for v in ("pass", "warn", "fail", "skipped"))
        screen.say(f"  {feed} {edition}: {counts}")
        # What failed first: "fail" comes before "warn".
        for one in sorted(own, key=lambda one: str(one["verdict"])):
            if one["verdict"] in ("warn", "fail"):
                column = f" ({one['column_name']})" if one.get("column_name") else ""
                screen.say(f"    {one['verdict']}{column}: {one['text']}")


def _event(one: Record) -> str:
    names = (one.get("feed"), one.get("edition"), one.get("org_code"), one["item"])
    verdict = f" {one['verdict']}" if "verdict" in one else ""
    return f"{' '.join(filter(None, names))}{verdict}: {one.get('text', 'no reason recorded')}"


def _show_lines(screen: Screen, title: str, lines: list[str]) -> None:
    screen.say(f"\n{title}{'' if lines else ': none'}")
    for line in lines:
        screen.say(f"  {line}")


def _show_vintages(screen: Screen, answer: Explanation) -> None:
    screen.say("\nAs known with each edition")
    table = _grid(4, 1)
    previous: float | None = None
    for one in answer.lists["vintages"]:
        value = one.get("value")
        changed = previous is not None and value is not None and value != previous
        note = (one.get("text") if value is not None else None) or ("revised" if changed else "")
        note = ", ".join(filter(None, (note, one.get("verdict"))))
        known = f"known from {one['known_from']:%Y-%m-%d}"
        number = _value({**one, "unit": answer.figure["unit"]})
        table.add_row("", _edition(one), number, known, note)
        previous = previous if value is None else value
    screen.table(table)
    if not any("text" in one for one in answer.lists["vintages"]):
        month = answer.figure["month"]
        screen.say(f"  As first reported: not known, because edition {month} is not available.")
