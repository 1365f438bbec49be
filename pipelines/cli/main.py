"""The entry point, and the commands that have no module of their own."""

from __future__ import annotations

import gc
import sys
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer
from typer.core import TyperGroup

from pipelines.cli import (
    alerts,
    charts,
    charts_of_kpis,
    checks_not_met,
    claims,
    contracts,
    data_docs,
    explain,
    exporting,
    fetch,
    funnels,
    govern,
    housekeeping,
    look_up,
    plan,
    reporting,
    sampling,
)
from pipelines.cli.arguments import (
    AsJson,
    day_named,
    feed_named,
    folder_to_write,
    month_named,
    one_file_of,
)
from pipelines.cli.foreign_mart import of_home
from pipelines.cli.local_returns import TemplateFormat
from pipelines.cli.screen import Screen
from pipelines.cli.unforeseen import error_words
from warehouse.base.errors import Refusal, show_traces
from warehouse.base.exit_status import DONE, IN_PART, WRONG
from warehouse.base.home import HOME_VARIABLE, Home
from warehouse.base.months import AS_DAYS

if TYPE_CHECKING:
    from warehouse.intake.importer import ImportOutcome

DEBUG = "--debug"
# Looking for garbage after every 700 new objects took a tenth of a refresh: libraries make some
# hundred thousand that stay.
RARELY = (100_000, 20, 20)


class Commands(TyperGroup):
    """The commands. A Refusal is printed as an error, and gives the exit status; what a mart of
    another release lacks is told as that."""

    def invoke(self, ctx: Any) -> Any:
        """Run a command."""
        try:
            return super().invoke(ctx)
        except Refusal as refusal:
            Screen().error(refusal.reason, refusal.remedy)
            raise typer.Exit(refusal.exit_status) from None
        except Exception as error:
            told = None if ctx.params.get("debug") else of_home(error, Home.from_environment())
            if told is None:
                raise
            Screen().error(*told)
            raise typer.Exit(WRONG) from None


app = typer.Typer(
    cls=Commands,
    name="access-recovery",
    no_args_is_help=True,
    pretty_exceptions_enable=False,
    rich_markup_mode="markdown",
    help="Published NHS primary care figures in one DuckDB file, each traced to its source.\n\n"
    f"Data are kept in the folder {HOME_VARIABLE} (default ./data).",
    epilog="To try it: `access-recovery sample`, then `access-recovery refresh`. "
    "With real files: `access-recovery fetch` or `access-recovery import PATH...`, then "
    "`access-recovery refresh`.",
)
for module in (
    sampling,
    look_up,
    exporting,
    fetch,
    govern,
    data_docs,
    alerts,
    checks_not_met,
    explain,
    claims,
    contracts,
    charts,
    charts_of_kpis,
    funnels,
    plan,
    reporting,
    housekeeping,
):
    app.add_typer(module.app)


def _show_version(wanted: bool) -> None:
    if wanted:
        from importlib.metadata import version

        Screen().data(f"access-recovery {version('access-recovery')}")
        raise typer.Exit


@app.callback()
def options(
    context: typer.Context,
    debug: Annotated[
        bool, typer.Option(DEBUG, help="Show tracebacks, including those of Dagster runs.")
    ] = False,
    version: Annotated[
        bool,
        typer.Option("--version", callback=_show_version, is_eager=True, help="Show the version."),
    ] = False,
) -> None:
    """Options of every command."""
    if debug:
        show_traces()


@app.command("import")
def import_(
    paths: Annotated[
        list[Path], typer.Argument(help="Files (csv, csv.gz, zip, xlsx, xlsm), or folders of them.")
    ],
    feed: Annotated[str | None, typer.Option(help="Import as this feed only.")] = None,
    edition: Annotated[
        str | None, typer.Option(help="Edition (YYYY-MM), for files without one (Mapping.csv).")
    ] = None,
    org: Annotated[
        str | None,
        typer.Option(help="ODS code of the practice, for its system's own slot report."),
    ] = None,
    published: Annotated[
        str | None,
        typer.Option(help=f"Publication date, {AS_DAYS}; revisions are ordered by it."),
    ] = None,
) -> None:
    """Recognise files by their content and archive them with their provenance.

    Mistakes in the rows of local returns are told at once; the status is 1 if one will be held.
    """
    from pipelines.cli.foretold import foretell
    from pipelines.cli.outcomes import import_status, show_outcomes
    from warehouse.archive.snapshot import one_snapshot
    from warehouse.intake.importer import Request, import_paths

    screen = Screen()
    request = Request(
        feed_named(feed) if feed else None,
        month_named(edition) if edition else None,
        day_named(published) if published else None,
        org=one_file_of(org, paths) if org else None,
    )
    outcomes: list[ImportOutcome] = []
    try:
        with screen.working("Reading", each="Reading ") as working, one_snapshot():
            home = Home.from_environment()
            outcomes.extend(
                import_paths(home, paths, request, lambda path: working(f"Reading {path.name}"))
            )
    finally:
        # Even after an error, such as a full disk, show what was archived.
        show_outcomes(screen, outcomes)
    taken = [one.file for one in outcomes if one.verdict == "imported" and one.file]
    held = foretell(screen, home, taken) if taken else False
    if taken:
        screen.say("Next: access-recovery refresh")
    raise typer.Exit(max(import_status(outcomes), IN_PART if held else DONE))


@app.command()
def refresh(
    feed: Annotated[
        list[str] | None, typer.Option(help="Process only this feed, pending or not; repeatable.")
    ] = None,
    edition: Annotated[
        list[str] | None,
        typer.Option(help="Process only this edition (YYYY-MM), likewise; repeatable."),
    ] = None,
    wait: Annotated[bool, typer.Option(help="Wait for a running refresh to end.")] = True,
    full: Annotated[
        bool, typer.Option("--full", help="Make the whole mart anew, even if nothing changed.")
    ] = False,
) -> None:
    """Import files from the landing folder, check what is pending, and publish the mart."""
    from pipelines.cli.outcomes import show_refresh
    from pipelines.operations.landing import EACH_FILE
    from pipelines.operations.refresh import refresh as run

    screen, home = Screen(), Home.from_environment()
    feeds = [feed_named(one) for one in feed or []]
    editions = [month_named(one) for one in edition or []]
    with screen.working("Looking for new files", each=EACH_FILE) as working:
        report = run(home, feeds, editions, working, wait, full=full)
    raise typer.Exit(show_refresh(screen, home, report))


@app.command()
def status(
    as_json: AsJson = False,
) -> None:
    """Show each feed's newest edition, months, checks, held editions and next due date."""
    from pipelines.cli.status import show_status

    show_status(Screen(), Home.from_environment(), as_json)


@app.command()
def template(
    feed: Annotated[list[str] | None, typer.Argument(help="Local returns; default: all.")] = None,
    out: Annotated[Path, typer.Option(help="Folder to write to.")] = Path(),
    format: Annotated[
        TemplateFormat, typer.Option(help="xlsx lists the allowed values, and offers them.")
    ] = TemplateFormat.csv,
) -> None:
    """Write templates of local returns, and describe their columns."""
    from pipelines.cli.local_returns import returns, show_columns, write_templates

    screen, home, wanted = Screen(), Home.from_environment(), [feed_named(x) for x in feed or []]
    unknown = [name for name in wanted if name not in returns()]
    if unknown:
        raise typer.BadParameter(
            f"`{unknown[0]}` is not a local return. Local returns: {', '.join(returns())}"
        )
    folder_to_write(screen, out)
    try:
        written = write_templates(home, out, wanted or returns(), format)
    except FileExistsError as error:
        screen.error(f"{error}.", "Name another folder with --out.")
        raise typer.Exit(WRONG) from None
    for name in wanted or returns():
        show_columns(screen, home, name)
    for path in written:
        screen.say(str(path))
    screen.say("Replace the example rows (synthetic Z codes), then: access-recovery import PATH")


@app.command()
def content(
    as_json: AsJson = False,
) -> None:
    """Show a hash of each table's content in the mart: equal hashes mean equal content."""
    from pipelines.cli.content import show_content

    screen, home = Screen(), Home.from_environment()
    home.require_mart()
    show_content(screen, home, as_json)


@app.command()
def ui(
    port: Annotated[int, typer.Option(help="Port on localhost.")] = 3000,
) -> None:
    """Run the Dagster UI and daemon on localhost until Ctrl-C, which ends with exit status 0."""
    from pipelines.serve import serve

    screen = Screen()
    screen.say(f"Starting Dagster: http://127.0.0.1:{port} in about a minute (Ctrl-C to stop)")
    raise typer.Exit(serve(Home.from_environment(), port, screen.warn))


@app.command()
def instance() -> None:
    """Prepare Dagster's folder in this home and print its path, to set as DAGSTER_HOME."""
    from pipelines.instance.prepare import open_instance

    home = Home.from_environment()
    with open_instance(home):
        Screen().data(str(home.dagster))


def main() -> None:
    """Run the command line. Tracebacks only with --debug, before or after the command."""
    gc.set_threshold(*RARELY)
    arguments = [one for one in sys.argv[1:] if one != DEBUG]
    debug = len(arguments) < len(sys.argv) - 1
    try:
        app([DEBUG, *arguments] if debug else arguments)
    except Exception as error:
        if debug:
            raise
        Screen().error(*error_words(error, Home.from_environment()))
        sys.exit(IN_PART)
