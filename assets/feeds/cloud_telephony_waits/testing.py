"""Hand-made rows of waits in CSV files of cloud based telephony, for tests."""

from __future__ import annotations

from assets.feeds.cloud_telephony.testing import CALLS
from assets.feeds.testing import Row, table

WAIT: dict[str, object] = {**CALLS, "Indicator": "CBT003", "Duration": "1_30", "Value": "270.0"}


def waits_csv(*rows: Row) -> bytes:
    """A file of the CSV era, of waits."""
    return table(WAIT, rows)


build = waits_csv
