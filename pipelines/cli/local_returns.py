"""Output for local returns: templates, and a line per faulty row.

Belongs here: printing. Does not: the rules (`warehouse.transform.conform`, `checks`).
"""

from __future__ import annotations

from enum import StrEnum
from pathlib import Path
from typing import TYPE_CHECKING

from pipelines.cli.screen import Screen, plain_table
from warehouse.base.home import Home
from warehouse.base.text import begin_list

if TYPE_CHECKING:
    from warehouse.contract.model import Contract
    from warehouse.editions.check_history import CheckResult
    from warehouse.editions.status import EditionStatus
    from warehouse.plan.allowed_values import Allowed

SHOWN = 20
LISTED = 3  # entries of a list in a line; the command `warnings` lists them all


class TemplateFormat(StrEnum):
    """File formats of templates."""

    csv = "csv"
    xlsx = "xlsx"


def local_feeds() -> list[str]:
    """Return the names of the feeds that are local returns."""
    from warehouse.contract.model import contracts

    return [feed for feed, contract in contracts().items() if contract.local_return]


def returns() -> list[str]:
    """Return the local returns that have a template: those that are not read from another one."""
    from warehouse.contract.model import contracts

    return [feed for feed in local_feeds() if contracts()[feed].beside is None]


def write_templates(
    home: Home, out: Path, feeds: list[str], form: TemplateFormat = TemplateFormat.csv
) -> list[Path]:
    """Write the templates of these feeds into `out`. Raises FileExistsError if one is there."""
    from warehouse.contract.model import contracts
    from warehouse.outputs.return_template import write_return_template

    out.mkdir(parents=True, exist_ok=True)
    targets = {feed: out / f"{feed.replace('_', '-')}-template.{form}" for feed in feeds}
    for target in targets.values():
        if target.exists():
            raise FileExistsError(f"{target} already exists and was not overwritten")
    for feed, target in targets.items():
        contract = contracts()[feed]
        if form == TemplateFormat.csv:
            target.write_bytes((contract.folder / "template.csv").read_bytes())
        else:
            allowed = _allowed(home, contract)
            write_return_template(target, contract, allowed, described(contract, allowed))
    return list(targets.values())


def _allowed(home: Home, contract: Contract) -> dict[str, Allowed]:
    from warehouse.plan.allowed_values import allowed_values
    from warehouse.settings import read_settings

    settings = read_settings(home)
    return allowed_values(contract, settings.place, settings.role_words)


def described(contract: Contract, allowed: dict[str, Allowed]) -> list[tuple[str, str, str]]:
    """The heading of each column of a local return, what it accepts, and its description."""
    kinds = {"month": "a month, YYYY-MM", "count": "a whole number", "code": "an ODS code"}
    kinds |= {
        "decimal": "a number, perhaps with decimals",
        "date": "a date, YYYY-MM-DD or DD/MM/YYYY",
    }
    found = []
    for name, column in contract.columns.items():
        own = allowed.get(name)
        accepted = " or ".join(own.values) if own and own.only else kinds.get(column.type)
        if column.financial_years and not own:
            accepted = f"a financial year, {column.example}"
        listed = "text; --format xlsx lists the values" if own else "text"
        blank = ", or blank" if column.nullable else ""
        found.append((column.published[0], (accepted or listed) + blank, column.description))
    return found


def show_columns(screen: Screen, home: Home, feed: str) -> None:
    """Print the columns of a local return and what each accepts."""
    from warehouse.contract.model import contracts

    contract = contracts()[feed]
    table = plain_table("Heading", "Accepts", "Description", title=contract.title)
    for row in described(contract, _allowed(home, contract)):
        table.add_row(*row)
    screen.table(table)


def show_wrong_rows(screen: Screen, home: Home, states: list[EditionStatus]) -> None:
    """Print the faults of local returns, row by row, so that their authors can correct them."""
    told: set[str] = set()
    for state in states:
        if state.feed in local_feeds():
            lines = wrong_rows(home, state.feed, state.edition)
            lines += doubtful_rows(home, state.feed, state.edition)
            lines = [line for line in lines if line not in told]  # of a file that two feeds read
            told.update(lines)
            for line in lines[:SHOWN]:
                screen.warn(line)
            if len(lines) > SHOWN:
                screen.warn(
                    f"... and {len(lines) - SHOWN} more rows of {state.feed} {state.edition}; "
                    "all are in table governance.quarantine of the mart."
                )


def doubtful_rows(home: Home, feed: str, edition: str) -> list[str]:
    """Return one line per warning of an edition's checks: the mart does not use these rows."""
    from warehouse.editions.check_history import read_latest

    return [
        f"{feed} {edition}, check not met: {result.title}. Found {result.observed}"
        + (f"; {_in_short(result)}" if result.message else "")
        for result in read_latest(home, feed, edition)
        if result.layer != "contract" and result.verdict == "warn"
    ]


def _in_short(result: CheckResult) -> str:
    """The message of a check, of a long list the first entries and the command that has all."""
    said = begin_list(result.message, LISTED)
    if said == result.message:
        return said
    return f"{said} (access-recovery warnings {result.feed} {result.edition} lists them)"


def wrong_rows(home: Home, feed: str, edition: str) -> list[str]:
    """Return one line per quarantined row of an edition: file, row and reason. Of a file that a
    later one replaced there is nothing to correct."""
    from warehouse.archive.source_files import Archive
    from warehouse.base.keys import of_edition
    from warehouse.contract.model import contracts
    from warehouse.editions.parts_and_revisions import in_force
    from warehouse.transform.lake import is_tidied, quarantine_of

    lines: list[str] = []
    own = of_edition(Archive(home).active_files(feed), feed, edition)
    read = [file for file in own if is_tidied(home, file)]
    for file in in_force(home, read, contracts()[feed].local_return):
        rows = quarantine_of(home, file, ["source_row", "reason"])
        if rows is not None:
            rows = rows.sort("source_row")
            lines += [f"{file.file_name}, row {row}: {reason}" for row, reason in rows.iter_rows()]
    return lines
