"""Two small worlds of hand-made publications, whose every figure can be worked out by hand.

`llr_world`: organisations (parts, revisions by edition, lost rows, borders, mergers).
`years_world`: time (30 months of one sub-ICB with a hole, and two months of 2021).
"""

from collections.abc import Mapping
from datetime import date
from pathlib import Path

from tests.support import (
    LIST,
    write_coverage,
    write_crosstab,
    write_list,
    write_list_map,
    write_regional,
)
from tests.warehouse.support_mart import retrieved
from warehouse.base.months import add_months
from warehouse.reference.organisations import members_at

SHROPSHIRE = {
    "ICB_ONS_CODE": "E54000011",
    "ICB_NAME": "Shropshire STP",
    "REGION_ONS_CODE": "E40000008",
}
ENGLAND_2025 = members_at("england", "E92000001", date(2025, 6, 1))


def stamp(month: date) -> str:
    """`OCT2025`."""
    return f"{month:%b%Y}".upper()


def area(code: str, month: str, count: object, **others: object) -> dict[str, object]:
    """A row of the sub-ICB file."""
    return {
        "SUB_ICB_LOCATION_CODE": code,
        "APPOINTMENT_MONTH": month,
        "COUNT_OF_APPOINTMENTS": count,
        **others,
    }


def practice(
    code: str, sub_icb: str, pcn: str, count: object, month: str = "01OCT2025", **others: object
) -> dict[str, object]:
    """A row of the practice-level crosstab."""
    return {
        "GP_CODE": code,
        "SUB_ICB_LOCATION_CODE": sub_icb,
        "PCN_CODE": pcn,
        "COUNT_OF_APPOINTMENTS": count,
        "APPOINTMENT_MONTH_START_DATE": month,
        **others,
    }


def covered(
    code: str, month: str, practices: int, patients: int = 1000, still_open: int | None = None
) -> dict[str, object]:
    """A row of the coverage file."""
    return {
        "SUB_ICB_LOCATION_CODE": code,
        "Appointment_Month": month,
        "Included Practices": practices,
        "Open Practices": practices,
        "Patients registered at included practices": patients,
        "Patients registered at open practices": still_open or patients,
    }


def listed(code: str, sub_icb: str, day: str, patients: object) -> dict[str, object]:
    """A row of the patient list."""
    return {
        "CODE": code,
        "SUB_ICB_LOCATION_CODE": sub_icb,
        "EXTRACT_DATE": day,
        "NUMBER_OF_PATIENTS": patients,
    }


def _areas(folder: Path) -> list[Path]:
    merged = [area("M2L0M", month, 90, **SHROPSHIRE) for month in ("JAN2021", "AUG2021")]
    return [
        # One edition in two parts: LLR (without 04V in September), and Cambridgeshire.
        write_regional(
            folder / "llr-oct.csv",
            area("04C", "SEP2025", 8),
            area("03W", "SEP2025", 9),
            area("04C", "OCT2025", 10),
            area("03W", "OCT2025", 20),
            area("04V", "OCT2025", 30),
        ),
        write_regional(folder / "cambridge-oct.csv", area("06H", "OCT2025", 100)),
        # The next edition: 04C revised, 03W absent, 04V with a row that can't be read.
        write_regional(
            folder / "llr-nov.csv",
            area("04C", "OCT2025", 12),
            area("04V", "OCT2025", 5),
            area("04V", "OCT2025", "x", APPT_STATUS="DNA"),
            area("04C", "NOV2025", 14),
        ),
        write_regional(folder / "england-jun.csv", *[area(c, "JUN2025", 2) for c in ENGLAND_2025]),
        write_regional(folder / "cambridge-may.csv", area("06H", "MAY2026", 110)),
        # Shropshire before and after its two CCGs became one.
        write_regional(
            folder / "shropshire-mar.csv",
            area("05N", "JAN2021", 50, **SHROPSHIRE),
            area("05X", "JAN2021", 40, **SHROPSHIRE),
            area("05N", "MAR2021", 51, **SHROPSHIRE),
            ccg_era=True,
        ),
        write_regional(folder / "shropshire-aug.csv", *merged, ccg_era=True),
    ]


def _practices(folder: Path) -> list[Path]:
    unmapped = {"NATIONAL_CATEGORY": "Unmapped"}
    july, august = {"month": "01JUL2025"}, {"month": "01AUG2025"}
    return [
        write_crosstab(
            folder / "practice-oct.csv",
            practice("C82001", "04C", "U11111", 10),
            practice("C82002", "04C", "U", 5, **unmapped),
            practice("C82003", "03W", "U11111", 7, NATIONAL_CATEGORY="Inconsistent Mapping"),
            practice("C82004", "03W", "U22222", 4),
            practice("C82006", "03W", "U44444", 3),
            practice("C82005", "04V", "U33333", 6),
            practice("C82007", "04V", "U44444", 2),
        ),
        # July in two editions: C82009 was withdrawn by the second, which coverage confirms.
        write_crosstab(
            folder / "practice-jul.csv",
            practice("C82001", "04C", "U11111", 10, **july),
            practice("C82002", "04C", "U", 5, **july, **unmapped),
            practice("C82009", "04C", "U11111", 85, **july, **unmapped),
        ),
        write_crosstab(
            folder / "practice-aug.csv",
            practice("C82001", "04C", "U11111", 15, **july),
            practice("C82002", "04C", "U", 5, **july, **unmapped),
            practice("C82001", "04C", "U11111", 11, **august),
        ),
        # May: one practice lost a row in the second edition, so its last good figure stays.
        write_crosstab(
            folder / "practice-may.csv",
            practice("C82001", "04C", "U11111", 20, month="01MAY2025"),
            practice("C82002", "04C", "U", 30, month="01MAY2025", **unmapped),
        ),
        write_crosstab(
            folder / "practice-jun.csv",
            practice("C82001", "04C", "U11111", 21, month="01MAY2025"),
            practice("C82002", "04C", "U", 2, month="01MAY2025", APPT_STATUS="DNA"),
            practice("C82002", "04C", "U", "many", month="01MAY2025", **unmapped),
            practice("C82001", "04C", "U11111", 22, month="01JUN2025"),
        ),
    ]


def _denominators(folder: Path) -> list[Path]:
    lists: Mapping[str, list[dict[str, object]]] = {
        "oct": [
            listed("C82001", "04C", "2025-10-01", 1000),
            listed("C82002", "04C", "2025-10-01", 500),
            listed("C82003", "03W", "2025-10-01", 400),
            listed("C82004", "03W", "2025-10-01", 300),
            listed("C82006", "03W", "2025-10-01", 200),
            listed("D81001", "06H", "2025-10-01", 7000),
        ],
        "sep": [
            listed("C82001", "04C", "2025-09-01", 990),
            listed("C82002", "04C", "2025-09-01", "lots"),
            listed("C82003", "03W", "2025-09-01", 410),
            listed("C82004", "03W", "2025-09-01", 310),
            dict.fromkeys(LIST, "") | {"PUBLICATION": "Source: a footnote, which counts nobody"},
        ],
        "jul26": [listed("D81001", "06H", "2026-07-01", 7100)],
    }
    shire = {"SUB_ICB_LOCATION_CODE": "06H", "ICB_CODE": "S1Y5D", "ONS_ICB_CODE": "E54000065"}
    east = {"COMM_REGION_CODE": "Y61", "ONS_COMM_REGION_CODE": "E40000013"}
    return [
        *[write_list(folder / f"list-{name}.csv", *rows) for name, rows in lists.items()],
        write_list(
            folder / "list-2021.csv",
            listed("C82001", "04C", "01JAN2021", 900),
            listed("C82003", "03W", "01JAN2021", 390),
            listed("C82005", "04V", "01JAN2021", 600),
            listed("M82001", "05A", "01JAN2021", 800),
            ccg_era=True,
        ),
        write_list_map(
            folder / "map.csv",
            {
                "PRACTICE_CODE": "D81001",
                "PCN_CODE": "U88254",
                "EXTRACT_DATE": "01Jul2026",
                "ONS_SUB_ICB_LOCATION_CODE": "E38000260",
                **shire,
                **east,
            },
        ),
        write_coverage(
            folder / "coverage-oct.csv",
            covered("04C", "01OCT2025", 2, 1500, 1600),
            covered("03W", "01OCT2025", 3, 900),
            covered("04V", "01OCT2025", 3, 3000),
        ),
        write_coverage(folder / "coverage-jul.csv", covered("04C", "01JUL2025", 3)),
        write_coverage(
            folder / "coverage-aug.csv",
            covered("04C", "01JUL2025", 2),
            covered("04C", "01AUG2025", 2),
        ),
        write_coverage(
            folder / "coverage-jun.csv",
            covered("04C", "01MAY2025", 2),
            *[covered(code, "01JUN2025", 1) for code in ENGLAND_2025],
        ),
    ]


def llr_world(folder: Path) -> list[Path]:
    """Files of the world of organisations."""
    files = [*_areas(folder), *_practices(folder), *_denominators(folder)]
    return [retrieved(path, "2026-08-01") for path in files]


YEARS_END = date(2025, 11, 1)
HOLE = date(2024, 8, 1)
SPAN = [m for n in range(29, -1, -1) if (m := add_months(YEARS_END, -n)) != HOLE]


def volume(month: date) -> int:
    """Appointments of 04C in a month of the world of time."""
    return 1000 + 10 * ((month.year - 2023) * 12 + month.month)


def same_day(month: date) -> int:
    """Of them, on the day of booking: a share that differs from month to month."""
    return 100 * (month.month % 5 + 1)


def patients(month: date) -> int:
    """Patients at included practices."""
    return 20_000 + 100 * month.month


def _two_rows(month: date, total: int, early: int) -> list[dict[str, object]]:
    later = {"TIME_BETWEEN_BOOK_AND_APPT": "More than 28 Days", "APPT_MODE": "Telephone"}
    return [
        area("04C", stamp(month), early),
        area("04C", stamp(month), total - early, **later),
    ]


def years_world(folder: Path) -> list[Path]:
    """Files of the world of time."""
    newest = [row for month in SPAN for row in _two_rows(month, volume(month), same_day(month))]
    first_word = add_months(YEARS_END, -1)  # October 2025, as the October edition had it
    files = [
        write_regional(folder / "nov.csv", *newest),
        write_regional(
            folder / "oct.csv",
            *_two_rows(first_word, volume(first_word) + 7, same_day(first_word)),
            *_two_rows(add_months(YEARS_END, -2), 999, 99),
        ),
        write_regional(
            folder / "2021.csv",
            area("04C", "JUL2021", 500),
            area("04C", "AUG2021", 600),
            ccg_era=True,
        ),
        write_coverage(
            folder / "coverage.csv",
            *[covered("04C", f"01{stamp(m)}", 1, patients(m)) for m in [*SPAN, HOLE]],
        ),
        write_list(folder / "l-oct.csv", listed("C82001", "04C", "2025-10-01", 300)),
        write_list(folder / "l-nov.csv", listed("C82001", "04C", "2025-11-01", 310)),
    ]
    return [retrieved(path, "2025-12-20") for path in files]
