"""Lists of a plan's actions, and the summary of a plan, as `access-recovery plan` prints them. Not
here: one action in full (`plan`), the improvement payment (`plan_caip`)."""

from __future__ import annotations

import textwrap
from collections import Counter
from collections.abc import Callable
from typing import Any

from pipelines.cli.screen import Screen, plain_table
from warehouse.base.months import day_words
from warehouse.base.text import plural
from warehouse.outputs.plan_words import DUE_DATES, EVIDENCE, NOT_RECENT, name_words

Row = dict[str, Any]
WIDEST = 100
ALONE = "*"  # beside a computed rating by the due date alone
CAUSES = {
    EVIDENCE: "Contradicted by evidence",
    NOT_RECENT: "No recent figure is evidence for the rating",
    DUE_DATES: "By due dates alone (overdue, or moved more than once)",
}


def wrapped(screen: Screen, text: str) -> None:
    """Print a line of text, continued with an indent where it is wider than the screen."""
    width = min(screen.out.width, WIDEST)
    for line in textwrap.wrap(text, width, subsequent_indent="  ", break_on_hyphens=False):
        screen.say(line)


def summarise(screen: Screen, every: list[Row]) -> None:
    """Print counts by area and by aim, and what contradicts which actions."""
    _dated(screen, every, plural(len(every), "action"))
    screen.say("")
    screen.table(_counts("Area", every, lambda one: name_words(one["area"])))
    screen.say("")
    screen.table(_counts("Aim", every, lambda one: name_words(one["llr_aim"] or "no aim")))
    if soon := [one["action_id"] for one in every if one["is_due_soon"]]:
        screen.say("")
        wrapped(screen, f"Due in {_soon()} days (access-recovery plan --due): {', '.join(soon)}")
    _say_unattended(screen, every)
    told = [one for one in every if one["conflicts"]]
    screen.say("")
    if told:
        screen.say(f"Contradicted: {_causes(told)}.")
        _by_kind(screen, every)
        screen.say("Each with its reasons: access-recovery plan --conflicts")
    else:
        screen.say("Nothing in the data contradicts the plan's own ratings.")
    _say_early(screen, every)
    if alone := [one["action_id"] for one in every if one["is_by_date_alone"]]:
        wrapped(screen, f"Computed green by the due date alone, no figure: {', '.join(alone)}")
    if told:
        screen.say(f"One in full: access-recovery plan show {told[0]['action_id']}")


def _say_unattended(screen: Screen, every: list[Row]) -> None:
    """Which open actions nobody has updated, and which due dates moved without a reason."""
    from warehouse.outputs.plan_queries import updated_since

    if old := [one["action_id"] for one in every if one["is_not_updated"]]:
        since = day_words(updated_since(every[0]["due_as_of"]))
        command = "access-recovery plan --not-updated"
        wrapped(screen, f"Not updated since {since} ({command}): {', '.join(old)}")
    if moved := [one["action_id"] for one in every if one["moved_without_reason"]]:
        wrapped(screen, f"Due date moved without a reason: {', '.join(moved)}")


def list_actions(screen: Screen, found: list[Row], early: list[Row], by_cause: bool) -> None:
    """Print a line per action, and below it what contradicts it. `early`: actions that may be
    finished, to be told apart from those. `by_cause`: what evidence contradicts in a list of its
    own, before what due dates alone do."""
    if not found:
        screen.say("No such actions.")
    else:
        causes = f": {_causes(found)}" if by_cause else ""
        _dated(screen, found, plural(len(found), "action") + causes)
    for cause, heading in CAUSES.items() if by_cause else ():
        own = [one for one in found if one["contradicted_by"] == cause]
        if own:
            screen.say("")
            wrapped(screen, f"{heading}: {plural(len(own), 'action')}")
            _list(screen, own)
    if found and not by_cause:
        _list(screen, found)
    if any(one["is_by_date_alone"] for one in found):
        wrapped(screen, f"{ALONE} By the due date alone: no figure speaks for it or against it.")
    _say_early(screen, early, in_full=True)


def _list(screen: Screen, found: list[Row]) -> None:
    screen.say("")
    headings = ("Action", "Title", "Due", "Status", "Rated", "Computed", "Owner")
    table = plain_table(*headings, narrow={"Title": 18, "Owner": 10})
    for one in found:
        computed = one["computed_rating"] + ALONE * one["is_by_date_alone"]
        due, rated = day_words(one["due_current"]), one["self_rating"]
        of_action = one["action_id"], one["title"], due, one["status"], rated, computed
        table.add_row(*of_action, one["owner_role"])
    screen.table(table)
    _say_reasons(screen, found)


def _causes(found: list[Row]) -> str:
    """How many actions evidence contradicts, and how many its age or due dates alone do."""
    of = Counter(one["contradicted_by"] for one in found)
    unseen = f", {of[NOT_RECENT]} without a recent figure" if of[NOT_RECENT] else ""
    return f"{of[EVIDENCE]} by evidence{unseen}, {of[DUE_DATES]} by due dates alone"


def list_decisions(screen: Screen, found: list[Row]) -> None:
    """Print what meetings agreed: how far each is answered, by what, and what is missing."""
    if not found:
        screen.say("The mart has no decisions of meetings of this ICB.")
    meeting: tuple[Any, Any] | None = None
    for one in found:
        if meeting != (one["body"], one["met_on"]):
            meeting = one["body"], one["met_on"]
            met = f"meeting of {day_words(one['met_on'])}" if one["met_on"] else "day not known"
            wrapped(screen, f"{one['body'] or 'Of a body that is not named'} ({met})")
        screen.say("")
        wrapped(screen, f"{one['decision_id']} ({_how_far(one)}): {one['agreed']}")
        told = {"Answer": one["answer"], "Not published": one["not_published"]}
        told |= {"Why not": one["why_not"], "Missing": one["missing"]}
        told |= {"By": ", ".join(one["answered_by"] or []), "Owner": one["owner_role"]}
        for heading, text in told.items():
            if text:
                wrapped(screen, f"{heading}: {text}")


def _how_far(one: Row) -> str:
    """How far a decision is answered, and since when: of a shipped one from which month on there
    are figures, of a returned one the day that its author stated."""
    since = one["answered_since"]
    if since is None:
        return str(one["status"])
    if one["set_by"] == "returned":
        return f"{one['status']} since {day_words(since)}"
    return f"{one['status']}; figures from {since:%B %Y}"


def _soon() -> int:
    from warehouse.plan.rating import rating_rules

    return rating_rules().due_soon_days


def _say_reasons(screen: Screen, found: list[Row]) -> None:
    """What contradicts which action: a line each, and what is overdue in one."""
    from warehouse.plan.rating import OVERDUE

    lines = [
        f"{one['action_id']}: {why}"
        for one in found
        for name, why in zip(one["conflicts"], one["conflict_reasons"], strict=True)
        if name != OVERDUE
    ]
    if late := [one for one in found if one["is_overdue"]]:
        days = ((one["due_as_of"] - one["due_current"]).days for one in late)
        told = ", ".join(
            f"{one['action_id']} ({plural(number, 'day')})"
            for one, number in zip(late, days, strict=True)
        )
        lines.append(f"Overdue on {day_words(late[0]['due_as_of'])}: {told}")
    if lines:
        screen.say("")
    for line in lines:
        wrapped(screen, line)


def _dated(screen: Screen, found: list[Row], what: str) -> None:
    """What is listed, and as of which days."""
    due, rated = day_words(found[0]["due_as_of"]), day_words(found[0]["as_of"])
    wrapped(
        screen,
        f"{what}. Overdue and due: as of {due}. Computed ratings and evidence: as of {rated}, the "
        "last day of the newest month of figures, or that of a later update.",
    )


def _by_kind(screen: Screen, every: list[Row]) -> None:
    from warehouse.plan.rating import rating_rules

    for rule in rating_rules().conflicts:
        if ids := [one["action_id"] for one in every if rule.conflict in one["conflicts"]]:
            wrapped(screen, f"- {rule.title}: {', '.join(ids)}")


def _say_early(screen: Screen, every: list[Row], in_full: bool = False) -> None:
    """The early successes, which contradict nothing."""
    if not (early := [one for one in every if one["early_success"]]):
        return
    if in_full:
        screen.say("\nNo contradiction, and perhaps finished early:")
        for one in early:
            wrapped(screen, f"{one['action_id']}: {one['early_success']}")
    else:
        ids = ", ".join(one["action_id"] for one in early)
        wrapped(screen, f"Perhaps finished early (KPIs meet their thresholds, still open): {ids}")


def _counts(heading: str, every: list[Row], of: Callable[[Row], str]) -> Any:
    soon = f"Due in {_soon()} days"
    numbers = ("Actions", "Open", "Overdue", soon, "Complete", "Contradicted")
    table = plain_table(heading, *numbers, right=numbers, expendable=("Complete",))
    for name in sorted({of(one) for one in every}):
        own = [one for one in every if of(one) == name]
        counted = (
            own,
            [one for one in own if one["is_open"]],
            [one for one in own if one["is_overdue"]],
            [one for one in own if one["is_due_soon"]],
            [one for one in own if one["status"] == "complete"],
            [one for one in own if one["conflicts"]],
        )
        table.add_row(name, *(f"{len(some):,}" for some in counted))
    return table
