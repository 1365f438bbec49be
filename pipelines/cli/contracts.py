"""`access-recovery contracts`: write data contracts in the Open Data Contract Standard.

Belongs here: the files written. Does not: a contract's content (`warehouse.outputs.odcs`).
"""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from pipelines.cli.arguments import feed_named, folder_to_write
from pipelines.cli.screen import Screen
from warehouse.base.home import Home
from warehouse.store import whole_file

app = typer.Typer()
MART = "mart"


@app.command(rich_help_panel="Governance")
def contracts(
    feed: Annotated[
        list[str] | None, typer.Argument(help="Feeds, or `mart`; default: all.")
    ] = None,
    out: Annotated[Path, typer.Option(help="Folder to write to.")] = Path("contracts"),
) -> None:
    """Write data contracts as ODCS v3 YAML: one for each feed, and one for the published mart.

    For data catalogues and tools that read the Open Data Contract Standard. Existing files of the
    same name are replaced.
    """
    screen, home = Screen(), Home.from_environment()
    named = [one if one == MART else feed_named(one) for one in feed or []]
    if MART in named:
        home.require_mart()
    folder_to_write(screen, out)
    with screen.working("Writing data contracts"):
        written = write_contracts(home, named, out)
    for path in written:
        screen.say(str(path))
    if not named and not home.has_mart:
        screen.warn(f"{MART}.yaml was not written: no mart yet. Run access-recovery refresh.")


def write_contracts(home: Home, named: list[str], out: Path) -> list[Path]:
    """Write the contracts of these feeds, or of `mart`, or by default of all, into `out`.

    Returns the files, `FEED.yaml`. Equal contracts give equal bytes.
    """
    from checks.check_register import check_table
    from warehouse.contract.model import contracts as feeds
    from warehouse.outputs.odcs.feeds import feed_contract
    from warehouse.outputs.odcs.mart_contract import mart_contract

    register = check_table()
    wanted = named or [*sorted(feeds()), *([MART] if home.has_mart else [])]
    written = []
    for name in dict.fromkeys(wanted):
        made = (
            mart_contract(home, register)
            if name == MART
            else feed_contract(feeds()[name], register)
        )
        target = out / f"{name}.yaml"
        with whole_file(target) as path:
            path.write_text(made.to_yaml(), encoding="utf-8", newline="\n")
        written.append(target)
    return written
