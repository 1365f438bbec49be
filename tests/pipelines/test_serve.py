"""Stopping the web server and the daemon, which run side by side."""

import os
import signal
from collections.abc import Iterator
from typing import Any, ClassVar

import pytest

from pipelines import serve as serving
from warehouse.base.home import Home


class Running:
    """A process that runs until Ctrl-C, which is pressed again while it is stopped."""

    started: ClassVar[list["Running"]] = []

    def __init__(self, *_: Any, **__: Any) -> None:
        self.stopped = False
        self.started.append(self)

    def poll(self) -> int | None:
        raise KeyboardInterrupt

    def terminate(self) -> None:
        self.stopped = True

    def wait(self, timeout: float) -> int:
        for number in (signal.SIGINT, signal.SIGTERM):
            os.kill(os.getpid(), number)
        return 0


@pytest.fixture
def signals() -> Iterator[None]:
    """What signals did before."""
    before = {number: signal.getsignal(number) for number in (signal.SIGINT, signal.SIGTERM)}
    yield
    for number, handler in before.items():
        signal.signal(number, handler)


def test_ctrl_c_stops_both_quietly_even_if_pressed_twice(
    home: Home, signals: None, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(Running, "started", [])
    monkeypatch.setattr(serving.subprocess, "Popen", Running)
    said: list[str] = []
    assert serving.serve(home, 3000, said.append) == 0
    assert said == ["Stopped."]
    assert [one.stopped for one in Running.started] == [True, True]


def test_ctrl_c_before_anything_runs_is_quiet_too(
    home: Home, signals: None, monkeypatch: pytest.MonkeyPatch
) -> None:
    def pressed(*_: Any) -> None:
        raise KeyboardInterrupt

    monkeypatch.setattr(serving, "know_editions", pressed)
    said: list[str] = []
    assert (serving.serve(home, 3000, said.append), said) == (0, ["Stopped."])
