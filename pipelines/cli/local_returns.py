"""Commands' output for local returns: templates, and every faulty row in words.

Belongs here: the words and where they go. Does not: the rules (`warehouse.transform.conform`,
`checks`).
"""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

from pipelines.cli.screen import Screen
from warehouse.base.home import Home

if TYPE_CHECKING:
    from warehouse.editions.status import EditionStatus

SHOWN = 20


def local_feeds() -> list[str]:
    """Return the feeds that are local returns: those with a template."""
    from warehouse.contract.model import contracts

    return [feed for feed, contract in contracts().items() if contract.local_return]


def write_templates(out: Path, feeds: list[str]) -> list[Path]:
    """Copy the templates of these feeds into `out`; an existing file stays unchanged.

    Raises FileExistsError naming it.
    """
    from warehouse.contract.model import contracts

    out.mkdir(parents=True, exist_ok=True)
    targets = {feed: out / f"{feed.replace('_', '-')}-template.csv" for feed in feeds}
    for target in targets.values():
        if target.exists():
            raise FileExistsError(f"{target} is there already; it is not overwritten")
    for feed, target in targets.items():
        target.write_bytes((contracts()[feed].folder / "template.csv").read_bytes())
    return list(targets.values())


def show_columns(screen: Screen, feed: str) -> None:
    """Print what each column of a local return takes."""
    from rich.table import Table

    from warehouse.contract.model import contracts

    contract = contracts()[feed]
    table = Table(title=contract.title, title_justify="left", box=None, pad_edge=False)
    for heading in ("Heading", "Takes", "What it is"):
        table.add_column(heading)
    kinds = {"month": "a month, YYYY-MM", "count": "a whole number", "code": "an ODS code"}
    for column in contract.columns.values():
        blank = ", or blank" if column.nullable else ""
        takes = kinds.get(column.type, "text") + blank
        table.add_row(column.published[0], takes, column.description)
    screen.table(table)


def show_wrong_rows(screen: Screen, home: Home, states: list[EditionStatus]) -> None:
    """Print what is wrong with a local return, row by row, so that its author can correct it."""
    for state in states:
        if state.feed in local_feeds():
            told = wrong_rows(home, state.feed, state.edition)
            told += doubtful_rows(home, state.feed, state.edition)
            for line in told[:SHOWN]:
                screen.warn(line)
            if len(told) > SHOWN:
                screen.warn(
                    f"... and {len(told) - SHOWN} more rows of {state.feed} {state.edition}; "
                    "all are in governance.quarantine of the mart."
                )


def doubtful_rows(home: Home, feed: str, edition: str) -> list[str]:
    """Return faults that checks found in an accepted edition: the mart withholds these rows, so the
    refresh lists them. Quarantined rows are listed one by one (`wrong_rows`)."""
    from warehouse.editions.check_history import read_latest

    return [
        f"{feed} {edition}, not met: {result.title}. Found {result.observed}"
        + (f"; {result.message}" if result.message else "")
        for result in read_latest(home, feed, edition)
        if result.layer != "contract" and result.verdict == "warn"
    ]


def wrong_rows(home: Home, feed: str, edition: str) -> list[str]:
    """Return one line per quarantined row of an edition: file, row, what is wrong, what to do."""
    import polars as pl

    from warehouse.archive.source_files import Archive
    from warehouse.transform.lake import lake_keys

    lines: list[str] = []
    for file in Archive(home).active_files(feed):
        key = lake_keys(file).quarantine
        if file.edition == edition and home.store.exists(key):
            path = home.store.local_copy(key)
            rows = pl.read_parquet(path, columns=["source_row", "reason"]).sort("source_row")
            lines += [f"{file.file_name}, row {row}: {reason}" for row, reason in rows.iter_rows()]
    return lines
