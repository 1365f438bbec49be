"""The mistakes that people make in local returns, and what is said of each: to add one, add a
row. Not here: what is understood (`typed_by_hand`)."""

from __future__ import annotations

from dataclasses import dataclass

from warehouse.base.months import WITHOUT_YEAR
from warehouse.contract.entries import NUMBERS, ColumnType
from warehouse.readers.returns import MERGED

# Texts that stand for no value; in a column that needs one they are not taken for zero.
NOTHING = (
    r"(?i)^(n/?a|n\.a\.?|nil return|[-\u2013\u2014]+|\.+|\?+|tbc|unknown"
    r"|not (known|available|applicable))$"
)
MONTHS, YEARS = "months", "financial years"


@dataclass(frozen=True)
class Mistake:
    """A text that people type in place of a value of some `types`, told by its `pattern`.

    `expected`, `remedy`: what is said of it. `spared`: a text in the pattern of a code of which it
    is one; `only`: a text in the patterns of the codes of which it is said; MONTHS and YEARS:
    columns of those.
    """

    types: tuple[ColumnType, ...]
    pattern: str
    expected: str
    remedy: str
    spared: str | None = None
    only: str | None = None


# Type of a column -> the row rule that such a text breaks.
BROKEN: dict[ColumnType, str] = {
    "code": "code_pattern",
    "label": "label_known",
    "month": "month_readable",
    "date": "date_readable",
    "count": "count_whole",
    "decimal": "decimal_exact",
}
# Codes of practices, networks, sub-ICBs and ICBs; no sub-ICB's ends with a K, as thousands do.
CODE = r"[A-Z]\s?\d{5}|\d\d[A-JL-Z]|Q[A-Z][A-Z0-9]"
# Two years that follow each other, from 2000.
PAIRS = "|".join(f"{one:02d}[/-](20)?{one + 1:02d}" for one in range(99))
SWAPPED = "check whether two columns are swapped"
ALL: tuple[ColumnType, ...] = tuple(BROKEN)
MISTAKES = (
    Mistake(
        ALL,
        r"^#(REF|N/A|VALUE|DIV/0|NAME|NULL|NUM)",
        "a value, not a formula's error",
        "correct the formula, or type the value",
    ),
    Mistake(
        NUMBERS,
        f"^{MERGED}",
        "a number of this row alone",
        "unmerge the cells, and type the number of each row",
    ),
    Mistake(
        NUMBERS,
        r"%$",
        "a number, not a percentage",
        "type how many there were; shares are calculated here",
    ),
    Mistake(
        NUMBERS,
        NOTHING,
        "a number",
        "type 0 if there were none; if the number is not known, leave the row out",
    ),
    Mistake(
        NUMBERS,
        r"^(?i:about|approx\.?|circa|c\.|up to|under|over|some)\b|^[<>~≈≤≥]|\+$",
        "the number itself, not an estimate or a limit",
        "type the exact number; small ones are suppressed here",
    ),
    Mistake(
        NUMBERS, f"^(?i:{CODE}|[A-Z]{{2,3}}\\d[A-Z0-9]{{0,3}})$", "a number, not a code", SWAPPED
    ),
    Mistake(
        NUMBERS,
        r"^-?\d[\d,.]*\s*(?i:k|mn?|thousand|million)$",
        "a number without words or units",
        "type the whole number; for 12k, type 12000",
    ),
    Mistake(
        NUMBERS,
        r"^(20\d\d-\d\d(-\d\d)?|\d{1,2}/\d{1,2}/\d{2,4}|\d{1,2}-[A-Za-z]{3}|20\d\d/\d\d)$",
        "a number, not a date",
        "format the column as a number, and " + SWAPPED,
    ),
    Mistake(
        ("count",),
        r"^[£$€]",
        "a count, not an amount of money",
        SWAPPED,
    ),
    Mistake(
        ("decimal",),
        r"^-?[$€]",
        "an amount in pounds",
        "convert it to pounds, and type the number alone",
    ),
    Mistake(
        NUMBERS,
        r"^\(.+\)$",
        "zero or more; a number in brackets is negative",
        "type the number of this period; correct an earlier period in its own row",
    ),
    Mistake(
        NUMBERS,
        r"^\d+(,\d+)+(\.\d+)?$",
        "a number with a comma before each three digits, or without commas",
        "type it without commas",
    ),
    Mistake(
        ("count",),
        r"^-?\d*\.\d*[1-9]\d*$",
        "a whole number",
        "check for an average, a share or a percentage in this column",
    ),
    Mistake(
        NUMBERS,
        r"^£?-?\d[\d,.]*\s*[A-Za-z]",
        "a number without words or units",
        "type the digits alone",
    ),
    Mistake(
        ("month",),
        f"^(?i:{CODE})$",
        "a financial year, not a code",
        f"type it as 2024/25, and {SWAPPED}",
        spared=MONTHS,
    ),
    Mistake(
        ("month",),
        f"^(?i:{CODE})$",
        "a month, not a code",
        f"type it as YYYY-MM, and {SWAPPED}",
        spared=YEARS,
    ),
    Mistake(
        ("month",),
        r"^20\d\d$",
        "two years, as 2024/25, not one",
        "a financial year runs from April to March; type both",
        spared=MONTHS,
    ),
    Mistake(
        ("month",),
        r"^20\d\d-(0[1-9]|1[0-2])$|^[A-Za-z]{3,9}[ -](20)?\d\d$",
        "a financial year, not a month",
        "type it as 2024/25",
        spared=MONTHS,
    ),
    Mistake(
        ("month",),
        r"^(20)?\d\d\s*[/-]\s*(20)?\d\d$",
        "two years that follow each other",
        "type it as 2024/25",
        spared=MONTHS,
    ),
    Mistake(
        ("month",),
        r"^(\d{1,2}[/.-]\d{1,2}[/.-]\d{2,4}|20\d\d-\d\d-\d\d)$",
        "a financial year, not a date",
        "type it as 2024/25",
        spared=MONTHS,
    ),
    Mistake(
        ("month",),
        f"^(20)?({PAIRS})$",
        "a month, not a financial year",
        "give each month a row, and type it as YYYY-MM",
        spared=YEARS,
    ),
    Mistake(
        ("month",),
        r"^20\d\d\s*[/-]\s*\d\d$",
        "a month from 01 to 12, as 2024-12, or, in a column of financial years, 2024/25",
        "type it as YYYY-MM",
        spared=YEARS,
    ),
    Mistake(
        ("month",),
        r"^\d{1,2}/0?1/(20)?\d\d$",
        "the first of a month, the day first",
        "it may be an American date; type the month as YYYY-MM",
        spared=YEARS,
    ),
    Mistake(
        ("month",),
        r"^(\d{1,2}([/.-]\d{1,2}[/.-]|(st|nd|rd|th)? [A-Za-z]+ )\d{2,4}|20\d\d-\d\d-\d\d)$",
        "a month, not a day within it",
        "type it as YYYY-MM",
        spared=YEARS,
    ),
    Mistake(
        ("month",),
        r"(?i)\bq[1-4]\b|quarter",
        "a month, not a quarter",
        "give each month a row, and type it as YYYY-MM",
        spared=YEARS,
    ),
    Mistake(
        ("month",),
        r"(?i)[a-z]{3,9}[ 0-9]*( ?- ?| to | and |/)[a-z]{3,9}",
        "one month, not several",
        "give each month a row, and type it as YYYY-MM",
        spared=YEARS,
    ),
    Mistake(
        ("month",),
        r"^[A-Za-z]{3,9}\.?$",
        "a month with its year",
        "type it as YYYY-MM",
        spared=YEARS,
    ),
    Mistake(
        ("date",),
        r"^\d{1,2}/(1[3-9]|2\d|3[01])/(20)?\d\d$",
        "a date, the day first",
        "it is an American date; type it as YYYY-MM-DD",
    ),
    Mistake(
        ("date",),
        r"^[3-6]\d{4}$",
        "a date, not a spreadsheet's number of a day",
        "format the column as a date, or as text, and type it as YYYY-MM-DD",
    ),
    Mistake(
        ("date",),
        WITHOUT_YEAR,
        "a date with its year",
        "type it as YYYY-MM-DD",
    ),
    Mistake(
        ("date",),
        r"^([A-Za-z]{3,9}[ -]?\d{2,4}|20\d\d-\d\d|20\d\d|\d{1,2}/20\d\d)$",
        "a date with its day",
        "type it as YYYY-MM-DD, or leave it blank if the day is not known",
    ),
    Mistake(
        ("code",),
        r"^U\d{5}$",
        "a practice's code, not a network's",
        "give each practice a row",
        spared="^U",
    ),
    Mistake(
        ("code",),
        r"^\d\d[A-Z]$",
        "an ICB's code, such as QK1, not that of a sub-ICB",
        "type the code of the ICB to which the sub-ICB belongs",
        only="^Q",
    ),
    Mistake(
        ("code",),
        r"^(\d\d[A-Z]|Q[A-Z0-9]{2})$",
        "an organisation's code, not that of a sub-ICB or ICB",
        "give each organisation a row",
        spared="{3",
    ),
    Mistake(
        ("code",),
        r"^[A-Z]\d{5}\W+[A-Z]\d{5}",
        "one code",
        "give each organisation a row",
    ),
    Mistake(
        ("code",),
        r"^(20\d\d-\d\d(-\d\d)?|\d{1,2}/\d{1,2}/\d{2,4}|[A-Z]{3}-\d\d)$",
        "a code, not a date",
        SWAPPED,
    ),
    Mistake(
        ("code",),
        r"^[A-Z][\dO]*O[\dO]*$",
        "a letter, then digits",
        "check for a letter O in place of a zero",
    ),
    Mistake(
        ("code",),
        r"^[\d.,]+$",
        "a code that begins with a letter",
        "check the code, and " + SWAPPED,
    ),
    Mistake(
        ("code",),
        r"[A-Z]{4}",
        "the ODS code, not the name",
        "find the code with access-recovery organisations and a word of the name",
    ),
)
