"""The runner: turns evidence into verdicts and their records. Not here: what judges evidence
(`checks.evaluation`), and where records are kept (`warehouse.editions.check_history`)."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, replace
from datetime import UTC, datetime
from functools import cache
from itertools import islice

import polars as pl

from checks.check_catalogue import PLAN_FILE, SHARED_FILE, check_of, feed_file
from checks.check_evidence import NOTHING, Evidence, broken
from checks.edition_view import EditionView
from checks.evaluation import Asked, Result, batch_of, evaluate, exception_of, rows_of
from checks.expectations import Expected
from checks.feed_rules import rules_file
from checks.files import FILE_RULES
from checks.gx_project import keep_validation
from checks.own_expectations import own_file
from checks.suite import gather, suite_of
from checks.unexpected import unexpected_in
from warehouse.base.home import Home
from warehouse.base.imports import modules_behind
from warehouse.contract.tidy_versions import hash_files
from warehouse.editions.check_history import CheckResult, Verdict
from warehouse.reference import local_authorities, organisations, special_services
from warehouse.reference.special_services import WITHHELD, hidden_codes, without_hidden

Suite = dict[tuple[str, str | None], Expected]  # by check and column
UNREADABLE_RULE = "file_readable"


@dataclass(frozen=True)
class Judging:
    """What the records of one run of an edition's checks share."""

    feed: str
    edition: str
    run_id: str
    at: datetime


@cache
def check_version(feed: str | None = None) -> str:
    """Return a short hash of a feed's checks, code and catalogue, its own included; None: only the
    shared ones. When it changes, its editions are checked again."""
    files = [*modules_behind(__name__), SHARED_FILE, PLAN_FILE]
    files += [one.TABLE for one in (organisations, local_authorities, special_services)]
    own = [feed_file(feed), rules_file(feed), own_file(feed)] if feed else []
    return hash_files(files + [path for path in own if path and path.exists()])


def judge_edition(view: EditionView, run_id: str) -> list[CheckResult]:
    """Run every check of an edition; a failure stops none of them."""
    return judge(view.home, gather(view), view.contract.feed, view.edition, run_id)


def foreseen_results(view: EditionView, run_id: str) -> list[CheckResult]:
    """Run the checks of an edition that is compared with nothing, and keep no record: of a local
    return before a refresh, which runs them again with all that there is beside it."""
    return judge(None, gather(view), view.contract.feed, view.edition, run_id)


def judge_files(view: EditionView, run_id: str) -> list[CheckResult]:
    """Run the checks that need only the files: an edition with a file that can't be read."""
    evidence = gather(view, FILE_RULES)
    return judge(view.home, evidence, view.contract.feed, view.edition, run_id)


def judge(
    home: Home | None, evidence: Iterable[Evidence], feed: str, edition: str, run_id: str
) -> list[CheckResult]:
    """Evaluate pieces of evidence as one batch, keep the validation result, and return the record
    of each verdict, with the key of that result. `home`: None keeps no result."""
    run = Judging(feed, edition, run_id, datetime.now(UTC))
    suite = {(one.rule, one.column): one for one in suite_of(feed)}
    pieces = [_asked(suite, one) for one in evidence]
    asked = [one for _, several in pieces for one in several]
    results = evaluate(asked) if asked else []
    link = None
    if home is not None and asked:
        skipped = {one.rule: one.skipped for one, _ in pieces if one.skipped}
        batch = batch_of(asked, skipped)
        link = keep_validation(home, feed, edition or run_id, run.at, batch, results)
    found = iter(results)
    return [_result(one, list(islice(found, len(own))), run, link) for one, own in pieces]


def _asked(suite: Suite, one: Evidence) -> tuple[Evidence, list[Asked]]:
    """Return a piece of evidence and the expectations that judge it: none of skipped evidence."""
    if one.skipped or one.error:
        return one, []
    if "item" in one.frame.columns:  # which organisation a number is of; verdicts do not use it
        named = pl.col("item").cast(pl.String).str.replace_all(hidden_codes(), WITHHELD)
        one = replace(one, frame=one.frame.with_columns(named))
    try:
        keys = [(one.rule, column) for column in one.judged_by or (one.column,)]
        chosen = [suite[key] for key in keys if key in suite]
        chosen = chosen or [suite[one.rule, None]]
        return one, [Asked(e, rows_of(e, one.frame)) for e in chosen]
    except Exception as error:  # whatever is wrong with one check, the others still run
        return broken(one.rule, error), []


def unreadable(
    feed: str, edition: str, run_id: str, file_name: str, error: Exception
) -> CheckResult:
    """Return the record of a file that was archived but could not be read."""
    evidence = Evidence(
        UNREADABLE_RULE, None, NOTHING, "a readable CSV", str(error)[:500], 1, 1, file_name
    )
    return _record(evidence, "fail", Judging(feed, edition, run_id, datetime.now(UTC)))


def _result(one: Evidence, results: list[Result], run: Judging, link: str | None) -> CheckResult:
    if one.skipped:
        return _record(one, "skipped", run)
    raised = next(filter(None, map(exception_of, results)), None)
    if raised:
        one = broken(one.rule, RuntimeError(f"Great Expectations could not evaluate it: {raised}"))
    if one.error:
        return _record(one, "fail", run, link if raised else None)
    verdict = _verdict(one, run.feed, all(result["success"] for result in results))
    return _record(one, verdict, run, link, unexpected_in(results))


def _verdict(one: Evidence, feed: str, met: bool) -> Verdict:
    """Verdict of an unmet expectation: ERROR fails, WARN warns, few faulty rows only warn."""
    if met:
        return "pass"
    check = check_of(one.rule, feed)
    if check.severity == "WARN":
        return "warn"
    if check.action != "quarantine":
        return "fail"
    few = one.failed_rows < (check.least or 0) or one.failed_rows <= check.limit * one.total_rows
    return "warn" if few else "fail"


def _record(
    one: Evidence,
    verdict: Verdict,
    run: Judging,
    link: str | None = None,
    unexpected: str | None = None,
) -> CheckResult:
    check = check_of(one.rule, run.feed)
    return CheckResult(
        run_id=run.run_id,
        feed=run.feed,
        edition=run.edition,
        layer=check.layer,
        rule=check.rule,
        title=check.title,
        dimension=check.dimension,
        severity="ERROR" if one.error else check.severity,
        column_name=one.column,
        observed=without_hidden(one.observed),
        expected=one.expected,
        failed_rows=one.failed_rows,
        total_rows=one.total_rows,
        verdict=verdict,
        message=without_hidden(one.message),
        checked_at=run.at.replace(microsecond=0),
        code_version=check_version(run.feed),
        validation_result=link,
        unexpected=without_hidden(unexpected) if unexpected else None,
    )
