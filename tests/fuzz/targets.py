"""What damaged inputs are fed to: the import of a file with what follows it, and the reading of a
publisher's page. Each input is read, or refused with a reason and what to do; nothing is written
outside the folder of the fuzzer, and nothing is started or asked for. Not here: the inputs."""

from __future__ import annotations

import os
import shutil
import sys
from collections.abc import Callable
from contextlib import suppress
from pathlib import Path
from typing import Any

from tests.warehouse.fetch.support_find import DISPENSING, GPAD, WIDE, look
from warehouse.base.home import Home
from warehouse.fetch.candidates import NothingToDownload
from warehouse.intake.importer import Request, import_paths
from warehouse.transform.tidy import UNREADABLE, tidy

FILES = 300  # imported into one home: reading its records takes time that grows with them
NAMES = {
    "csv": ("export.csv", "Practice_Level_Crosstab_Nov_25.csv", "a.txt"),
    "xlsx": ("return-2025-11.xlsx", "report.xlsm"),
    "zip": ("Practice_Level_Crosstab_Nov_25.zip", "a.zip"),
    "gz": ("export.csv.gz",),
}
PAGES = {
    "html": (
        ("gp_appointments_practice", "2025-11", f"{GPAD}/november-2025"),
        ("pharmacy_first", "2024-01", WIDE),
    ),
    "json": (("pharmacy_first", "2025-11", DISPENSING),),
}
STARTED = ("subprocess.Popen", "os.system", "os.exec", "os.posix_spawn", "socket.connect")


class Outside(BaseException):
    """Something was written outside the folder, started or asked for. No handler of errors of the
    product may take it for one of a file."""


def watch(folder: Path) -> None:
    """From now on raise `Outside` when Python writes outside the folder, starts a program or opens
    a connection. Native libraries are not seen: what they write, `Target` looks for."""
    allowed = (f"{folder}{os.sep}", os.devnull)

    def audit(event: str, arguments: tuple[Any, ...]) -> None:
        if event in STARTED:
            raise Outside(f"{event} {arguments}")
        if event == "open" and isinstance(arguments[0], str | bytes):
            path, mode, flags = arguments
            writes = flags & (os.O_WRONLY | os.O_RDWR | os.O_CREAT) if flags else mode != "r"
            if writes and not os.path.abspath(os.fsdecode(path)).startswith(allowed):
                raise Outside(f"written: {path!r}")

    sys.addaudithook(audit)


class Target:
    """Import of one file after the other, in `folder`, and what a refresh does with it first."""

    def __init__(self, kind: str, folder: Path) -> None:
        self.kind, self.folder, self.count = kind, folder, 0
        self.read = self.refused = 0
        self._begin()

    def _begin(self) -> None:
        shutil.rmtree(self.folder, ignore_errors=True)
        self.folder.mkdir(parents=True)
        self.home = Home(self.folder / "home")
        self.beside = {"home", "in"}

    def __call__(self, content: bytes) -> None:
        """Import the content. AssertionError if it is neither read nor refused in words."""
        self.count += 1
        if self.count % FILES == 0:
            self._begin()
        names = NAMES[self.kind]
        path = self.folder / "in" / names[len(content) % len(names)]
        path.parent.mkdir(exist_ok=True)
        path.write_bytes(content)
        outcomes = list(import_paths(self.home, [path], Request()))
        assert outcomes, "no verdict"
        for one in outcomes:
            assert one.message and (one.verdict != "refused" or one.remedy), one
            self.refused += one.verdict == "refused"
            if one.file and one.verdict == "imported":
                self.read += 1
                with suppress(*UNREADABLE):  # its edition is held, and says why
                    tidy(self.home, one.file)
        path.unlink()
        assert {one.name for one in self.folder.iterdir()} <= self.beside, "written beside the home"


def page_target(kind: str) -> Callable[[bytes], None]:
    """The reading of a publisher's answer."""

    def read(content: bytes) -> None:
        for feed, edition, url in PAGES[kind]:
            try:
                found = bool(look(feed, edition, {url: content or b" "}).links)
            except NothingToDownload as told:
                found = bool(told.reason and told.remedy)
            assert found, "neither files nor words"

    return read


def target(kind: str, folder: Path) -> Callable[[bytes], None]:
    """What inputs of a kind are fed to."""
    return page_target(kind) if kind in PAGES else Target(kind, folder)
