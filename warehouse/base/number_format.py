"""Numbers as people read them: `-9.7%`, `+0.2 pp`, `274,903`."""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from typing import Any

DAILY_RATE = "rate_per_1000_per_working_day"  # what a chart shows of a rate; no KPI has this unit


def signed_percent(ratio: float, digits: int = 1) -> str:
    """A relative change: 0.16 is `+16.0%`; one that rounds to nothing has no sign: `0.0%`."""
    return _signed(100 * ratio, digits) + "%"


def signed_points(change: float, digits: int = 1) -> str:
    """A change of a share: 0.002 is `+0.2 pp`; one that rounds to nothing is `0.0 pp`."""
    return _signed(100 * change, digits) + " pp"


def _signed(number: float, digits: int) -> str:
    text = f"{number:+,.{digits}f}"
    return text if any(digit in "123456789" for digit in text) else text[1:]


def points_text(size: float) -> str:
    """A size of a share in percentage points, as it is: 0.005 is `0.5 pp`."""
    return f"{100 * size:,g} pp"


def say_change(unit: str, change: float | None, ratio: float | None, digits: int = 1) -> str:
    """A change: of shares in percentage points, of other values in per cent; `-` if unknown."""
    if change is None:
        return "-"
    if unit == "share":
        return signed_points(change, digits)
    return "-" if ratio is None else signed_percent(ratio, digits)


def size_of_change(unit: str, change: float, ratio: float | None, digits: int = 1) -> str:
    """A change without its sign, for a sentence: `0.4 percentage points` of a share, `2.6%`."""
    if unit == "share":
        return f"{abs(100 * change):,.{digits}f} percentage points"
    return percent(abs(ratio or 0.0), digits)


def rounds_to_nothing(unit: str, change: float, ratio: float | None, digits: int = 1) -> bool:
    """Whether a change would be written as one of nought."""
    size = change if unit == "share" else ratio or 0.0
    return not any(digit in "123456789" for digit in f"{100 * size:.{digits}f}")


def revision_texts(row: Mapping[str, Any]) -> tuple[str, str, str]:
    """A value before and after a revision, and the change: of shares with as many decimals as make
    the change that of the two values as they are written. `row`: `unit, old_value, new_value,
    change, ratio`."""
    unit, values = row["unit"], (row["old_value"], row["new_value"])
    for digits in (2, 3, 4):
        old, new = (value_text(value, unit, digits) for value in values)
        rounded = [round(100 * value, digits) for value in (*values, row["change"])]
        if unit != "share" or round(rounded[1] - rounded[0], digits) == rounded[2]:
            break
    if unit != "share":
        digits = 2
    return old, new, say_change(unit, row["change"], row["ratio"], digits)


def is_rate(unit: str) -> bool:
    """Whether a unit is one number per another."""
    return "_per_" in unit


def say_per_day(value: float, unit: str) -> str:
    """A value of a KPI in `unit` per working day: of a count `11,694`, below a hundred with one
    decimal; of a rate `25.74`."""
    if is_rate(unit):
        return value_text(value, DAILY_RATE)
    return f"{value:,.0f}" if abs(value) >= 100 else f"{value:,.1f}"


def value_text(value: float, unit: str, digits: int = 1) -> str:
    """A value as people read it: counts and FTE as `say_number`, shares in per cent, rates with one
    decimal, per working day with two."""
    if unit == "share":
        return percent(value, digits)
    if unit == "pounds":
        return pounds(value)
    if unit == DAILY_RATE:
        return f"{value:,.2f}"
    return f"{value:,.1f}" if is_rate(unit) else say_number(value)


def pounds(value: float) -> str:
    """An amount of money: `£7,000,000`, `£1,234.50`, `-£12`."""
    return f"{'-' if value < 0 else ''}£{abs(value):,.2f}".removesuffix(".00")


def percent(ratio: float, digits: int = 1) -> str:
    """A share or limit: 0.732 is `73.2%`."""
    return f"{ratio:,.{digits}%}"


def size_sql(column: str) -> str:
    """SQL: the size of a change in `column` as text, by column `unit`: `0.20 pp` for shares,
    `1.50%` for all else."""
    size = f"100 * {column}"
    return f"format(CASE unit WHEN 'share' THEN '{{:.2f}} pp' ELSE '{{:.2f}}%' END, {size})"


def amount(value: float | None) -> str:
    """A count or FTE: `274,903`, `65.6`; `-` if it is not known."""
    return "-" if value is None else say_number(value)


def signed_amount(value: float | None) -> str:
    """A change of a count or FTE: `+7,351`, `-0.5`, `+0`; `-` if it is not known."""
    return "-" if value is None else f"{'-' if value < 0 else '+'}{say_number(abs(value))}"


def say_number(value: float) -> str:
    """`1,237,002`, `65.6`: with at most two decimals, and no trailing zeros."""
    if value == int(value):
        return f"{value:,.0f}"
    return f"{value:,.2f}".rstrip("0").rstrip(".")


def say_signed(value: float) -> str:
    """As `say_number`, with its sign: `+7,351`; zero has none."""
    return f"{'-' if value < 0 else '+' if value else ''}{say_number(abs(value))}"


def limit(value: float | None) -> str:
    """A limit, to six significant figures: `0.25`, `1,500`; `-` if there is none."""
    return "-" if value is None else f"{value:,.6g}"


def scale_texts(values: Sequence[float], unit: str) -> list[str]:
    """Labels of a scale, alike: with as many decimals as its span needs to tell them apart, and
    none that all end with nought; shares have one at least."""
    times, sign, fewest = (100, "%", 1) if unit == "share" else (1, "", 0)
    span = times * (max(values) - min(values))
    most = max(fewest, 1 - math.floor(math.log10(span))) if span else 2
    exact = [round(times * value, most) for value in values]
    digits = next(n for n in range(fewest, most + 1) if [round(one, n) for one in exact] == exact)
    return [f"{one:,.{digits}f}{sign}" for one in exact]


def excel_format(unit: str) -> str:
    """A number format of Excel for values of a unit: counts whole, shares in per cent, all else
    with one decimal. `change` is a relative one, `points` one in percentage points."""
    if unit == "change":
        return "+0.0%;-0.0%;0.0%"
    if unit == "points":
        return '+0.0" pp";-0.0" pp";0.0" pp"'
    if unit == "share":
        return "0.0%"
    if unit == DAILY_RATE:
        return "#,##0.00"
    return "#,##0" if unit in ("events", "people", "organisations", "minutes") else "#,##0.0"
