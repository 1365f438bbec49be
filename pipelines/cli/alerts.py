"""`access-recovery alerts`: show open problems, and send alerts.

Belongs here: printing. Does not: finding problems and sending (`pipelines.alerts`).
"""

from __future__ import annotations

from datetime import UTC, datetime
from typing import TYPE_CHECKING, Annotated

import typer

from pipelines.cli.arguments import AsJson
from pipelines.cli.screen import Screen
from warehouse.base.exit_status import DONE, IN_PART, UNREACHABLE, WRONG
from warehouse.base.home import Home

if TYPE_CHECKING:
    from pipelines.alerts.problem import Problem

app = typer.Typer()


@app.command()
def alerts(
    test: Annotated[
        bool, typer.Option("--test", help="Send a test message to each recipient.")
    ] = False,
    send: Annotated[
        bool,
        typer.Option(
            "--send",
            help="Send alerts about new and resolved problems, for cron; the daemon also does.",
        ),
    ] = False,
    as_json: AsJson = False,
) -> None:
    """Show open problems: what failed, since when, what analysts still see, what to do.

    Exit status: 1 if there are any; with --send or --test 3 if a message was not accepted.

    Each recipient gets one message about a problem, and one when it is resolved. Set recipients in
    ACCESS_RECOVERY_ALERTS, separated by spaces:
    `mailtos://user:password@smtp.example.org?to=team@example.org`, `jsons://example.org/hook`, the
    https address of a Teams workflow, or any other that apprise supports. Or name a file with one
    address per line in ACCESS_RECOVERY_ALERTS_FILE.
    """
    screen, home = Screen(), Home.from_environment()
    if test:
        raise typer.Exit(_try_out(screen, home))
    if send:
        raise typer.Exit(_send(screen, home))
    raise typer.Exit(_show(screen, home, as_json))


def _show(screen: Screen, home: Home, as_json: bool) -> int:
    from pipelines.alerts.find_problems import problems

    found = problems(home)
    if as_json:
        shown = ("key", "title", "what", "since", "still_see", "to_do")
        screen.json([{name: getattr(one, name) for name in shown} for one in found])
    else:
        _list(screen, found)
    return IN_PART if found else DONE


def _list(screen: Screen, found: list[Problem]) -> None:
    from pipelines.alerts.problem import moment
    from pipelines.alerts.send import SET_UP, addresses

    for one in found:
        screen.say(one.title)
        screen.say(f"  {one.what}")
        screen.say(f"  Since {moment(one.since)}. Analysts still see: {one.still_see}.")
        screen.say(f"  To do: {one.to_do}\n")
    if not found:
        screen.say("No open problems.")
    try:
        to = addresses()
    except ValueError as error:
        screen.warn(f"No alert can be sent: {error}")
        return
    if to:
        screen.say(f"Recipients: {', '.join(one.name for one in to)}")
    else:
        screen.warn(SET_UP)


def _send(screen: Screen, home: Home) -> int:
    from pipelines.alerts.delivery import deliver

    delivery = deliver(home)
    if delivery.failed:
        screen.error(
            f"{delivery.words}.", "They are retried later. To test: access-recovery alerts --test"
        )
        return UNREACHABLE
    if delivery.trouble:
        screen.warn(f"{delivery.words}.")
        return IN_PART
    screen.say(f"{delivery.words}.")
    return DONE


def _try_out(screen: Screen, home: Home) -> int:
    from pipelines.alerts.message import alert_for_testing
    from pipelines.alerts.send import SET_UP, addresses, send

    try:
        to = addresses()
    except ValueError as error:
        screen.error(str(error), "Name a file that this user can read, with one address per line.")
        return WRONG
    if not to:
        screen.error(SET_UP)
        return WRONG
    now = datetime.now(UTC)
    tried = [send(address, *alert_for_testing(home, now)) for address in to]
    for one in tried:
        if one.trouble:
            screen.error(
                f"{one.name}: {one.trouble}",
                "Check the address, its password, and this network's proxy (HTTPS_PROXY) or CA "
                "(REQUESTS_CA_BUNDLE).",
            )
        else:
            screen.say(f"{one.name}: accepted. Check that the message arrived.")
    return UNREACHABLE if any(one.trouble for one in tried) else DONE
