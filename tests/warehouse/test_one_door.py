"""One door: only the store opens, lists, replaces, locks or deletes files, save who is named."""

import ast
import re
from collections.abc import Iterator
from pathlib import Path

import pytest

PROJECT = Path(__file__).resolve().parents[2]
ROOMS = ("pipelines", "assets", "checks", "warehouse")
DOOR = "warehouse/store.py"
# Who may touch files by itself, and why: none of these are objects of the home.
MAY = {
    "it reads files that are part of the program": {
        "assets/sample/places.py",
        "checks/check_catalogue.py",
        "checks/feed_rules.py",
        "checks/runner.py",
        "pipelines/instance/code_location.py",
        "pipelines/instance/prepare.py",
        "checks/own_expectations.py",
        "warehouse/base/imports.py",
        "warehouse/claims/register.py",
        "warehouse/base/yaml_files.py",
        "warehouse/contract/model.py",
        "warehouse/contract/tidy_versions.py",
        "warehouse/kpi/catalogue.py",
        "warehouse/outputs/data_docs/offline_pages.py",
        "warehouse/outputs/return_template.py",
        "warehouse/site/vendored_style.py",
        "warehouse/plan/decisions_agreed.py",
        "warehouse/reference/local_authorities.py",
        "warehouse/transform/corrections.py",
    },
    "it writes into a folder that a person names": {
        "assets/sample/to_practise.py",
        "assets/sample/writer.py",
        "pipelines/cli/arguments.py",
        "pipelines/cli/contracts.py",
        "pipelines/cli/local_returns.py",
        "pipelines/cli/sampling.py",
        "warehouse/outputs/export.py",
    },
    "it reads files that a person names, or those of other programs in the landing folder": {
        "pipelines/alerts/send.py",
        "pipelines/cli/foreign_mart.py",
        "pipelines/cli/own_csv.py",
        "pipelines/operations/purge_files.py",
        "pipelines/operations/landing.py",
        "pipelines/operations/last_refresh.py",
        "warehouse/fetch/network.py",
        "warehouse/intake/files_to_import.py",
        "warehouse/intake/importer.py",
        "warehouse/intake/synthetic.py",
    },
    "it unpacks, reads and hashes a file that it is given, or writes into the store's scratch": {
        "warehouse/archive/source_files.py",
        "warehouse/base/hashing.py",
        "warehouse/intake/other_publications.py",
        "warehouse/intake/personal_data.py",
        "warehouse/intake/staff_reports.py",
        "warehouse/readers/containers.py",
        "warehouse/readers/tables.py",
        "warehouse/readers/unheaded.py",
        "warehouse/readers/workbook.py",
        "warehouse/readers/zip_safety.py",
        "warehouse/transform/tidy.py",
    },
    "it replaces a folder of pages, where an object store would replace each page": {
        "warehouse/outputs/whole_folder.py",
        "warehouse/site/site_folder.py",
    },
    "it adds to a download under way, which no object store could hold": {
        "warehouse/fetch/client.py",
        "warehouse/fetch/download.py",
        "warehouse/fetch/partial.py",
    },
}
# Of files that other people's programs write, and of which nothing of ours records a time.
MAY_ASK_FOR_TIMES = {
    DOOR,  # when settings were edited
    "pipelines/operations/landing.py",  # whether a file is still being copied, or was replaced
    "warehouse/intake/importer.py",  # when a publisher's file was saved
}
# Synthetic samples of feeds are written into a folder that a person names; no feed is named here.
SAMPLE = re.compile(r"assets/feeds/\w+/sample\.py")
METHODS = {
    *("open", "read_text", "write_text", "read_bytes", "write_bytes", "touch", "unlink"),
    *("mkdir", "rmdir", "iterdir", "glob", "rglob", "stat", "lstat", "exists", "is_file", "is_dir"),
    *("hardlink_to", "symlink_to", "chmod", "samefile"),
}
MODULES = {"shutil", "tempfile", "glob"}
SYSTEM = {
    *("replace", "rename", "remove", "unlink", "link", "symlink", "walk", "scandir", "listdir"),
    *("mkdir", "makedirs", "rmdir", "stat", "utime", "chmod", "open"),
}


def modules() -> dict[str, ast.Module]:
    """Every module of the product, by its path."""
    found = (path for room in ROOMS for path in (PROJECT / room).rglob("*.py"))
    return {
        path.relative_to(PROJECT).as_posix(): ast.parse(path.read_bytes(), path) for path in found
    }


def test_only_the_store_and_named_modules_touch_files() -> None:
    may = {path for paths in MAY.values() for path in paths}
    own = {path: tree for path, tree in modules().items() if not SAMPLE.fullmatch(path)}
    does = {path for path, tree in own.items() if any(touches(tree))}
    assert sorted(does - may - {DOOR}) == [], "go through warehouse/store.py"
    assert sorted(may - does) == [], "need not be named any more"


def test_times_of_files_are_read_only_in_named_places() -> None:
    asking = {
        path
        for path, tree in modules().items()
        for node in ast.walk(tree)
        if isinstance(node, ast.Attribute) and node.attr in ("st_mtime", "st_mtime_ns", "getmtime")
    }
    assert asking == MAY_ASK_FOR_TIMES


@pytest.mark.parametrize(
    "code",
    [
        "open('a')",
        "Path('a').read_text()",
        "home.mart.exists()",
        "shutil.rmtree(a)",
        "os.replace(a, b)",
        "FileLock(a)",
        "tempfile.mkdtemp()",
        "[one for one in folder.rglob('*')]",
    ],
)
def test_the_rule_sees(code: str) -> None:
    assert list(touches(ast.parse(code))) == [1]


@pytest.mark.parametrize(
    "code", ["home.store.exists(a)", "Archive(home).open(a)", "text.replace(a, b)", "os.getpid()"]
)
def test_the_rule_lets_pass(code: str) -> None:
    assert list(touches(ast.parse(code))) == []


def touches(tree: ast.AST) -> Iterator[int]:
    """Lines that touch files by themselves: not through the store, nor through the archive."""
    for node in ast.walk(tree):
        if not isinstance(node, ast.Call):
            continue
        match node.func:
            case ast.Name(id="open" | "FileLock" | "TemporaryDirectory" | "NamedTemporaryFile"):
                yield node.lineno
            case ast.Attribute(value=ast.Name(id=module), attr=name) if module in MODULES or (
                module == "os" and name in SYSTEM
            ):
                yield node.lineno
            case ast.Attribute(value=of, attr=name) if name in METHODS and not _is_store(of):
                yield node.lineno


def _is_store(of: ast.expr) -> bool:
    match of:
        case ast.Name(id=name) | ast.Attribute(attr=name):
            return name in ("store", "_store", "archive", "_archive")
        case ast.Call(func=ast.Name(id="Store" | "Archive")):
            return True
    return False
