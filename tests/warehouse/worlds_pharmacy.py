"""Two more small worlds: pharmacies with the lists they are on, and practices that use the App.

`pharmacy_world`: claims, lists, places, and who takes part.
`app_world`: ICBs over two maps, users who are people, and the local returns of practices.
"""

from datetime import date
from pathlib import Path

from assets.feeds.telephony_installed.testing import build as installed
from tests.support import (
    CPCS_FEES,
    app_csv,
    app_practice,
    long_claims,
    pharmacy_list,
    referrals,
    wide_claims,
    write,
    write_coverage,
    write_list,
)
from tests.warehouse.support_mart import retrieved
from tests.warehouse.worlds import listed
from warehouse.reference.organisations import reference

LEICESTER, LEICESTERSHIRE, BIRMINGHAM = "E06000016", "E10000018", "E08000025"
MINOR = "Pharmacy First Minor Illness Referral Consultations"
URGENT = "Pharmacy First Urgent Medicine Supply Consultations"


def icbs_at(month: date) -> list[str]:
    """Codes of the ICBs of England in a month."""
    rows = reference().filter(org_level="icb").select("org_code", "effective_from", "effective_to")
    return sorted(code for code, first, last in rows.iter_rows() if first <= month <= last)


def claim(
    code: str, month: str, count: object, board: str = "LEICESTER CITY", **others: object
) -> dict[str, object]:
    """A row of the claims of today."""
    row = {"CONTRACTOR_CODE": code, "YEAR_MONTH": month, "VALUE": count, "HWB_NAME": board}
    return {**row, **others}


def on_list(code: str, board: str, kind: str = "Community") -> dict[str, object]:
    """A row of the pharmaceutical list."""
    return {
        "PHARMACY_ODS_CODE_(F-CODE)": code,
        "HEALTH_AND_WELLBEING_BOARD": board,
        "CONTRACT_TYPE": kind,
    }


def _lists(folder: Path) -> list[Path]:
    city, county = "LEICESTER CITY", "Leicestershire"
    june = [on_list(code, city) for code in ("FA001", "FA002", "FA003")]
    june += [on_list("FA009", city, "DAC"), on_list("FC001", "BIRMINGHAM")]
    june += [on_list(code, county, "LPS") for code in ("FB001", "FB002")]
    kept = [row for row in june if row["PHARMACY_ODS_CODE_(F-CODE)"] != "FA003"]
    # FA003 has closed, FA004 opened; of FC002 nobody can tell what it is.
    september = [*kept, on_list("FA004", city), on_list("FC002", "BIRMINGHAM", "Sorcery")]
    return [
        write(folder / "pharmacy-list-202506.csv", pharmacy_list(*june)),
        write(folder / "pharmacy-list-202509.csv", pharmacy_list(*september)),
    ]


def _claims(folder: Path) -> list[Path]:
    county = "LEICESTERSHIRE"
    everywhere = [
        claim(f"FE{n:03}", "2025-05", 2, "Kent", ICB_CODE=code)
        for n, code in enumerate(icbs_at(date(2025, 5, 1)))
    ]
    months = {
        "2025-05": everywhere,
        # FX001 is on no list; FA003 had no consultation, FA002 is not named.
        "2025-07": [
            claim("FA001", "2025-07", 6),
            claim("FA001", "2025-07", 3, CONTENT=MINOR),
            claim("FA001", "2025-07", 1, CONTENT=URGENT),
            claim("FA003", "2025-07", 0),
            claim("FX001", "2025-07", 5),
            claim("FB001", "2025-07", 7, county),
        ],
        # Nothing of Leicestershire.
        "2025-08": [claim("FA001", "2025-08", 8)],
        # A row of FA002 that can't be read.
        "2025-09": [
            claim("FA001", "2025-09", 6),
            claim("FA002", "2025-09", 2),
            claim("FA002", "2025-09", "some", CONTENT=MINOR),
            claim("FB001", "2025-09", 2, county),
        ],
        "2025-10": [
            claim("FA001", "2025-10", 3),
            claim("FA002", "2025-10", 4),
            claim("FA003", "2025-10", 9),
            claim("FB001", "2025-10", 1, county),
        ],
    }
    return [
        write(folder / f"claims-{month}.csv", long_claims(*rows)) for month, rows in months.items()
    ]


def _wide_era(folder: Path) -> list[Path]:
    """Files that name no local authority: a list of December has it, but not of FA002."""
    january, february = "Dispensing Data Jan 24 - CSV.csv", "Dispensing Data Feb 24 - CSV.csv"
    return [
        write(
            folder / "pharmacy-list-202312.csv", pharmacy_list(on_list("FA001", "LEICESTER CITY"))
        ),
        write(folder / january, wide_claims({CPCS_FEES: 11}, {"ContractorCode": "FA002"})),
        write(folder / february, wide_claims({}, {"ContractorCode": "FA002"})),
    ]


def pharmacy_world(folder: Path) -> list[Path]:
    """Files of the world of pharmacies."""
    files = [*_lists(folder), *_claims(folder), *_wide_era(folder)]
    return [retrieved(path, "2026-02-01") for path in files]


OLD_MAP, NEW_MAP = icbs_at(date(2025, 10, 1)), icbs_at(date(2026, 4, 1))


def used(code: str, month: str, logins: object, people: object = 10) -> dict[str, object]:
    """A row of the NHS App's table by ICB."""
    names = {"ICB ODS Code [1,2]": code, "ICB Name [1,2]": f"NHS {code}", "Month": month}
    return {**names, "NHS App logins": logins, "NHS App unique user logins": people}


def returned(code: str, month: str, sent: object, done: object = "") -> dict[str, object]:
    """A row of the local return of referrals."""
    return {
        "Practice code": code,
        "Month": month,
        "Referrals sent": sent,
        "Referrals accepted": "",
        "Referrals completed": done,
    }


def _app(folder: Path) -> list[Path]:
    september = [used(code, "2025-09-01", 90) for code in OLD_MAP if code != "QK1"]
    october = [used(code, "2025-10-01", 100) for code in OLD_MAP]
    unknown = used("Unknown", "2025-10-01", 5, "[x]")
    restated = [used(code, "2025-10-01", 120, 12) for code in NEW_MAP]
    april = [used(code, "2026-04-01", 130, 13) for code in NEW_MAP]
    august = [used(code, "2025-08-01", 80) for code in OLD_MAP]
    return [
        write(folder / "app-oct.csv", app_csv(*september, *october, unknown)),
        # The whole series again on the map of April 2026.
        write(folder / "app-apr.csv", app_csv(*restated, *april, used("Unknown", "2026-04-01", 7))),
        # The row of `Unknown` can't be read.
        write(folder / "app-aug.csv", app_csv(*august, used("Unknown", "2025-08-01", "many"))),
    ]


def _practices(folder: Path) -> list[Path]:
    places = {"C82001": "04C", "C82002": "04C", "C82003": "03W", "C82005": "04V"}
    patients = {"C82001": 1000, "C82002": 500, "C82003": 300, "C82005": 200}
    lists = [
        write_list(
            folder / f"list-{day}.csv",
            *[listed(code, place, day, patients[code]) for code, place in places.items()],
        )
        for day in ("2025-10-01", "2025-11-01", "2025-12-01")
    ]
    counted = [f"Patients registered at {which} practices" for which in ("included", "open")]
    covered = [
        {"SUB_ICB_LOCATION_CODE": place, **dict.fromkeys(counted, included)}
        for place, included in {"04C": 1500, "03W": 300, "04V": 200}.items()
    ]
    user = {"Registered users 13+": 400, "Log-ins": 900}
    return [
        *lists,
        write_coverage(folder / "coverage.csv", *covered),
        # October: nothing of 04V; C82002 not named; C82999 is on no list.
        write(
            folder / "referrals-oct.csv",
            referrals(
                returned("C82001", "2025-10", 10, 8),
                returned("C82003", "2025-10", 0, 0),
                returned("C82999", "2025-10", 4, 4),
            ),
        ),
        # November: a number of C82002 that can't be read, put right by the return of December.
        write(
            folder / "referrals-nov.csv",
            referrals(
                returned("C82001", "2025-11", 7, 6),
                returned("C82002", "2025-11", "lots"),
                returned("C82003", "2025-11", 2, 2),
                returned("C82005", "2025-11", 1),
            ),
        ),
        write(
            folder / "referrals-dec.csv",
            referrals(
                returned("C82002", "2025-11", 5, 5),
                returned("C82001", "2025-12", 6, 6),
                returned("C82002", "2025-12", "lots"),
                returned("C82003", "2025-12", 2, 2),
            ),
        ),
        # In 04C one practice is live, by an old word, and one is planned; 03W's is not named.
        write(
            folder / "installed.csv",
            installed(
                {"Practice code": "C82001", "Cloud telephony live": "installed"},
                {"Practice code": "C82002", "Cloud telephony live": "No", "Go-live date": ""},
                {"Practice code": "C82005", "Go-live date": "04/03/2024"},
            ),
        ),
        write(
            folder / "app-practice.csv",
            app_practice(
                {"Practice code": "C82001", **user},
                {"Practice code": "C82002", "Registered users 13+": 200, "Log-ins": 300},
            ),
        ),
    ]


def app_world(folder: Path) -> list[Path]:
    """Files of the world of the NHS App and the local returns."""
    return [retrieved(path, "2026-06-01") for path in [*_app(folder), *_practices(folder)]]
