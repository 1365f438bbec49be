"""Inputs that break the checks on corrections, and that keep them."""

import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from unittest.mock import patch

from tests.checks.support_checks import SUB_ICB, Case, Results, brought, judged
from tests.support import regional
from warehouse.base.home import Home
from warehouse.transform.corrections import CORRECTIONS, corrections

WRONG, RIGHT = "Nottingham", "Leicester"
WRITTEN = f"""
leicester-icb:
  what: Leicester City is given to Nottingham.
  why: A reference file was out of date when the files were made.
  reference: https://example.org/notice
  decided_by: A. Person
  decided_on: 2025-12-01
  first_edition: "2025-09"
  expires: "{{expires}}"
  where: {{{{sub_icb_code: 04C, icb_name: {WRONG}}}}}
  set: {{{{icb_name: {RIGHT}, appointments: 12}}}}
"""


@contextmanager
def correcting(expires: str = "2026-01", feed: str = SUB_ICB) -> Iterator[None]:
    """A feed with a correction, of the editions from 2025-09 until it expires."""
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / feed / CORRECTIONS
        path.parent.mkdir()
        path.write_text(WRITTEN.format(expires=expires), encoding="utf-8")
        with patch("warehouse.transform.corrections.FEEDS_FOLDER", Path(folder)):
            corrections.cache_clear()
            try:
                yield
            finally:
                corrections.cache_clear()


def corrected(icb: str, expires: str = "2026-01") -> Case:
    """The verdicts on an edition that is corrected, or was."""

    def case(home: Home) -> Results:
        with correcting(expires):
            brought(home, regional({"ICB_NAME": icb}))
            return judged(home, SUB_ICB).results

    return case


CASES: dict[str, tuple[Case, str, Case]] = {
    "corrections_found": (corrected(RIGHT), "fail", corrected(WRONG)),
    "corrections_expired": (corrected(WRONG, "2025-10"), "warn", corrected(RIGHT, "2025-10")),
}
