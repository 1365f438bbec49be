"""What an expectation found unexpected, in words, from its own validation result. Not here: what a
check observed on the whole of an edition (`checks.check_evidence.Evidence`)."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import Any

from checks.check_evidence import SHOWN
from checks.evaluation import Result
from warehouse.base.number_format import amount, limit

ITEM = "item"
ALONE = ("text", "number")  # columns of evidence whose value needs no name beside it


def unexpected_in(results: Sequence[Result]) -> str | None:
    """Describe the first unexpected values of a check's expectations, each with the item that it is
    of (`C82001 2025-10: now 12, before 10`), and how many more there are; None if there are none.
    """
    found = [result.get("result") or {} for result in results]
    count = sum(one.get("unexpected_count") or 0 for one in found)
    told = [_words(row) for one in found for row in one.get("partial_unexpected_index_list") or ()]
    first = list(dict.fromkeys(told))[:SHOWN]
    more = f" and {count - len(first):,} more" if count > len(first) else ""
    return "; ".join(first) + more if count else None


def _words(row: dict[str, Any]) -> str:
    values = ", ".join(_values(row))
    item = row.get(ITEM)
    return values if item is None else f"{item}: {values}"


def _values(row: dict[str, Any]) -> Iterator[str]:
    for column, value in row.items():
        if column == ITEM:
            continue
        shown = _number(value) if isinstance(value, int | float) else _text(value)
        yield shown if column in ALONE else f"{column} {shown}"


def _number(value: float) -> str:
    return (amount if float(value).is_integer() else limit)(value)


def _text(value: Any) -> str:
    return "nothing" if value is None else f"`{value}`"
