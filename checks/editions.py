"""Taking an edition in: tidy its files, judge it, and remember the verdict.

Belongs here: the one sequence that both the command line and Dagster run for an edition.
Does not: the steps themselves.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

from assets.conform import add_months, month_text, parse_month
from assets.contract import Contract, contracts
from checks.feed_rules import looks_back
from checks.runner import check_version, judge_edition, judge_files, unreadable
from checks.view import EditionView
from warehouse.archive import Archive, SourceFile
from warehouse.decisions import newest_override
from warehouse.history import (
    CheckResult,
    EditionState,
    edition_files,
    fingerprint,
    read_state,
    record,
)
from warehouse.home import Home
from warehouse.mart.editions import in_force
from warehouse.standing import Standing, standing
from warehouse.tidy import UNREADABLE, TidyFacts, facts_of, tidy


@dataclass(frozen=True)
class TakenIn:
    """What taking in an edition came to: what its checks found, and where it stands by them or by
    decision."""

    state: EditionState
    standing: Standing
    results: list[CheckResult]
    files: list[SourceFile]
    facts: list[TidyFacts]


def pending_editions(home: Home, feed: str, files: list[SourceFile] | None = None) -> list[str]:
    """Editions of a feed whose verdict is missing, or rests on other files or rules than today's;
    and those that are compared with one of them, whose verdict may turn.

    `files`: the active files, if the caller has them at hand.
    """
    files = Archive(home).active_files() if files is None else files
    editions = sorted({file.edition for file in files if file.feed == feed})
    due = {edition for edition in editions if not is_judged(home, feed, edition, files)}
    if not due:
        return []
    return [
        edition
        for edition in editions
        if edition in due
        or any(one in due for one, _ in _looked_back_at(home, feed, edition, files))
    ]


def is_judged(home: Home, feed: str, edition: str, files: list[SourceFile]) -> bool:
    """Whether an edition's verdict rests on exactly its files and rules of today."""
    state = read_state(home, feed, edition)
    expected = basis(home, feed, edition, files)
    own = [file for file in files if (file.feed, file.edition) == (feed, edition)]
    return (
        state is not None
        and state.fingerprint == expected
        and (
            standing(home, feed, edition, files).verdict == "held"
            or all(facts_of(home, file) for file in own)
        )
    )


def take_in(
    home: Home,
    feed: str,
    edition: str,
    run_id: str,
    on_file: Callable[[SourceFile], None] | None = None,
) -> TakenIn | None:
    """Tidy, measure and judge one edition; None if the archive holds no file of it.

    Safe to repeat, and to stop at any point: what is done stays done, the verdict comes last.
    """
    files = Archive(home).active_files()
    own = [file for file in files if (file.feed, file.edition) == (feed, edition)]
    if not own:
        return None
    facts, broken = [], []
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
        results = judge_edition(_view(home, files, *_in_force(home, own, facts)), run_id)
    rests_on = basis(home, feed, edition, files)
    shas = [file.sha256 for file in own]
    state = record(home, feed, edition, rests_on, results, run_id, shas)
    return TakenIn(state, standing(home, feed, edition, files), results, own, facts)


def _in_force(
    home: Home, own: list[SourceFile], facts: list[TidyFacts]
) -> tuple[list[SourceFile], list[TidyFacts]]:
    """The files that an edition still rests on: those that later ones put right are judged no
    more."""
    known = {file.sha256: fact for file, fact in zip(own, facts, strict=True)}
    kept = in_force(home, own, contracts()[own[0].feed].hand_made)
    return kept, [known[file.sha256] for file in kept]


def basis(home: Home, feed: str, edition: str, files: list[SourceFile]) -> str:
    """Fingerprint of all that an edition's verdict rests on, among these active files.

    Of the editions before it, those down to the nearest accepted one: were one of them to change
    its files or its standing, another edition might be the one to compare with.
    """
    looked_at, stand = edition_files(files, feed, edition), []
    for one, verdict in _looked_back_at(home, feed, edition, files):
        stand.append(f"{one} {verdict}")
        looked_at += [file for file in files if (file.feed, file.edition) == (feed, one)]
    if decision := newest_override(home, feed, edition):
        stand.append(decision.decision_id)  # Dagster and the history are told of it
    return fingerprint(looked_at, check_version(feed), stand)


def _looked_back_at(
    home: Home, feed: str, edition: str, files: list[SourceFile]
) -> list[tuple[str, str]]:
    """The editions before one, nearest first, to the first accepted one; with their verdicts."""
    found: list[tuple[str, str]] = []
    for one in _before(files, feed, edition):
        found.append((one, standing(home, feed, one, files).verdict))
        if found[-1][1] == "accepted":
            break
    return found


def _before(files: list[SourceFile], feed: str, edition: str) -> list[str]:
    """Editions of a feed within the reach of its checks before one, the nearest first."""
    first = month_text(add_months(parse_month(edition), -looks_back(feed)))
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
        feed: [file for file in others if (file.feed, file.edition) == (feed, edition)]
        for feed in (rule.expected_feed, rule.reconcile_feed)
        if feed
    }
    lists = [file for file in others if file.feed == rule.population_feed]
    earlier = _earlier(home, files, contract, edition)
    why = f"no edition of the {looks_back(contract.feed)} months before is accepted"
    return EditionView(home, contract, edition, own, facts, references, lists, earlier, why)


def _earlier(
    home: Home, files: list[SourceFile], contract: Contract, edition: str
) -> EditionView | None:
    """The nearest accepted edition of the months before, as checks look at it."""
    for one, verdict in _looked_back_at(home, contract.feed, edition, files):
        own = [file for file in files if (file.feed, file.edition) == (contract.feed, one)]
        if verdict == "accepted" and all(_can_be_tidied(home, file) for file in own):
            resting = _in_force(home, own, [tidy(home, file) for file in own])
            return EditionView(home, contract, one, *resting)
    return None


def _can_be_tidied(home: Home, file: SourceFile) -> bool:
    """Tidy a reference file; one that can't be read holds back its own edition, not this one."""
    try:
        tidy(home, file)
    except UNREADABLE:
        return False
    return True
