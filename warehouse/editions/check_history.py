"""Every verdict ever recorded, and the current state of each edition.

Belongs here: `archive/checks` (Parquet, a new file per run of checks) and `lake/editions` (the
current verdict, with the fingerprint of its inputs). Does not: reaching verdicts (`checks`).
"""

from __future__ import annotations

import hashlib
from collections import Counter
from collections.abc import Collection, Iterable, Sequence
from datetime import UTC, datetime
from typing import Literal

import polars as pl
from pydantic import BaseModel, ConfigDict

from warehouse.archive.source_files import SourceFile
from warehouse.base.home import Home
from warehouse.base.keys import FileKey
from warehouse.base.months import add_months, month_text, parse_month
from warehouse.contract.model import contracts
from warehouse.transform.lake import version_of

Layer = Literal["file", "contract", "rules", "drift", "mart"]
Dimension = Literal[
    "completeness", "uniqueness", "consistency", "timeliness", "validity", "accuracy"
]
Severity = Literal["ERROR", "WARN"]
Verdict = Literal["pass", "warn", "fail", "skipped"]

VERDICTS = "archive/checks"
VALIDATIONS = "archive/validations"  # results as Great Expectations writes them
LIST_MONTHS_BEFORE = 12
LIST_MONTHS_AFTER = 3


class CheckResult(BaseModel):
    """One verdict, as kept permanently in `governance.check_result`.

    `unexpected`: the first unexpected values of Great Expectations' result, in words.
    `validation_result`: key of the file with Great Expectations' result; None if the check did not
    run, or ran before such results were kept.
    """

    model_config = ConfigDict(frozen=True)

    run_id: str
    feed: str
    edition: str
    layer: Layer
    rule: str
    title: str
    dimension: Dimension
    severity: Severity
    column_name: str | None
    observed: str
    expected: str
    failed_rows: int
    total_rows: int
    verdict: Verdict
    message: str
    checked_at: datetime
    code_version: str
    validation_result: str | None = None
    unexpected: str | None = None


RESULT_SCHEMA: dict[str, pl.DataType | type[pl.DataType]] = {
    **dict.fromkeys(CheckResult.model_fields, pl.String),
    "failed_rows": pl.Int64,
    "total_rows": pl.Int64,
    "checked_at": pl.Datetime("us", "UTC"),
}


# Every check of each feed, whatever its result: see `checks.check_register`.
REGISTER_SCHEMA: dict[str, pl.DataType | type[pl.DataType]] = {
    "rule": pl.String,
    "feed": pl.String,
    "title": pl.String,
    "layer": pl.String,
    "dimension": pl.String,
    "severity": pl.String,
    "threshold": pl.Float64,
    "threshold_means": pl.String,
    "owner": pl.String,
    "action": pl.String,
}


class HeldMonth(BaseModel):
    """An organisation-month of an edition outside the range (`low` to `high`) expected from earlier
    months. `found` and `expected`: counts of the checked `measure`. `org_code` as in the mart."""

    model_config = ConfigDict(frozen=True)

    org_level: str
    org_code: str
    month: str
    measure: str
    found: int
    expected: int
    low: int
    high: int

    @property
    def key(self) -> str:
        """Return its key within the edition: `sub_icb 04C 2025-12`."""
        return f"{self.org_level} {self.org_code} {self.month}"

    @property
    def words(self) -> str:
        """The organisation, the month, what was found and what was expected."""
        return (
            f"{self.org_code} {self.month}: {self.found:,} {self.measure}, expected "
            f"{self.low:,} to {self.high:,}"
        )


# The check that holds single months, and not the edition.
NEW_MONTHS = "new_months_as_expected"


class EditionState(BaseModel):
    """The result of an edition's checks, which a person may override (`warehouse.editions.status`).

    `failed_rules`: ids of the failed checks, with the column if there is one. `files`: hashes of
    the files checked. `held_months`: what is held of an accepted edition; a check that only holds
    months is not in `reasons` and `failed_rules`.
    """

    feed: str
    edition: str
    fingerprint: str
    verdict: Literal["accepted", "held"]
    passed: int
    warned: int
    failed: int
    skipped: int
    run_id: str
    judged_at: datetime
    reasons: list[str]
    failed_rules: list[str] = []
    files: list[str] = []
    held_months: list[HeldMonth] = []


def fingerprint(files: list[SourceFile], check_version: str, statuses: Iterable[str] = ()) -> str:
    """Return the fingerprint of a verdict's inputs: files, their dates, and the rules of the feed.

    `files`: from `edition_files`. `check_version`: of the check rules. `statuses`: of the earlier
    editions with which it is compared.
    """
    parts = [check_version, *statuses]
    for file in sorted(files, key=FileKey.of):
        parts += [file.feed, file.sha256, str(file.published_on), file.edition_basis]
        parts += [*map(str, file.sighting), version_of(file.feed)]
    return hashlib.sha256("\n".join(parts).encode()).hexdigest()[:16]


def edition_files(files: list[SourceFile], feed: str, edition: str) -> list[SourceFile]:
    """Return the files with which an edition is checked: its own, its reference feeds' of the same
    month, and the patient lists for its months; not those of earlier editions of its feed."""
    contract = contracts()[feed]
    rule = contract.completeness
    wanted = {feed, rule.expected_feed, rule.reconcile_feed, rule.compared_feed}
    same = [file for file in files if file.feed in wanted and file.edition == edition]
    lists = [file for file in files if file.feed == rule.population_feed]
    if not lists:
        return same
    held = {file.edition for file in lists}
    months = {month for file in same if file.feed == feed for month in file.months} | {edition}
    needed = {nearest_list(held, month) for month in months}
    if contract.local_return:
        needed |= lists_until(held, edition)
    return same + [file for file in lists if file.edition in needed]


def nearest_list(held: Collection[str], month: str) -> str | None:
    """Return the edition of the patient list to use for a month: its own, else the latest of the
    year before, else the earliest of the three months after.

    Lists further away are not used, because practices merge and lists grow.
    """
    first = month_text(add_months(parse_month(month), -LIST_MONTHS_BEFORE))
    last = month_text(add_months(parse_month(month), LIST_MONTHS_AFTER))
    before = [edition for edition in held if first <= edition <= month]
    after = [edition for edition in held if month < edition <= last]
    return max(before, default=None) or min(after, default=None)


def lists_until(held: Collection[str], edition: str) -> set[str]:
    """Return the lists with which an edition's practices are checked: all up to three months after
    it, so that a practice that has closed or just opened is known; else the first one after it.

    Later lists are left out, because each would trigger new checks of all old editions.
    """
    last = month_text(add_months(parse_month(edition), LIST_MONTHS_AFTER))
    return {one for one in held if one <= last} or {min(held)}


def state_key(feed: str, edition: str) -> str:
    """Return the key under which an edition's state is kept."""
    return f"lake/editions/{feed}/{edition}.json"


def read_state(home: Home, feed: str, edition: str) -> EditionState | None:
    """Read an edition's state; None if it was never checked."""
    try:
        return EditionState.model_validate_json(home.store.read(state_key(feed, edition)))
    except (FileNotFoundError, ValueError):
        return None  # an unreadable state is recomputed


def record(
    home: Home,
    feed: str,
    edition: str,
    fingerprint: str,
    results: list[CheckResult],
    run_id: str,
    files: Iterable[str] = (),
    held_months: Sequence[HeldMonth] = (),
) -> EditionState:
    """Keep the results permanently, then write and return the edition's state.

    `files`: hashes of the files checked. `held_months`: what check `NEW_MONTHS` holds.
    """
    append(home, results, f"{feed}-{edition}")
    tally = Counter(result.verdict for result in results)
    failed = [
        result
        for result in results
        if result.verdict == "fail" and not (held_months and result.rule == NEW_MONTHS)
    ]
    state = EditionState(
        feed=feed,
        edition=edition,
        fingerprint=fingerprint,
        verdict="held" if failed else "accepted",
        passed=tally["pass"],
        warned=tally["warn"],
        failed=tally["fail"],
        skipped=tally["skipped"],
        run_id=run_id,
        judged_at=datetime.now(UTC).replace(microsecond=0),
        reasons=[reason_of(result) for result in failed],
        failed_rules=sorted({_broken(result) for result in failed}),
        files=sorted(files),
        held_months=list(held_months),
    )
    home.store.replace(state_key(feed, edition), state.model_dump_json(indent=1) + "\n")
    return state


def _broken(result: CheckResult) -> str:
    return f"{result.rule} ({result.column_name})" if result.column_name else result.rule


def reason_of(result: CheckResult) -> str:
    """Return in a line what a check found, what it expected, and what to do."""
    column = f" ({result.column_name})" if result.column_name else ""
    tail = f"; {result.message}" if result.message else ""
    return f"{result.title}{column}: found {result.observed}, expected {result.expected}{tail}"


def append(home: Home, results: list[CheckResult], label: str) -> None:
    """Add verdicts to the history as a new file."""
    if not results:
        return
    stamp = datetime.now(UTC).strftime("%Y%m%dT%H%M%S%f")
    frame = pl.DataFrame([result.model_dump() for result in results], schema=RESULT_SCHEMA)
    with home.store.writing(f"{VERDICTS}/{stamp}-{label}.parquet") as path:
        frame.write_parquet(path)


def verdicts(home: Home, feed: str = "", edition: str = "") -> list[str]:
    """Return the keys of all recorded verdicts (of an edition), oldest first."""
    return home.store.list_keys(VERDICTS, f"-{feed}-{edition}.parquet" if feed else ".parquet")


def read_latest(home: Home, feed: str, edition: str) -> list[CheckResult]:
    """Read the verdicts of an edition's latest checks; none if it was never checked."""
    keys = verdicts(home, feed, edition)
    if not keys:
        return []
    last = pl.read_parquet(home.store.local_copy(keys[-1]))
    return [CheckResult.model_validate(row) for row in last.to_dicts()]


def read_history(home: Home) -> pl.DataFrame:
    """Read every verdict ever recorded, oldest first: the columns of `CheckResult`."""
    keys = verdicts(home)
    if not keys:
        return pl.DataFrame(schema=RESULT_SCHEMA)
    empty = pl.DataFrame(schema=RESULT_SCHEMA)
    found = [pl.read_parquet(home.store.local_copy(key)) for key in keys]
    return pl.concat([empty, *found], how="diagonal")
