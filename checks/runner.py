"""The runner: turns evidence into verdicts with Great Expectations, which is loaded on first use:
it takes seconds, and most commands run no checks."""

from __future__ import annotations

import io
import json
from collections.abc import Iterable
from datetime import UTC, datetime
from functools import cache, lru_cache
from typing import TYPE_CHECKING, Any

from checks.check_catalogue import SHARED_FILE, check_of, feed_file
from checks.edition_view import EditionView, Evidence, broken
from checks.feed_rules import rules_file
from checks.files import FILE_RULES
from checks.suite import gather
from warehouse.base.imports import modules_behind
from warehouse.contract.model import hash_files
from warehouse.editions.check_history import CheckResult, Verdict
from warehouse.reference import local_authorities, organisations

if TYPE_CHECKING:
    import polars as pl

UNREADABLE_RULE = "file_readable"
COLUMN_EXPECTATIONS = "ExpectColumnValues"


@cache
def check_version(feed: str | None = None) -> str:
    """Return a short hash of a feed's checks, code and catalogue, its own included; None: only the
    shared ones. When it changes, its editions are checked again."""
    files = [*modules_behind(__name__), SHARED_FILE]
    files += [one.TABLE for one in (organisations, local_authorities)]
    own = [feed_file(feed), rules_file(feed)] if feed else []
    return hash_files(files + [path for path in own if path and path.exists()])


def judge_edition(view: EditionView, run_id: str) -> list[CheckResult]:
    """Run every check of an edition; a failure stops none of them."""
    return judge(gather(view), view.contract.feed, view.edition, run_id)


def judge(evidence: Iterable[Evidence], feed: str, edition: str, run_id: str) -> list[CheckResult]:
    """Evaluate pieces of evidence and record each verdict."""
    now = datetime.now(UTC).replace(microsecond=0)
    return [_result(one, feed, edition, run_id, now) for one in evidence]


def judge_files(view: EditionView, run_id: str) -> list[CheckResult]:
    """Run the checks that need only the files: an edition with a file that can't be read."""
    return judge(gather(view, FILE_RULES), view.contract.feed, view.edition, run_id)


def unreadable(
    feed: str, edition: str, run_id: str, file_name: str, error: Exception
) -> CheckResult:
    """Return the record of a file that was archived but could not be read."""
    evidence = Evidence(
        UNREADABLE_RULE, None, _frame(0), None, "a readable CSV", str(error)[:500], 1, 1, file_name
    )
    return _record(evidence, "fail", feed, edition, run_id, datetime.now(UTC))


def _frame(value: int) -> pl.DataFrame:
    import polars as pl

    return pl.DataFrame({"value": [value]})


def _result(one: Evidence, feed: str, edition: str, run_id: str, now: datetime) -> CheckResult:
    if one.skipped:
        return _record(one, "skipped", feed, edition, run_id, now)
    try:
        verdict = "fail" if one.error else _verdict(one, feed, expectation_met(one))
    except Exception as error:  # whatever a library raises, the other checks still run
        one, verdict = broken(one.rule, error), "fail"
    return _record(one, verdict, feed, edition, run_id, now)


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
    one: Evidence, verdict: Verdict, feed: str, edition: str, run_id: str, now: datetime
) -> CheckResult:
    check = check_of(one.rule, feed)
    return CheckResult(
        run_id=run_id,
        feed=feed,
        edition=edition,
        layer=check.layer,
        rule=check.rule,
        title=check.title,
        dimension=check.dimension,
        severity="ERROR" if one.error else check.severity,
        column_name=one.column,
        observed=one.observed,
        expected=one.expected,
        failed_rows=one.failed_rows,
        total_rows=one.total_rows,
        verdict=verdict,
        message=one.message,
        checked_at=now,
        code_version=check_version(feed),
    )


def expectation_met(one: Evidence) -> bool:
    """Evaluate one piece of evidence with Great Expectations.

    The verdict depends on evidence and expectation alone, so equal pieces (thirty editions with
    the same columns) are evaluated once per process.
    """
    if one.expectation is None:
        raise ValueError(f"{one.rule}: evidence without an expectation can't be judged")
    arguments = dict(one.expectation.arguments)
    if one.expectation.name.startswith(COLUMN_EXPECTATIONS):
        arguments.setdefault("column", "value")
    frame = io.BytesIO()
    one.frame.write_ipc(frame)
    return _met(one.expectation.name, json.dumps(arguments, sort_keys=True), frame.getvalue())


@lru_cache(maxsize=4096)
def _met(name: str, arguments: str, frame: bytes) -> bool:
    import great_expectations as gx
    import polars as pl

    expectation = getattr(gx.expectations, name)(**json.loads(arguments))
    batch = _batch_definition().get_batch(
        batch_parameters={"dataframe": pl.read_ipc(io.BytesIO(frame)).to_pandas()}
    )
    result = batch.validate(expectation, result_format="BOOLEAN_ONLY")
    error = _exception(result.exception_info or {})
    if error:
        raise RuntimeError(f"{name} could not be evaluated: {error}")
    return bool(result.success)


def _exception(info: dict[str, Any]) -> str | None:
    """Return what an expectation raised; Great Expectations keeps it flat, or by metric."""
    for one in (info, *(value for value in info.values() if isinstance(value, dict))):
        if one.get("raised_exception"):
            return str(one.get("exception_message"))
    return None


@cache
def _batch_definition() -> Any:
    """Return an ephemeral context with one data frame asset, made once per process."""
    import great_expectations as gx

    context = gx.get_context(mode="ephemeral")
    context.variables.progress_bars = {"globally": False, "metric_calculations": False}
    asset = context.data_sources.add_pandas("evidence").add_dataframe_asset("frame")
    return asset.add_batch_definition_whole_dataframe("whole")
