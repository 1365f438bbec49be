"""Returns of a plan's actions, and a figure that is evidence of them."""

from pathlib import Path

from assets.feeds.slaip_actions.testing import build as actions
from tests.support import Row, regional, write
from tests.warehouse.support_mart import retrieved


def returned(folder: Path, name: str, day: str, *rows: Row) -> Path:
    """A return of these actions, saved on a day."""
    return retrieved(write(folder / name, actions(*rows)), day)


def missed(folder: Path) -> Path:
    """Appointments of October 2025 in the three places of an ICB: one in ten was missed."""
    counts = [
        {"APPT_STATUS": "Attended", "COUNT_OF_APPOINTMENTS": 90},
        {"APPT_STATUS": "DNA", "COUNT_OF_APPOINTMENTS": 10},
    ]
    places = [
        {**row, "SUB_ICB_LOCATION_CODE": place, "SUB_ICB_LOCATION_ONS_CODE": ons}
        for row in counts
        for place, ons in (("04C", "E38000097"), ("04V", "E38000201"), ("03W", "E38000051"))
    ]
    return write(folder / "oct.csv", regional(*places))
