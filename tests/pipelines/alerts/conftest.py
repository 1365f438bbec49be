"""Fixtures of the alerts: an inbox, a disk with space, and a home without recipients."""

import shutil
from collections.abc import Iterator

import pytest

from tests.pipelines.alerts.support_alerts import Inbox, inbox


@pytest.fixture
def box() -> Iterator[Inbox]:
    with inbox() as made:
        yield made


@pytest.fixture(autouse=True)
def room(monkeypatch: pytest.MonkeyPatch) -> None:
    """The disk of whoever runs the tests is not what is tested."""
    monkeypatch.setattr(shutil, "disk_usage", lambda _: shutil._ntuple_diskusage(100e9, 0, 100e9))  # type: ignore[attr-defined]
    for name in ("ACCESS_RECOVERY_ALERTS", "ACCESS_RECOVERY_ALERTS_FILE"):
        monkeypatch.delenv(name, raising=False)
