"""Where events go: the home's file, a service, nowhere; and how failures are reported."""

import json
import logging
import subprocess
import sys
import threading
from collections.abc import Iterator
from http.server import BaseHTTPRequestHandler, HTTPServer
from pathlib import Path

import pytest

from pipelines.cli.outcomes import show_refresh
from pipelines.cli.screen import Screen
from pipelines.operations.refresh_report import RefreshReport
from tests.support import write
from tests.warehouse.outputs.openlineage.support_events import DAGSTER_RUN, events
from warehouse.base.home import Home
from warehouse.outputs.openlineage import emit, sender
from warehouse.outputs.openlineage.emit import emitting, forget_trouble
from warehouse.outputs.openlineage.keep import PLACE, forget_files
from warehouse.outputs.openlineage.runs import StepOutcome, running

SECRET = "s3cret"


class Service(HTTPServer):
    """A lineage service on this machine that keeps what it is sent."""

    def __init__(self) -> None:
        super().__init__(("127.0.0.1", 0), Receiver)
        self.got: list[tuple[str, str | None, str]] = []
        self.status = 201
        self.slow = threading.Event()
        self.slow.set()

    @property
    def url(self) -> str:
        return f"http://user:{SECRET}@127.0.0.1:{self.server_port}"


class Receiver(BaseHTTPRequestHandler):
    server: Service

    def do_POST(self) -> None:
        body = self.rfile.read(int(self.headers["Content-Length"]))
        self.server.slow.wait(5)
        told = json.loads(body)["eventType"]
        self.server.got.append((self.path, self.headers["Authorization"], told))
        self.send_response(self.server.status)
        self.end_headers()

    def log_message(self, *_: object) -> None:
        """Say nothing."""


@pytest.fixture
def service() -> Iterator[Service]:
    with Service() as server:
        threading.Thread(target=server.serve_forever, args=(0.01,), daemon=True).start()
        yield server
        server.slow.set()
        server.shutdown()


def tell(home: Home, steps: int = 1) -> list[str]:
    """Emit the events of steps that succeed; returns the warnings."""
    warned: list[str] = []
    with emitting(home, warned.append) as lineage:
        for _ in range(steps):
            with running(lineage, "a.step", "A step.", DAGSTER_RUN, "job") as told:
                if told:
                    told.outcome = lambda _: StepOutcome([], [])
    return warned


def kinds(home: Home) -> list[str]:
    return [event["eventType"] for event in events(home)]


def test_without_settings_events_are_added_to_the_file_of_the_home(home: Home) -> None:
    assert tell(home) + tell(home) == []
    assert kinds(home) == ["START", "COMPLETE"] * 2
    assert {event["job"]["namespace"] for event in events(home)} == {"access-recovery"}


def test_the_standard_switch_turns_them_off(home: Home, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("OPENLINEAGE_DISABLED", "True")
    assert tell(home) == [] and events(home) == []


def test_a_service_gets_them_in_order_with_its_key_and_the_file_does_not(
    home: Home, service: Service, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("OPENLINEAGE_URL", service.url.replace(f"user:{SECRET}@", ""))
    monkeypatch.setenv("OPENLINEAGE_API_KEY", SECRET)
    monkeypatch.setenv("OPENLINEAGE_NAMESPACE", "elsewhere")
    assert tell(home, steps=3) == []
    assert [told for _, _, told in service.got] == ["START", "COMPLETE"] * 3
    assert {(path, key) for path, key, _ in service.got} == {
        ("/api/v1/lineage", f"Bearer {SECRET}")
    }
    assert events(home) == []


def test_a_refusing_service_is_reported_once_and_events_are_kept(
    home: Home,
    service: Service,
    monkeypatch: pytest.MonkeyPatch,
    caplog: pytest.LogCaptureFixture,
    capsys: pytest.CaptureFixture[str],
) -> None:
    caplog.set_level(logging.DEBUG)
    monkeypatch.setenv("OPENLINEAGE_URL", service.url)
    monkeypatch.setenv("OPENLINEAGE_API_KEY", SECRET)
    service.status = 403
    [first] = tell(home, steps=2)
    assert f"http://127.0.0.1:{service.server_port} answered with HTTP status 403" in first
    assert str(home.root / PLACE) in first and "OPENLINEAGE_URL" in first
    assert kinds(home) == ["START", "COMPLETE"] * 2
    assert tell(home) == [first] and len(service.got) == 1, "it is not asked again"
    show_refresh(Screen(), home, RefreshReport(nothing_to_do=True, lineage=first))
    assert first in capsys.readouterr().err
    assert SECRET not in first + caplog.text
    forget_trouble(home)
    service.status = 201
    assert tell(home) == [] and len(service.got) == 3, "the next refresh asks again"


def test_a_service_that_does_not_answer_delays_nothing_but_the_end_and_that_shortly(
    home: Home, service: Service, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(sender, "TIMEOUT", 0.2)
    monkeypatch.setenv("OPENLINEAGE_URL", service.url)
    service.slow.clear()
    [warned] = tell(home, steps=2)
    assert "gave no answer within 0.2 seconds" in warned
    assert kinds(home) == ["START", "COMPLETE"] * 2


def test_an_address_without_a_service_delays_no_longer(
    home: Home, service: Service, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(sender, "TIMEOUT", 0.2)
    service.server_close()
    monkeypatch.setenv("OPENLINEAGE_URL", service.url)
    [warned] = tell(home)
    assert SECRET not in warned and kinds(home) == ["START", "COMPLETE"]


def test_the_clients_own_file_of_settings_decides(
    home: Home, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    mine = tmp_path / "mine.jsonl"
    settings = tmp_path / "openlineage.yml"
    settings.write_text(
        f"transport: {{type: file, log_file_path: '{mine.as_posix()}', append: true}}\n",
        encoding="utf-8",
    )
    assert tell(home) == [] and events(home) == []
    assert len(mine.read_text(encoding="utf-8").splitlines()) == 2
    settings.unlink()
    monkeypatch.setenv("OPENLINEAGE_CONFIG", str(settings))
    [warned] = tell(home)
    assert f"OPENLINEAGE_CONFIG is {settings}" in warned
    assert kinds(home) == ["START", "COMPLETE"]


@pytest.mark.parametrize(
    ("name", "value"),
    [
        ("OPENLINEAGE_URL", f"no address {SECRET}"),
        ("OPENLINEAGE__TRANSPORT", f'{{"type": "http", "url": "{SECRET}"'),
        ("OPENLINEAGE__TRANSPORT__TYPE", "no_such_transport"),
    ],
)
def test_invalid_settings_are_reported_without_quoting_them(
    name: str,
    value: str,
    home: Home,
    monkeypatch: pytest.MonkeyPatch,
    caplog: pytest.LogCaptureFixture,
) -> None:
    monkeypatch.setenv(name, value)
    [warned] = tell(home)
    assert "The configuration of OpenLineage" in warned and "openlineage.yml" in warned
    assert SECRET not in warned + caplog.text
    assert kinds(home) == ["START", "COMPLETE"]


def test_a_failure_to_emit_events_stops_no_step(
    home: Home, monkeypatch: pytest.MonkeyPatch
) -> None:
    def fails(*_: object) -> StepOutcome:
        raise ValueError(SECRET)

    warned: list[str] = []
    with (
        emitting(home, warned.append) as lineage,
        running(lineage, "a.step", "A step.", DAGSTER_RUN, "job") as told,
    ):
        assert told
        told.outcome = fails
    assert "could not be used (ValueError)" in warned[0] and SECRET not in warned[0]
    monkeypatch.setattr(emit, "keep", fails)
    forget_trouble(home)
    assert tell(home), "a place that can't be written to"


def test_a_purged_file_is_forgotten_also_in_files_set_aside_and_torn_lines(home: Home) -> None:
    kept, gone = b'{"name": "archive/aaaa/x.csv"}\n', b'{"name": "archive/bbbb/y.csv"}\n'
    folder = home.root / PLACE
    earlier = write(folder / "openlineage.jsonl", gone + kept + b'{"name": "archive/bb')
    aside = write(folder / "openlineage-2025.jsonl", kept + gone)
    stays, goes = write(folder / "1.json", kept), write(folder / "2.json", gone)
    forget_files(home, ["bbbb"])
    assert [path.read_bytes() for path in (earlier, aside, stays)] == [kept] * 3
    assert not goes.exists()


def test_the_client_is_loaded_only_when_there_are_events() -> None:
    code = (
        "import sys, warehouse.outputs.openlineage.runs, pipelines.operations.purge_files;"
        "sys.exit(any(name.startswith('openlineage') for name in sys.modules))"
    )
    project = Path(emit.__file__).parents[2]
    assert subprocess.run([sys.executable, "-c", code], check=False, cwd=project).returncode == 0
