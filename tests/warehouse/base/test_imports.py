"""Which modules a reading runs through: found, so that a tidy file's version forgets none."""

import shutil
from pathlib import Path

import pytest

from warehouse.base import imports
from warehouse.base.imports import ROOT, modules_behind
from warehouse.contract.model import contracts
from warehouse.contract.tidy_versions import READING, tidy_version


def named() -> set[str]:
    return {path.relative_to(ROOT).as_posix() for path in modules_behind(READING)}


@pytest.fixture
def copied(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A copy of our modules, in which imports are followed."""
    for room in ("assets", "warehouse", "pipelines", "checks"):
        ignored = shutil.ignore_patterns("__pycache__")
        shutil.copytree(ROOT / room, tmp_path / room, ignore=ignored)
    monkeypatch.setattr(imports, "ROOT", tmp_path)
    _forget()
    yield tmp_path
    monkeypatch.undo()
    _forget()


def _forget() -> None:
    imports._file_of.cache_clear()
    imports._imports_of.cache_clear()


def test_a_reading_runs_through_the_readers_of_text_and_workbooks() -> None:
    assert named() >= {
        "warehouse/transform/conform.py",
        "warehouse/transform/corrections.py",
        "warehouse/transform/measure.py",
        "warehouse/archive/source_files.py",
        "warehouse/readers/containers.py",
        "warehouse/readers/tables.py",
        "warehouse/readers/workbook.py",
        "warehouse/transform/unreliable.py",
        "warehouse/transform/tidy.py",
    }


def test_a_reading_does_not_run_through_commands_assets_checks_or_the_mart() -> None:
    others = ("pipelines/", "assets/", "checks/", "warehouse/mart/", "warehouse/outputs/")
    assert not [path for path in named() if path.startswith(others)]


def test_nothing_that_runs_needs_the_builders_of_test_files() -> None:
    behind = modules_behind("pipelines.definitions", "pipelines.cli.main", "assets.sample.writer")
    assert len(behind) > 200
    assert not [path for path in behind if path.name == "testing.py"]


def versions() -> dict[str, str]:
    return {feed: tidy_version.__wrapped__(feed) for feed in contracts()}


def test_a_changed_module_has_those_feeds_read_again_that_run_through_it(copied: Path) -> None:
    def change(module: str) -> None:
        with (copied / module).open("a", encoding="utf-8") as out:
            out.write("# changed\n")

    before = versions()
    for module in ("pipelines/cli/main", "checks/drift", "warehouse/publication/build"):
        change(f"{module}.py")
    change("assets/feeds/nhs_app/rules.py")  # of its checks
    assert versions() == before
    change("warehouse/readers/workbook.py")
    after = versions()
    assert not [feed for feed in before if before[feed] == after[feed]]


def test_imports_inside_functions_are_followed(copied: Path) -> None:
    new = copied / "warehouse" / "new.py"
    new.write_text("import warehouse.newer\n", encoding="utf-8")
    newer = copied / "warehouse" / "newer.py"
    newer.write_text("", encoding="utf-8")
    for_types = copied / "warehouse" / "for_types.py"
    for_types.write_text("", encoding="utf-8")
    path = copied / "warehouse" / "readers" / "workbook.py"
    more = "def _late():\n    from warehouse import new\n\n\nif TYPE_CHECKING:\n"
    more += "    import warehouse.for_types\n"
    path.write_text(path.read_text(encoding="utf-8") + more, encoding="utf-8")
    found = modules_behind(READING)
    assert {new, newer} <= set(found) and for_types not in found


def test_an_entry_that_is_no_module_is_refused() -> None:
    with pytest.raises(FileNotFoundError, match=r"no module warehouse\.tidi"):
        modules_behind("warehouse.tidi")
