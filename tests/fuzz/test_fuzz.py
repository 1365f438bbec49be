"""What the fuzzer feeds, and that it notices what it is there for. Runs of it: `make fuzz`."""

import subprocess
import sys
from pathlib import Path
from random import Random

import pytest

from tests.fuzz import targets
from tests.fuzz.inputs import damaged_within, seeds
from tests.fuzz.targets import NAMES, PAGES, Target, page_target
from warehouse.base.imports import ROOT
from warehouse.intake.importer import ImportOutcome

KINDS = (*NAMES, *PAGES)


def shuffled(content: bytes, most: int) -> bytes:
    """A change of a few bytes, in place of the fuzzer's own."""
    random, made = Random(len(content)), bytearray(content[:most])
    for _ in range(min(8, len(made))):
        made[random.randrange(len(made))] = random.randrange(256)
    return bytes(made)


@pytest.mark.parametrize("kind", KINDS)
def test_it_begins_with_inputs_that_are_read(kind: str, tmp_path: Path) -> None:
    inputs = seeds(kind)
    assert inputs and len({*inputs}) == len(inputs)
    if kind in PAGES:
        page_target(kind)(inputs[0])
        return
    target = Target(kind, tmp_path / "of")
    for one in inputs:
        target(one)
    assert target.read


@pytest.mark.parametrize("kind", ["zip", "gz", "xlsx"])
def test_a_container_is_damaged_from_within(kind: str, tmp_path: Path) -> None:
    target, random, whole = Target(kind, tmp_path / "of"), Random(3), seeds(kind)[0]
    changed = [damaged_within(kind, whole, shuffled, 1 << 20, random) for _ in range(6)]
    assert any(one != whole for one in changed)
    for one in changed:
        target(one)
    assert target.count == 6 and target.read + target.refused
    # Bytes of the container itself are changed where it can't be unpacked.
    assert damaged_within(kind, b"PK\x03\x04 no zip", shuffled, 99, random)


def test_an_input_without_a_verdict_or_without_words_is_noticed(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    target = Target("csv", tmp_path / "of")
    for given in ([], [ImportOutcome(tmp_path, "a", "refused", "No.", "")]):
        monkeypatch.setattr(targets, "import_paths", lambda *_, given=given: given)
        with pytest.raises(AssertionError):
            target(b"a,b\n1,2\n")


def test_a_file_beside_the_home_is_noticed(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    target = Target("csv", tmp_path / "of")
    (tmp_path / "of" / "outside.csv").write_text("a")
    with pytest.raises(AssertionError, match="beside the home"):
        target(b"a,b\n1,2\n")


@pytest.mark.parametrize(
    ("done", "noticed"),
    [
        ("open('FOLDER/inside', 'w')", False),
        ("open('pyproject.toml')", False),
        ("open('FOLDER/../outside', 'w')", True),
        ("open('FOLDER-beside', 'w')", True),
        ("import os; os.open('FOLDER/../outside', os.O_CREAT | os.O_WRONLY)", True),
        ("import subprocess; subprocess.run(['true'])", True),
        ("import socket; socket.socket().connect(('127.0.0.1', 9))", True),
    ],
)
def test_writing_outside_and_starting_programs_is_noticed(
    done: str, noticed: bool, tmp_path: Path
) -> None:
    folder = tmp_path / "in"
    folder.mkdir()
    code = (
        "from pathlib import Path\nfrom tests.fuzz.targets import watch\n"
        f"watch(Path({str(folder)!r}))\n{done.replace('FOLDER', str(folder))}"
    )
    ended = subprocess.run(
        [sys.executable, "-c", code], cwd=ROOT, capture_output=True, text=True, check=False
    )
    assert ("Outside" in ended.stderr) == noticed, ended.stderr
    assert bool(ended.returncode) == noticed
