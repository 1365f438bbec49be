"""Which of our modules a module imports, directly or not; used to version derived files."""

from __future__ import annotations

import ast
from collections.abc import Iterator
from functools import cache
from pathlib import Path

ROOT = Path(__file__).parents[2]


def modules_behind(*entries: str) -> list[Path]:
    """Source files of the modules named, and of all our modules that they import, directly or not,
    inside functions too; sorted. Imports under TYPE_CHECKING are not followed.

    Raises FileNotFoundError for an entry that is not a module of ours.
    """
    found: dict[str, Path] = {}
    wanted = list(entries)
    for entry in entries:
        if _file_of(entry) is None:
            raise FileNotFoundError(f"no module {entry} under {ROOT}")
    while wanted:
        name = wanted.pop()
        path = _file_of(name)
        if path is not None and name not in found:
            found[name] = path
            wanted += _imports_of(path)
    return sorted(found.values())


@cache
def _file_of(module: str) -> Path | None:
    """A module's source file; None if it is not one of ours."""
    place = ROOT.joinpath(*module.split("."))
    tried = (place.with_suffix(".py"), place / "__init__.py")
    return next((path for path in tried if path.is_file()), None)


@cache
def _imports_of(path: Path) -> tuple[str, ...]:
    """Names that a module imports; for `from a import b` both, since b may be a module."""
    return tuple(dict.fromkeys(_imported(ast.parse(path.read_bytes()))))


def _imported(node: ast.AST) -> Iterator[str]:
    if isinstance(node, ast.Import):
        yield from (one.name for one in node.names)
    elif isinstance(node, ast.ImportFrom) and node.module and not node.level:
        yield node.module
        yield from (f"{node.module}.{one.name}" for one in node.names)
    elif isinstance(node, ast.If) and getattr(node.test, "id", None) == "TYPE_CHECKING":
        for other in node.orelse:
            yield from _imported(other)
    elif not isinstance(node, ast.expr):
        for child in ast.iter_child_nodes(node):
            yield from _imported(child)
