"""What people get wrong in the return of funding."""

from tests.assets.mistakes import Mistakes, of_practices

YEAR, CODE, BOARD, SCHEME, AMOUNT = (
    "Financial year",
    "Organisation code",
    "ICB code",
    "Scheme",
    "Amount",
)
# A code that begins with U is of a network, which another feed reads from the same file.
OF_PRACTICES = [one for one in of_practices(CODE) if one[0][CODE] not in ("U12345",)]

MISTAKES = Mistakes(
    own=(CODE, lambda number: f"C8{number:04d}"),
    rows=(
        *(({YEAR: year}, None) for year in ("2024-25", "24/25", "2024/2025", "2024-2025")),
        ({YEAR: "FY24/25"}, None),
        ({YEAR: " 2023/24 "}, None),
        ({YEAR: "2024"}, "two years, as 2024/25, not one"),
        ({YEAR: "2024/26"}, "two years that follow each other"),
        ({YEAR: "2024-13"}, "two years that follow each other; type it as 2024/25"),
        ({YEAR: "04C"}, "a financial year, not a code; type it as 2024/25"),
        ({YEAR: "2025-03"}, "a financial year, not a month"),
        ({YEAR: "31/03/2025"}, "a financial year, not a date"),
        ({YEAR: "last year"}, "Financial year: found `last year`, expected a financial year"),
        ({YEAR: ""}, "Financial year: found nothing"),
        ({YEAR: "2009/10"}, "Financial year: found `2009/10`"),
        *OF_PRACTICES,
        ({BOARD: "qk1"}, None),
        ({BOARD: "Leicester ICB"}, "ICB code: found `Leicester ICB`, expected the ODS code"),
        ({BOARD: "04c"}, "an ICB's code, such as QK1, not that of a sub-ICB"),
        ({BOARD: ""}, "ICB code: found nothing"),
        ({SCHEME: "transition funding"}, None),
        ({SCHEME: "Cloud telephony"}, None),
        ({SCHEME: "Winter money"}, "Scheme: found `Winter money`, expected one of Capacity"),
        ({SCHEME: ""}, "Scheme: found nothing"),
        ({AMOUNT: "£13,500.50"}, None),
        ({AMOUNT: "£ 1,234"}, None),
        ({AMOUNT: "12500"}, None),
        ({AMOUNT: "$500"}, "an amount in pounds; convert it"),
        ({AMOUNT: "£1.2m"}, "a number without words or units; type the whole number"),
        ({AMOUNT: "12k"}, "for 12k, type 12000"),
        ({AMOUNT: "500 pounds"}, "type the digits alone"),
        ({AMOUNT: "about £500"}, "not an estimate or a limit"),
        ({AMOUNT: "(500)"}, "a number in brackets is negative"),
        ({AMOUNT: "-£500"}, "Amount: found `-£500`, expected zero or more"),
        ({AMOUNT: "1.234,50"}, "Amount: found `1.234,50`"),
        ({AMOUNT: "12,34"}, "a comma before each three digits"),
        ({AMOUNT: "5%"}, "a number, not a percentage"),
        ({AMOUNT: "n/a"}, "type 0 if there were none"),
        ({AMOUNT: "2024/25"}, "a number, not a date"),
        ({AMOUNT: ""}, "Amount: found nothing"),
    ),
    editions=(
        (({}, {}), "keys_unique", "rows 2 and 3 have the same"),
        (({}, {CODE: "C82002", SCHEME: "CAIP"}), "funding_payee", "row 3: C82002, Capacity"),
    ),
)
