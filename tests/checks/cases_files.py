"""An input that breaks each check of files, the verdict then, and an input that keeps it."""

from datetime import UTC, datetime

from tests.checks.support_checks import (
    APP,
    SUB_ICB,
    Case,
    Results,
    after,
    brought,
    judged,
    of_content,
)
from tests.support import app_workbook, regional
from warehouse.archive.source_files import Archive
from warehouse.base.home import Home
from warehouse.intake.origin import Provenance

SEPTEMBER = {"APPOINTMENT_MONTH": "SEP2025"}
NORTH = {"SUB_ICB_LOCATION_CODE": "03W"}
FIVE = [{"HCP_TYPE": kind, "APPT_MODE": mode} for kind, mode in (
    ("GP", "Telephone"), ("GP", "Face-to-Face"), ("GP", "Home Visit"),
    ("Other Practice staff", "Telephone"), ("Other Practice staff", "Home Visit"),
)]  # fmt: skip


def swapped(bytes_now: bytes) -> Case:
    """The verdicts on a sound file whose bytes in the archive were replaced."""

    def case(home: Home) -> Results:
        (file,) = brought(home, regional())
        path = Archive(home).object_path(file.container_sha256)
        path.chmod(0o644)
        path.write_bytes(bytes_now)
        return judged(home, SUB_ICB).results

    return case


def then(*contents: bytes) -> Case:
    """The verdicts on October."""
    return after("2025-10", SUB_ICB, *contents)


def downloaded(september: bytes, october: bytes) -> Case:
    """The verdicts on October, where both months were downloaded."""

    def case(home: Home) -> Results:
        for edition, content in (("2025-09", september), ("2025-10", october)):
            day = datetime(2025, 12, 1, tzinfo=UTC)
            url = f"https://files.digital.nhs.uk/{edition}.csv"
            brought(home, content, origin=Provenance(SUB_ICB, edition, url, url, None, day))
            found = judged(home, SUB_ICB, edition).results
        return found

    return case


ACCENTED = regional({"ICB_NAME": "Caf\N{LATIN SMALL LETTER E WITH ACUTE}"})
TWO_PARTS = regional(SEPTEMBER), regional(SEPTEMBER | NORTH)
SOUND = then(regional(SEPTEMBER), regional({}, NORTH))

CASES = {
    "file_type": (swapped(b"%PDF-1.7"), "fail", SOUND),
    "file_size": (then(regional(SEPTEMBER), regional(*[{}] * 9)), "warn", SOUND),
    "download_whole": (
        downloaded(regional(*[SEPTEMBER | place for place in FIVE]), regional(*FIVE[:2])),
        "fail",
        downloaded(regional(*[SEPTEMBER | place for place in FIVE]), regional(*FIVE[:3])),
    ),
    "reissue_has_everyone": (
        of_content(SUB_ICB, regional({}, NORTH), regional({"COUNT_OF_APPOINTMENTS": 7})),
        "warn",
        of_content(SUB_ICB, regional({}, SEPTEMBER), regional({"COUNT_OF_APPOINTMENTS": 7})),
    ),
    "members_as_before": (then(*TWO_PARTS, regional()), "warn", SOUND),
    "encoding_expected": (
        of_content(SUB_ICB, ACCENTED.decode().encode("cp1252")),
        "warn",
        of_content(SUB_ICB, ACCENTED),
    ),
    "edition_month_there": (
        of_content(SUB_ICB, regional(SEPTEMBER), edition="2025-10"),
        "warn",
        of_content(SUB_ICB, regional(SEPTEMBER, {}), edition="2025-10"),
    ),
    "title_date_plausible": (
        of_content(APP, app_workbook(stated="Publication date: 28 November 2024")),
        "warn",
        of_content(APP, app_workbook(stated="Publication date: November 28th 2025")),
    ),
}
