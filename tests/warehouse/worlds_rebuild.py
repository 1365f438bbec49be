"""A world to build again and again: parts, revisions stated and not, copies, held and withdrawn.

Each import is a file with the publication date that the person states with it, if any.
"""

import shutil
from datetime import date
from pathlib import Path

from tests.support import (
    coverage,
    crosstab,
    mapping,
    referrals,
    regional,
    write,
    zipped,
)
from tests.warehouse.support_mart import bring, retrieved
from tests.warehouse.worlds import area, covered, practice
from warehouse.base.home import Home

Import = tuple[Path, date | None]


def rebuild_world(folder: Path) -> list[Import]:
    """Imports of five feeds, most of which bear on one another."""

    def file(name: str, content: bytes, saved: str = "2025-12-20") -> Path:
        return retrieved(write(folder / name, content), saved)

    october = regional(area("04C", "OCT2025", 10), area("03W", "OCT2025", 20))
    named_twice = [
        practice("C82001", "04C", "U11111", 10, GP_NAME="A SURGERY"),
        practice("C82001", "04C", "U11111", 5, GP_NAME="THE SURGERY", HCP_TYPE="Unknown"),
        practice("C82003", "03W", "U11111", "many"),
        practice("C82004", "03W", "U", 4, NATIONAL_CATEGORY="Unmapped"),
    ]
    release = zipped(
        folder / "practices.zip",
        {"Practice_Oct_25.csv": crosstab(*named_twice), "Mapping.csv": mapping()},
    )
    first = file("oct.csv", october, "2025-11-27")
    (folder / "copies").mkdir()
    return [
        (first, None),
        # The same bytes, saved in the same second under another name; and later under a third.
        (_copy(first, folder / "copies" / "an-oct.csv", "2025-11-27"), None),
        (_copy(first, folder / "copies" / "z-oct.csv", "2025-12-24"), date(2025, 11, 26)),
        # Another part, and three re-issues: two are ordered by their dates, one has only its copy.
        (file("oct-part.csv", regional(area("06H", "OCT2025", 100))), None),
        (file("oct-3.csv", regional(area("04C", "OCT2025", 13))), date(2025, 12, 11)),
        (file("oct-2.csv", regional(area("04C", "OCT2025", 12))), date(2025, 12, 4)),
        (file("oct-0.csv", regional(area("03W", "OCT2025", 19)), "2025-12-02"), None),
        # The next edition restates October, and loses a row.
        (
            file(
                "nov.csv",
                regional(
                    area("04C", "OCT2025", 14),
                    area("04V", "OCT2025", "x"),
                    area("04C", "NOV2025", 15),
                ),
            ),
            date(2025, 12, 18),
        ),
        (file("coverage.csv", coverage(covered("04C", "01OCT2025", 1))), None),
        (
            file("coverage-nov.csv", coverage(*[covered("04C", f"01{m}2025", 1) for m in MONTHS])),
            None,
        ),
        (retrieved(release, "2025-11-27"), None),
        # One edition that its checks hold (a key twice), and one that nobody will use.
        (file("referrals.csv", referrals({}, {})), None),
        (file("referrals-nov.csv", referrals({"Month": "2025-11"})), None),
    ]


MONTHS = ("OCT", "NOV")


def _copy(of: Path, to: Path, saved: str) -> Path:
    return retrieved(Path(shutil.copyfile(of, to)), saved)


def bring_all(home: Home, imports: list[Import]) -> None:
    """Import them in this order, each by a command of its own."""
    for path, published_on in imports:
        bring(home, path, published_on=published_on)
