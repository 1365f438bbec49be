"""`access-recovery claims`: published statements checked against the mart, as text and JSON.

Belongs here: reading `claim` and `claim_reading`, layout. Does not: verdicts (`warehouse.claims`).
"""

from __future__ import annotations

import textwrap
from collections.abc import Iterator
from typing import Annotated, Any

import typer

from pipelines.cli.arguments import AsJson
from pipelines.cli.claims_in_full import claim_lines, file_lines, wrapped
from pipelines.cli.screen import Screen
from warehouse.base.exit_status import WRONG
from warehouse.base.home import Home

app = typer.Typer()
Record = dict[str, Any]
WIDEST = 100


@app.command(rich_help_panel="Governance")
def claims(
    claim: Annotated[
        list[str] | None,
        typer.Argument(help="Claim ids, or the beginning of ids; default: all."),
    ] = None,
    as_json: AsJson = False,
    in_full: Annotated[
        bool,
        typer.Option("--all", help="In full also those of which no reading has a value."),
    ] = False,
) -> None:
    """Show how published statements compare with the mart: verdicts, readings, missing data.

    Statements are evaluated when the mart is built, by `access-recovery refresh`. Those of which no
    reading has a value are told of by the reason, unless they are named.
    """
    from pipelines.cli.headline_shown import SYNTHETIC_BANNER
    from warehouse.claims.register import register_file
    from warehouse.outputs.headline import CONFIRMS_NOTHING
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
        screen.warn(CONFIRMS_NOTHING)
    width = min(screen.out.width, WIDEST)
    told = [one for one in wanted if claim or in_full or not _is_bare(one)]
    for line in (
        *summary_lines(wanted, width),
        "",
        *reason_lines([one for one in wanted if one not in told], width),
        *claim_lines(told, width),
        *file_lines(told, width),
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
        yield from wrapped(
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


def _is_bare(one: Record) -> bool:
    """Whether there is nothing to show of a claim but why it is not computable."""
    known = any(row["computed_value"] is not None for row in one["readings"])
    return one["verdict"] == "not computable" and not known


def reason_lines(found: list[Record], width: int) -> Iterator[str]:
    """Yield why no reading of these claims has a value: each reason once, with its claims."""
    by_reason: dict[str, list[str]] = {}
    for one in found:
        by_reason.setdefault(f"{one['verdict_in_short']}: {one['note']}", []).append(
            one["claim_id"]
        )
    for reason, ids in by_reason.items():
        number = f"{len(ids)} claims" if len(ids) > 1 else ids[0]
        which = "" if len(ids) in (1, len(found)) else f" ({', '.join(ids)})"
        yield from wrapped(f"{number}{which}: {reason}", width, 0, 2)
    if found:
        yield "access-recovery claims --all has their statements and readings."
        yield ""
