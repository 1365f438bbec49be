"""Process an edition, for the command line and Dagster alike: tidy its files, check it, record the
verdict."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from functools import cache

from checks import new_months
from checks.edition_view import EditionView
from checks.feed_rules import lookback_months
from checks.runner import UNREADABLE_RULE, check_version, judge_edition, judge_files, unreadable
from warehouse.archive.decisions import newest_override, revocation
from warehouse.archive.source_files import Archive, SourceFile
from warehouse.base.home import Home
from warehouse.base.keys import of_edition
from warehouse.base.months import add_months, month_text, parse_month
from warehouse.contract.model import Contract, contracts
from warehouse.editions.check_history import (
    NEW_MONTHS,
    CheckResult,
    EditionState,
    HeldMonth,
    edition_files,
    fingerprint,
    record,
)
from warehouse.editions.last_accepted import keep_last_accepted
from warehouse.editions.parts_and_revisions import in_force
from warehouse.editions.status import EditionStatus, status_of
from warehouse.settings import read_settings
from warehouse.transform.lake import TidyFacts, facts_of
from warehouse.transform.packed import pack
from warehouse.transform.tidy import UNREADABLE, tidy


@dataclass(frozen=True)
class TakenIn:
    """The result of processing an edition: its checks, and its status by them or by decision."""

    state: EditionState
    status: EditionStatus
    results: list[CheckResult]
    files: list[SourceFile]
    facts: list[TidyFacts]


def pending_editions(home: Home, feed: str, files: list[SourceFile] | None = None) -> list[str]:
    """Return editions of a feed whose verdict is missing or used other files or rules than today's,
    and those that are compared with one of them.

    `files`: the active files, if the caller already has them.
    """
    files = Archive(home).active_files() if files is None else files
    editions = sorted({file.edition for file in files if file.feed == feed})
    status_of_edition = _status_reader(home, feed, files)
    due = {one for one in editions if not is_judged(home, feed, one, files, status_of_edition)}
    if not due:
        return []

    def is_compared(edition: str) -> bool:
        before = _looked_back_at(feed, edition, files, status_of_edition)
        return any(one.edition in due for one in before)

    return [edition for edition in editions if edition in due or is_compared(edition)]


StatusOf = Callable[[str], EditionStatus]  # edition -> its status


def _status_reader(home: Home, feed: str, files: list[SourceFile]) -> StatusOf:
    """Return a function that reads the status of a feed's editions, each once."""
    return cache(lambda edition: status_of(home, feed, edition, files))


def is_judged(
    home: Home,
    feed: str,
    edition: str,
    files: list[SourceFile],
    status_of_edition: StatusOf | None = None,
) -> bool:
    """Whether an edition's verdict used exactly today's files and rules. `status_of_edition`: as
    `_status_reader` returns it, if the caller already has it."""
    status_of_edition = status_of_edition or _status_reader(home, feed, files)
    state = status_of_edition(edition).state
    expected = basis(home, feed, edition, files, status_of_edition)
    own = of_edition(files, feed, edition)
    return (
        state is not None
        and state.fingerprint == expected
        and (_has_unreadable(state) or all(facts_of(home, file) for file in own))
    )


def _has_unreadable(state: EditionState) -> bool:
    """Whether a file of the edition could not be read, and would not be now."""
    return any(rule.startswith(UNREADABLE_RULE) for rule in state.failed_rules)


def take_in(
    home: Home,
    feed: str,
    edition: str,
    run_id: str,
    on_file: Callable[[SourceFile], None] | None = None,
) -> TakenIn | None:
    """Tidy, measure and check one edition; None if the archive has no file of it.

    Safe to repeat, and to stop at any point: completed steps are kept, the verdict comes last.
    """
    files = Archive(home).active_files()
    own = of_edition(files, feed, edition)
    if not own:
        return None
    facts, broken, held = [], [], list[HeldMonth]()
    for file in own:
        if on_file:
            on_file(file)
        try:
            facts.append(tidy(home, file))
        except UNREADABLE as error:
            broken.append(unreadable(feed, edition, run_id, file.file_name, error))
    if broken:
        results = broken + judge_files(_view(home, files, own, []), run_id)
    else:
        pack(home, own)
        view = _view(home, files, *files_in_force(home, own, facts))
        results = judge_edition(view, run_id)
        held = _held_months(view, results)
    basis_now = basis(home, feed, edition, files)
    shas = [file.sha256 for file in own]
    keep_last_accepted(home, feed, edition, shas)
    state = record(home, feed, edition, basis_now, results, run_id, shas, held)
    return TakenIn(state, status_of(home, feed, edition, files), results, own, facts)


def _held_months(view: EditionView, results: list[CheckResult]) -> list[HeldMonth]:
    """Return the months that the check of new months holds, if it ran and failed."""
    failed = any(r.rule == NEW_MONTHS and r.verdict == "fail" and r.total_rows for r in results)
    try:
        return new_months.held_months(view) if failed else []
    except Exception:  # the check itself failed, which holds the edition
        return []


def files_in_force(
    home: Home, own: list[SourceFile], facts: list[TidyFacts]
) -> tuple[list[SourceFile], list[TidyFacts]]:
    """Return the files that later ones have not replaced, with their facts."""
    known = {file.sha256: fact for file, fact in zip(own, facts, strict=True)}
    kept = in_force(home, own, contracts()[own[0].feed].local_return)
    return kept, [known[file.sha256] for file in kept]


def basis(
    home: Home,
    feed: str,
    edition: str,
    files: list[SourceFile],
    status_of_edition: StatusOf | None = None,
) -> str:
    """Return the fingerprint of all inputs of an edition's verdict, among these active files.

    They include files and statuses of the editions that it is compared with.
    """
    looked_at, statuses = edition_files(files, feed, edition), []
    status_of_edition = status_of_edition or _status_reader(home, feed, files)
    for one in _looked_back_at(feed, edition, files, status_of_edition):
        own = of_edition(files, feed, one.edition)
        statuses.append(f"{one.edition} {one.verdict}")
        if one.stays:
            statuses += sorted(file.sha256 for file in own if one.uses(file))
        statuses += sorted(held.key for held in (one.in_use or one).held_months)
        looked_at += own
    decided = newest_override(home, feed, edition), revocation(home, feed, edition)
    statuses += [one.decision_id for one in decided if one]  # Dagster and the history show them
    if contracts()[feed].plan:
        statuses += read_settings(home).role_words
    return fingerprint(looked_at, check_version(feed), statuses)


def _looked_back_at(
    feed: str, edition: str, files: list[SourceFile], status_of_edition: StatusOf
) -> list[EditionStatus]:
    """Return statuses of the editions before one, the nearest first: to the first accepted one, and
    as far back as new months are compared."""
    found: list[EditionStatus] = []
    judging = set(_before(files, feed, edition, new_months.reach(contracts()[feed])))
    for one in _before(files, feed, edition, lookback_months(feed)):
        found.append(status_of_edition(one))
        if found[-1].in_use:
            break
    seen = {one.edition for one in found}
    return found + [status_of_edition(one) for one in sorted(judging - seen, reverse=True)]


def _before(files: list[SourceFile], feed: str, edition: str, months: int) -> list[str]:
    """Return editions of a feed within so many months before one, the nearest first."""
    first = month_text(add_months(parse_month(edition), -months))
    held = {file.edition for file in files if file.feed == feed}
    return sorted((one for one in held if first <= one < edition), reverse=True)


def _view(
    home: Home, files: list[SourceFile], own: list[SourceFile], facts: list[TidyFacts]
) -> EditionView:
    contract, edition = contracts()[own[0].feed], own[0].edition
    rule = contract.completeness
    others = [
        file
        for file in edition_files(files, contract.feed, edition)
        if file.feed != contract.feed and _can_be_tidied(home, file)
    ]
    references = {
        feed: of_edition(others, feed, edition)
        for feed in (rule.expected_feed, rule.reconcile_feed, rule.compared_feed)
        if feed
    }
    lists = [file for file in others if file.feed == rule.population_feed]
    before = _accepted_before(home, files, contract, edition)
    near = _before(files, contract.feed, edition, lookback_months(contract.feed))
    earlier = next((one for one in before if one.edition in near), None)
    why = f"no edition of the {lookback_months(contract.feed)} months before is accepted"
    return EditionView(home, contract, edition, own, facts, references, lists, earlier, why, before)


def _accepted_before(
    home: Home, files: list[SourceFile], contract: Contract, edition: str
) -> tuple[EditionView, ...]:
    """Return views of the editions in use before one, the nearest first."""
    found = []
    status_of_edition = _status_reader(home, contract.feed, files)
    for one in _looked_back_at(contract.feed, edition, files, status_of_edition):
        own = [file for file in of_edition(files, contract.feed, one.edition) if one.uses(file)]
        if one.in_use and all(_can_be_tidied(home, file) for file in own):
            in_force_now = files_in_force(home, own, [tidy(home, file) for file in own])
            held = one.in_use.held_months
            found.append(EditionView(home, contract, one.edition, *in_force_now, held=held))
    return tuple(found)


def _can_be_tidied(home: Home, file: SourceFile) -> bool:
    """Tidy a reference file; an unreadable one holds its own edition, not this one."""
    try:
        tidy(home, file)
    except UNREADABLE:
        return False
    return True
