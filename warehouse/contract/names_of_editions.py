"""The months and quarters in names of pages and files, in every form that publishers use. Not here:
where files are published (`warehouse.contract.discovery`)."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from datetime import date
from functools import cache

from warehouse.base.months import add_months

MONTHS = (
    "january", "february", "march", "april", "may", "june", "july", "august", "september",
    "october", "november", "december",
)  # fmt: skip
# The forms in which publishers write a month: Nov_25, Nov25, november-2025; 202511; 11-2025.
_NAMES = "|".join(f"{name[:3]}(?:{name[3:]})?" for name in MONTHS)
# A month begins a word, or a part of one: NCDesMay23.
_BEGINS = "(?:(?<![a-z])|(?-i:(?<=[a-z])(?=[A-Z])))"
_WORD = rf"{_BEGINS}(?:{_NAMES}|sept)[\s_.-]*(?:20)?\d\d(?!\d)"
_NUMBERS = r"(?<!\d)(?:20\d\d[\s_.-]?(?:0[1-9]|1[0-2])|(?:0[1-9]|1[0-2])[\s_.-]?20\d\d)(?!\d)"
_EDITION = rf"(?:{_WORD}|{_NUMBERS})"
# A financial year and its quarter, 202324q3; or the quarter's last month and its number, 202606q1.
_QUARTER = r"20\d\d[\s_/-]?\d\d[\s_-]*q[1-4]"
_AGAIN = r"(?P<again>[\s_-]*(?:v[2-9](?:\.\d)?|re-?issued?|revised|updated?|corrected|final|new))?"
# A financial year, 2023_24 or 202324.
_YEAR = r"20\d\d[\s_/-]?(?:20)?\d\d"
DATED = {
    "{edition}": f"(?P<edition>{_EDITION})",
    "{quarter}": f"(?P<quarter>{_QUARTER})",
    "{financial_year}": f"(?P<financial_year>{_YEAR})(?!\\d)",
}


@cache
def compiled(pattern: str) -> re.Pattern[str]:
    """A contract's pattern as a regular expression, ignoring case, `{edition}` in every form."""
    for placeholder, meaning in (*DATED.items(), ("{again}", _AGAIN)):
        pattern = pattern.replace(placeholder, meaning)
    return re.compile(pattern, re.IGNORECASE)


def edition_of(found: re.Match[str]) -> str | None:
    """The edition (YYYY-MM) that a match of `{edition}`, `{quarter}` or `{financial_year}` names;
    None without one.

    Longer periods are named by their last month: `202324q3` is 2023-12, `2023_24` 2024-03.
    """
    said = found.groupdict()
    if said.get("financial_year"):
        return _quarter_end(f"{said['financial_year'][:4]}{said['financial_year'][-2:]}4")
    if said.get("quarter"):
        return _quarter_end(said["quarter"])
    return _month_of(said["edition"]) if said.get("edition") else None


def is_again(found: re.Match[str]) -> bool:
    """Whether `{again}` matched: the file is a reissue."""
    return bool(found.groupdict().get("again"))


def editions_in(text: str) -> Iterator[str]:
    """Every month (YYYY-MM) in a text, in any form, in order."""
    for found in re.finditer(_EDITION, text, re.IGNORECASE):
        yield _month_of(found[0])


def months_found(patterns: Iterable[str], text: str, ends: int | None = None) -> Iterator[date]:
    """The months in a text by a contract's patterns, in their order.

    Their groups are `year` with `month` (a name or number), `year` alone of a period that `ends` in
    a calendar month, or `financial_year`, perhaps with `quarter`: 2023 and 3 are the quarter that
    ended in December 2023.
    """
    for pattern in patterns:
        for found in re.finditer(pattern, text, re.IGNORECASE):
            month = _month_said(found.groupdict(), ends)
            if month is not None:
                yield month


def _month_said(said: dict[str, str], ends: int | None) -> date | None:
    if "financial_year" in said:
        return add_months(
            date(int(said["financial_year"]), 3, 1), 3 * int(said.get("quarter") or 4)
        )
    year = int(said["year"])
    word = said["month"].casefold() if "month" in said else str(ends or 0)
    number = int(word) if word.isdigit() else _month_number(word)
    if not 1 <= number <= 12:
        return None
    return date(year + 2000 if year < 100 else year, number, 1)


def _month_number(word: str) -> int:
    """`apr`, `april` -> 4, `sept` -> 9; 0 for another word."""
    known = (i for i, name in enumerate(MONTHS, 1) if len(word) >= 3 and name.startswith(word))
    return next(known, 0)


def _month_of(text: str) -> str:
    digits = re.sub(r"\D", "", text)
    word = re.sub(r"[^a-z]", "", text.casefold())[:3]
    if word:
        month = next(n for n, name in enumerate(MONTHS, 1) if name.startswith(word))
        return f"20{digits[-2:]}-{month:02d}"
    year, month_text = (digits[:4], digits[4:]) if digits[:2] == "20" else (digits[2:], digits[:2])
    return f"{year}-{month_text}"


def _quarter_end(text: str) -> str:
    digits = re.sub(r"\D", "", text)
    year, second, quarter = int(digits[:4]), int(digits[4:6]), int(digits[6])
    last = (6, 9, 12, 3)[quarter - 1]
    if second == (year + 1) % 100:  # 202324: a financial year, from April
        return f"{year + 1 if quarter == 4 else year}-{last:02d}"
    return f"{year}-{second:02d}"
