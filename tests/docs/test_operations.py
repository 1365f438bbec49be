"""Operations: a backup has all that people wrote, and an upgrade runs as printed."""

import os
import re
import shutil
import subprocess
from fnmatch import fnmatchcase
from pathlib import Path

import pytest

from pipelines.instance.prepare import OWN
from tests.docs.test_guides import DOCS, FENCE, blocks
from tests.support import write_text
from warehouse.base import home as home_module
from warehouse.base.home import BY_PEOPLE, HOME_VARIABLE

PAGE = "operations.md"
CODE, HOME, SERVICE = "/opt/access-recovery", "/var/lib/access-recovery", "access-recovery"
# Programs that need root, a service manager or the network: they say how they were called.
STAND_IN = """#!/bin/sh
echo "$(basename "$0") $*" >> "$CALLS"
"""
RUNUSER = """#!/bin/sh
[ "$1 $3" = "-u --" ] || exit 9
shift 3
exec "$@"
"""


def section(title: str) -> str:
    text = (DOCS / PAGE).read_text(encoding="utf-8")
    return text.partition(f"\n## {title}\n")[2].partition("\n## ")[0]


def shell(title: str) -> list[str]:
    return [block for kind, block in FENCE.findall(section(title)) if kind == "sh"]


def copied(key: str, command: str) -> bool:
    """Whether rsync's rules, of which the first that fits applies, let a file of the home pass."""
    rules = re.findall(r"--(include|exclude)='?([^' ]+)", command)
    assert rules
    for kind, pattern in rules:
        anchored = pattern.removeprefix("/").replace("/***", "/*")
        if fnmatchcase(key, anchored) or pattern == "*":
            return kind == "include"
    return True


def test_every_file_that_people_write_in_a_home_is_backed_up() -> None:
    [backup, _] = shell("Back up, restore, move")
    records, objects = backup.splitlines()
    written = {name for name in vars(home_module).values() if str(name).endswith(".yaml")}
    assert written == set(BY_PEOPLE), "home.BY_PEOPLE is the one list"
    kept = (*BY_PEOPLE, OWN, "archive/records/a.json", "archive/decisions/a.json")
    assert [key for key in kept if not copied(key, records)] == []
    derived = ("archive/objects", "lake/tidy/a.parquet", "mart/access_recovery.duckdb")
    assert [key for key in (*derived, "dagster/history/runs.db") if copied(key, records)] == []
    assert f"{HOME}/archive/objects " in objects
    table = section("Install")
    assert [name for name in BY_PEOPLE if f"`{name}`" not in table] == []


def test_a_restore_overwrites_nothing() -> None:
    [_, restore] = shell("Back up, restore, move")
    copying = [line for line in restore.splitlines() if line.startswith("rsync")]
    assert len(copying) == 1 and "--ignore-existing" in copying[0]


@pytest.fixture
def installed(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A checkout whose origin has a commit more; programs that stand in for the machine's."""
    for name in ("GIT_DIR", "GIT_WORK_TREE"):
        monkeypatch.delenv(name, raising=False)
    for key, value in (("NAME", "A. Person"), ("EMAIL", "a.person@example.org")):
        monkeypatch.setenv(f"GIT_AUTHOR_{key}", value)
        monkeypatch.setenv(f"GIT_COMMITTER_{key}", value)
    origin, code = tmp_path / "origin", tmp_path / "code"
    git(tmp_path, "init", "--quiet", "--initial-branch=main", str(origin))
    git(origin, "commit", "--quiet", "--allow-empty", "--message=before")
    git(tmp_path, "clone", "--quiet", str(origin), str(code))
    git(origin, "commit", "--quiet", "--allow-empty", "--message=after")
    for name in ("systemctl", "make"):
        program(tmp_path / "bin" / name, STAND_IN)
    program(tmp_path / "bin" / "runuser", RUNUSER)
    told = f'echo "home ${HOME_VARIABLE}" >> "$CALLS"\n'
    program(code / ".venv" / "bin" / "access-recovery", STAND_IN + told)
    write_text(code / ".git" / "info" / "exclude", ".venv\n")
    return code


def git(folder: Path, *arguments: str) -> str:
    done = subprocess.run(["git", *arguments], cwd=folder, check=True, capture_output=True)
    return done.stdout.decode().strip()


def program(path: Path, text: str) -> None:
    write_text(path, text)
    path.chmod(0o755)


def run_block(code: Path, block: str) -> list[str]:
    """Run a block as printed, save for its two folders; the calls of programs."""
    calls = code.parent / "calls"
    calls.unlink(missing_ok=True)
    own = block.replace(CODE, str(code)).replace(HOME, str(code.parent / "home"))
    path = f"{code.parent / 'bin'}{os.pathsep}{os.environ['PATH']}"
    done = subprocess.run(
        ["sh", "-e", "-c", own],
        check=False,
        cwd=code.parent,
        env=os.environ | {"PATH": path, "CALLS": str(calls)},
        capture_output=True,
        text=True,
    )
    assert done.returncode == 0, done.stderr
    return calls.read_text().splitlines()


@pytest.mark.skipif(shutil.which("git") is None, reason="needs git")
def test_an_upgrade_runs_as_printed_and_can_be_taken_back(installed: Path) -> None:
    upgrade, back, _ = shell("Upgrade")
    services = ("-daemon", "-webserver")
    calls = [
        f"systemctl stop {' '.join(SERVICE + one for one in services)}",
        "make install",
        "access-recovery refresh",
        f"home {installed.parent / 'home'}",
        f"systemctl start {' '.join(SERVICE + one for one in reversed(services))}",
    ]
    assert run_block(installed, upgrade) == calls
    assert git(installed, "log", "-1", "--format=%s") == "after"
    assert run_block(installed, back) == calls
    assert git(installed, "log", "-1", "--format=%s") == "before"
    git(installed, "switch", "--quiet", "-")
    assert git(installed, "branch", "--show-current") == "main"


def test_cron_knows_its_programs_its_home_and_its_user() -> None:
    [table] = blocks(PAGE, "cron")
    *settings, line = table.splitlines()
    known = dict(one.split("=", 1) for one in settings)
    assert known[HOME_VARIABLE] == HOME and known["PATH"].startswith(f"{CODE}/.venv/bin:")
    minute, hour, *days, user, command = line.split(maxsplit=6)
    assert (minute, hour, days, user) == ("35", "9", ["*", "*", "1-5"], SERVICE)
    commands = [one.split()[1] for one in command.split("; ")]
    assert commands == ["fetch", "refresh", "alerts"]
