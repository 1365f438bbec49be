"""One door: only the store opens, lists, replaces, locks or deletes files, save who is named."""

import ast
from collections.abc import Iterator
from pathlib import Path

PROJECT = Path(__file__).resolve().parents[2]
ROOMS = ("pipelines", "assets", "checks", "warehouse")
DOOR = "warehouse/store.py"
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
