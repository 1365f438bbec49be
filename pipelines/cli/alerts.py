"""`access-recovery alerts`: show what needs a person, and send alerts.

Belongs here: printing, and the exit status. Does not: finding problems and sending
(`pipelines.alerts`).
"""

from __future__ import annotations

import json
from datetime import UTC, datetime
from typing import TYPE_CHECKING, Annotated

import typer

from pipelines.cli.screen import Screen
from warehouse.base.exit_status import DONE, IN_PART, UNREACHABLE, WRONG
from warehouse.base.home import Home

if TYPE_CHECKING:
    from pipelines.alerts.problem import Problem

app = typer.Typer()


@app.command()
def alerts(
    test: Annotated[
        bool, typer.Option("--test", help="Send a test message to each address that is set.")
    ] = False,
    send: Annotated[
        bool,
        typer.Option(
            "--send",
            help="Send alerts of new and resolved problems, for cron; the daemon does so, too.",
        ),
    ] = False,
    as_json: Annotated[bool, typer.Option("--json", help="As JSON.")] = False,
) -> None:
    """What needs a person: what failed, since when, what analysts still see, what to do.

    Exit status 1 if anything does; with --send or --test 3 if a message was not accepted.

    One message is sent per problem, and one when it is over, to ACCESS_RECOVERY_ALERTS:

    mailtos://user:password@smtp.example.org?to=team@example.org, or jsons://example.org/hook,

    the https address of a Teams workflow, or any other that apprise knows; several with spaces.

    ACCESS_RECOVERY_ALERTS_FILE names a file of them instead, an address a line.
    """
    screen, home = Screen(), Home.from_environment()
    if test:
        raise typer.Exit(_try_out(screen, home))
    if send:
        raise typer.Exit(_send(screen, home))
    raise typer.Exit(_show(screen, home, as_json))


def line(home: Home) -> str:
    """Return the last line of `status`: how many problems there are; nothing if none."""
    from pipelines.alerts.find_problems import problems

    count = len(problems(home))
    return f"{count} problem(s): access-recovery alerts" if count else ""


def _show(screen: Screen, home: Home, as_json: bool) -> int:
    from pipelines.alerts.find_problems import problems

    found = problems(home)
    if as_json:
        screen.data(json.dumps([_as_data(one) for one in found], indent=1))
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
        screen.say(f"Messages go to: {', '.join(one.name for one in to)}")
    else:
        screen.warn(SET_UP)


def _as_data(one: Problem) -> dict[str, str]:
    return {
        "key": one.key,
        "title": one.title,
        "what": one.what,
        "since": one.since.isoformat(),
        "still_see": one.still_see,
        "to_do": one.to_do,
    }


def _send(screen: Screen, home: Home) -> int:
    from pipelines.alerts.delivery import deliver

    delivery = deliver(home)
    if delivery.failed:
        screen.error(
            f"{delivery.words}.", "It will be retried; access-recovery alerts --test tries now."
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
        screen.error(str(error), "Name a file that this user may read, with an address a line.")
        return WRONG
    if not to:
        screen.error("There is no address to send to.", SET_UP)
        return WRONG
    now = datetime.now(UTC)
    tried = [send(address, *alert_for_testing(home, now)) for address in to]
    for one in tried:
        if one.trouble:
            screen.error(
                f"{one.name}: {one.trouble}",
                "Check the address, its password, and the "
                "proxy (HTTPS_PROXY) or the CA (REQUESTS_CA_BUNDLE) of this network.",
            )
        else:
            screen.say(f"{one.name}: accepted. Check that it arrives.")
    return UNREACHABLE if any(one.trouble for one in tried) else DONE
