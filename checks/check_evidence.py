"""The evidence of a check: what its expectations judge, and what it found in words. Not here: what
a check may read (`checks.edition_view`)."""

from __future__ import annotations

import traceback
from collections.abc import Sequence
from dataclasses import dataclass, replace
from pathlib import Path

import polars as pl

from warehouse.base.errors import without_trace


@dataclass(frozen=True)
class Evidence:
    """What one check found, for its expectation to judge.

    `frame`: what is judged, with columns of `checks.expectations.EVIDENCE_SCHEMA`. Skipped evidence
    gives the reason in `skipped` and is not judged; with `error` the check itself could not run,
    which is never a pass. `judged_by`: columns of the expectations that judge it, if not `column`.
    """

    rule: str
    column: str | None
    frame: pl.DataFrame
    expected: str
    observed: str
    failed_rows: int
    total_rows: int
    message: str = ""
    skipped: str | None = None
    error: bool = False
    judged_by: tuple[str, ...] = ()


NOTHING = pl.DataFrame()
SHOWN = 5
MEETING = 5  # rows that meet a rule, shown beside those that break it


def skipped(rule: str, why: str, column: str | None = None) -> Evidence:
    """Return evidence of a check that can't run, and the reason."""
    return Evidence(rule, column, NOTHING, "", "", 0, 0, message=why, skipped=why)


def offences(
    rule: str,
    found: Sequence[str],
    expected: str,
    observed: str,
    total: int,
    message: str = "",
    column: str | None = None,
    failed: int | None = None,
) -> Evidence:
    """Return evidence that lists each fault; without faults it passes.

    `total`: how many were checked; `failed`: rows that fail, if not one for each fault.
    """
    return Evidence(
        rule,
        column,
        pl.DataFrame({"text": found}, schema={"text": pl.String}),
        expected=expected,
        observed=observed,
        failed_rows=len(found) if failed is None else failed,
        total_rows=max(total, len(found)),
        message=message if found else "",
    )


def compared(frame: pl.DataFrame, code: str, now: str, before: str) -> pl.DataFrame:
    """Return `item, now, before` of a row per organisation (column `code`) and month."""
    month = pl.col("month").dt.strftime("%Y-%m")
    return frame.select(
        pl.concat_str(code, month, separator=" ").alias("item"),
        pl.col(now).cast(pl.Float64).alias("now"),
        pl.col(before).cast(pl.Float64).alias("before"),
    )


def listed(names: Sequence[str], shown: int = SHOWN, mark: str = ", ") -> str:
    """Return the first names, and how many more there are."""
    more = f" and {len(names) - shown:,} more" if len(names) > shown else ""
    return mark.join(names[:shown]) + more


def numbers(
    rule: str,
    pairs: Sequence[tuple[str, float, float]],
    *,
    failed: int,
    expected: str,
    observed: str,
    total: int,
    message: str,
    judged_by: tuple[str, ...] = (),
) -> Evidence:
    """Return evidence of numbers to compare: what each is of, its value now, and before."""
    schema = {"item": pl.String, "now": pl.Float64, "before": pl.Float64}
    rows = [(item, float(now), float(before)) for item, now, before in pairs]
    frame = pl.DataFrame(rows, schema=schema, orient="row")
    told = message if failed else ""
    return Evidence(rule, None, frame, expected, observed, failed, total, told, judged_by=judged_by)


Limited = tuple[str, float, float, float]
LIMITED = {"item": pl.String, "number": pl.Float64, "low": pl.Float64, "high": pl.Float64}


def limited(found: Evidence, rows: Sequence[Limited]) -> Evidence:
    """Return evidence of numbers, each with the limits within which it is expected to lie: what it
    is of, the number, the lowest and the highest."""
    return replace(found, frame=pl.DataFrame(rows, schema=LIMITED, orient="row"))


def values(
    rule: str,
    found: Sequence[tuple[str, str]],
    wanted: Sequence[str] | None = None,
    *,
    failed: int,
    expected: str,
    observed: str,
    total: int,
    message: str,
) -> Evidence:
    """Return evidence of what was found of each item, and what it should be, where that differs
    from item to item (`wanted`)."""
    frame = pl.DataFrame(found, schema={"item": pl.String, "text": pl.String}, orient="row")
    if wanted is not None:
        frame = frame.with_columns(pl.Series("expected", wanted, pl.String))
    return Evidence(rule, None, frame, expected, observed, failed, total, message if failed else "")


def about_as_many(
    rule: str,
    what: str,
    now: int,
    then: int,
    times: float,
    edition: str,
    asks: str,
    pair: tuple[float, float] | None = None,
) -> Evidence:
    """Return evidence on a count that must be within a factor of an earlier edition's. `asks`: the
    end of the message if it is not; `pair`: what is compared in place of the counts."""
    told = f"{now:,} {what}, {then:,} in {edition}"
    return numbers(
        rule,
        [(what, *(pair or (now, then)))],
        expected=f"{within(times)} the {then:,} {what} of {edition}",
        observed=f"{now:,} {what}",
        total=1,
        failed=int(now > times * then or then > times * now),
        message=f"{told}{asks}",
    )


def at_most(
    rule: str,
    item: str,
    share: float,
    limit: float,
    *,
    failed: int,
    total: int,
    expected: str,
    observed: str,
    message: str,
) -> Evidence:
    """Return evidence of a share that should not exceed a limit: `failed` rows, and the message,
    count only if it does."""
    frame = pl.DataFrame({"item": [item], "number": [share]})
    failed, message = (failed, message) if share > limit else (0, "")
    return Evidence(rule, None, frame, expected, observed, failed, total, message)


def within(times: float) -> str:
    """Describe how far apart two numbers may be: `half to double`, else `1/3 to 3 times`."""
    return "half to double" if times == 2 else f"1/{times:g} to {times:g} times"


def broken(rule: str, error: Exception) -> Evidence:
    """Return evidence that a check could not run: what it raised, and where."""
    trace = traceback.extract_tb(error.__traceback__)
    where = f", in {Path(trace[-1].filename).name} line {trace[-1].lineno}" if trace else ""
    message = f"the check itself failed{where}, so its result is not known; report this as a bug"
    told = without_trace(error)
    return Evidence(rule, None, NOTHING, "a check that runs", told, 1, 1, message, error=True)
