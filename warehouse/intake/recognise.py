"""Which feed and edition a spooled file is: from its content first, its name last.

Belongs here: matching headings to contracts, finding months, naming what is missing.
Does not: opening containers (`containers`), keeping files (`warehouse.archive`).
"""

from __future__ import annotations

import csv
import io
import re
from collections import Counter
from dataclasses import dataclass
from datetime import date
from difflib import get_close_matches
from pathlib import Path

from assets.conform import month_spellings, month_text
from assets.contract import Contract, contracts, fold
from warehouse.intake.containers import AGAIN, Content, Refused, shown

HEADING_LINE = 1 << 16
SAMPLE_ROWS = 50
MONTHS = ("jan", "feb", "mar", "apr", "may", "jun", "jul", "aug", "sep", "oct", "nov", "dec")


ONLY_MONTHLY = (
    "Daily or weekly files of the same publication are not this feed; import the monthly one."
)


@dataclass(frozen=True)
class Recognised:
    """What a file turned out to be. `months`: those its content covers, none if it carries none."""

    content: Content
    contract: Contract
    headings: tuple[str, ...]
    rows: int
    months: tuple[date, ...]
    synthetic: bool


def read_headings(path: Path) -> list[str]:
    """The first line of a CSV, as headings. Refuses a file that has none."""
    try:
        with path.open(encoding="utf-8", newline="") as stream:
            start = stream.read(HEADING_LINE)
        headings = next(csv.reader(io.StringIO(start, newline="")), [])
    except (csv.Error, UnicodeDecodeError) as error:
        raise Refused(f"Its first line can't be read as CSV ({error}).", AGAIN) from error
    if not any(heading.strip() for heading in headings):
        raise Refused("Its first line is blank.", "The first line must hold the headings.")
    return [heading.replace("\ufeff", "") for heading in headings]


def match_contract(headings: list[str], feed: str | None = None) -> Contract:
    """The one contract whose required headings are all there.

    `feed` restricts the choice. Raises Refused naming the nearest feed, and what is missing.
    """
    candidates = [c for c in contracts().values() if feed in (None, c.feed)]
    if not candidates:
        raise Refused(
            f"There is no feed `{feed}`.", f"Feeds are: {', '.join(sorted(contracts()))}."
        )
    scored = [(missing_columns(contract, headings), contract) for contract in candidates]
    fitting = [contract for missing, contract in scored if not missing]
    if fitting:
        return max(fitting, key=lambda contract: len(contract.columns))
    missing, nearest = min(scored, key=lambda pair: len(pair[0]) / len(pair[1].columns))
    required = sum(column.required for column in nearest.columns.values())
    if len(missing) * 2 > required:
        found = ", ".join(map(shown, headings[:6])) + (", ..." if len(headings) > 6 else "")
        raise Refused(
            f"Its headings are those of no known feed (found: {found}).",
            "Check that it is one of the publications in `access-recovery status`, "
            "and that the first line holds the headings.",
        )
    raise Refused(
        f"It looks like {nearest.feed}, but {_missing_text(nearest, missing, headings)}.",
        _missing_remedy(nearest, missing, headings),
    )


def _missing_remedy(contract: Contract, missing: list[str], headings: list[str]) -> str:
    finer = [h for h in _spare(contract, headings) if re.search("date|day|week", fold(h))]
    if contract.edition.content in missing and finer:
        return ONLY_MONTHLY
    return (
        "If the publisher renamed a column, add the new heading to "
        f"assets/feeds/{contract.feed}/contract.yaml; otherwise download the file again."
    )


def _spare(contract: Contract, headings: list[str]) -> list[str]:
    return [heading for heading in headings if contract.column_of(heading) is None]


def missing_columns(contract: Contract, headings: list[str]) -> list[str]:
    """Required columns of the contract that no heading stands for."""
    present = {contract.column_of(heading) for heading in headings}
    return [n for n, column in contract.columns.items() if column.required and n not in present]


def _missing_text(contract: Contract, missing: list[str], headings: list[str]) -> str:
    spare = _spare(contract, headings)
    parts = []
    for name in missing:
        wanted = contract.columns[name].published[0]
        near = get_close_matches(wanted.casefold(), [h.casefold() for h in spare], 1, 0.5)
        found = next((h for h in spare if near and h.casefold() == near[0]), None)
        parts.append(f"`{wanted}`" + (f" (found `{shown(found)}` instead?)" if found else ""))
    noun = "column is" if len(parts) == 1 else "columns are"
    return f"the {noun} missing: {', '.join(parts)}"


def recognise(content: Content, today: date, feed: str | None = None) -> Recognised:
    """Say which feed a spooled file is, how many rows it has and which months it covers."""
    headings = read_headings(content.path)
    contract = match_contract(headings, feed)
    _refuse_doubled(contract, headings)
    rows, written = _profile(content.path, headings, contract)
    if rows == 0:
        raise Refused("It has headings but no rows.", AGAIN)
    months = _months(contract, written, today)
    sample = _is_sample(content.path, headings, contract)
    return Recognised(content, contract, tuple(headings), rows, months, sample)


def _refuse_doubled(contract: Contract, headings: list[str]) -> None:
    """Two headings for one column (the same twice, or an old and a new one) leave open which."""
    meant = Counter(contract.column_of(h) or fold(h) for h in headings)
    for heading in headings:
        name = contract.column_of(heading) or fold(heading)
        if name and meant[name] > 1:
            same = [shown(h) for h in headings if (contract.column_of(h) or fold(h)) == name]
            raise Refused(f"A heading stands twice: `{'`, `'.join(same)}`.", AGAIN)


def _profile(
    path: Path, headings: list[str], contract: Contract
) -> tuple[int, dict[str | None, int]]:
    """Number of rows, and how often each text stands in the month column. One streamed scan."""
    import polars as pl

    heading = None
    if contract.edition.content:
        heading = next(h for h in headings if contract.column_of(h) == contract.edition.content)
    scan = pl.scan_csv(path, infer_schema=False, truncate_ragged_lines=True)
    blank = pl.all_horizontal(pl.all().is_null())
    try:
        if heading is None:
            return scan.filter(~blank).select(pl.len()).collect(engine="streaming").item(), {}
        counted = scan.group_by(heading).len().collect(engine="streaming")
        tally: dict[str | None, int] = dict(counted.iter_rows())
        if None in tally:  # blank lines are no rows
            tally[None] -= scan.filter(blank).select(pl.len()).collect(engine="streaming").item()
    except pl.exceptions.PolarsError as error:
        raise _unreadable(error) from error
    return sum(tally.values()), tally


def _unreadable(error: Exception) -> Refused:
    return Refused(f"Its rows can't be read as CSV ({shown(str(error))}).", AGAIN)


def _months(contract: Contract, written: dict[str | None, int], today: date) -> tuple[date, ...]:
    name = contract.edition.content
    if name is None:
        return ()
    spellings = month_spellings(contract.columns[name].formats)
    readable = {spellings[text] for text in written if text in spellings}
    months = sorted(month for month in readable if month <= today)
    if not months:
        example = date(2025, 11, 1).strftime(contract.columns[name].formats[0]).upper()
        found = ", ".join(sorted(shown(text or "nothing") for text in written)[:3])
        future = " that is not in the future" if readable else ""
        raise Refused(
            f"It looks like {contract.feed}, but `{contract.columns[name].published[0]}` holds "
            f"no month{future} (found: {found}; expected like {example}).",
            "Check the file, and this computer's date." if readable else ONLY_MONTHLY,
        )
    return tuple(months)


def _is_sample(path: Path, headings: list[str], contract: Contract) -> bool:
    """Whether any of the first rows carries the mark by which sample data give themselves away."""
    import polars as pl

    mark = contract.synthetic
    if mark is None:
        return False
    heading = next(h for h in headings if contract.column_of(h) == mark.column)
    scan = pl.scan_csv(path, infer_schema=False, truncate_ragged_lines=True)
    first = scan.head(SAMPLE_ROWS).select(pl.col(heading).str.contains(mark.pattern).any())
    try:
        return bool(first.collect().item())
    except pl.exceptions.PolarsError as error:
        raise _unreadable(error) from error


def month_in_name(contract: Contract, *names: str) -> date | None:
    """The month that a file's or its container's name gives, by the contract's patterns."""
    for name in names:
        for pattern in contract.edition.file_name:
            found = re.search(pattern, name, re.IGNORECASE)
            if found:
                year = int(found["year"])
                month = MONTHS.index(found["month"].lower()[:3]) + 1
                return date(year + 2000 if year < 100 else year, month, 1)
    return None


def edition_from_months(recognised: list[Recognised]) -> dict[str, str]:
    """Edition of each feed in one container: the latest month any of its files covers."""
    latest: dict[str, date] = {}
    for one in recognised:
        if one.months:
            feed = one.contract.feed
            latest[feed] = max(latest.get(feed, date.min), one.months[-1])
    return {feed: month_text(month) for feed, month in latest.items()}
