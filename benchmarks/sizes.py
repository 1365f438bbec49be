"""Bytes and files of a home, by what they are."""

from __future__ import annotations

from pathlib import Path

PARTS = {
    "archive": ["archive"],
    "lake": ["lake"],
    "quarantine": ["quarantine"],
    "mart": ["mart/access_recovery.duckdb"],
    "previous marts": ["mart/previous"],
    "SQLite": ["dagster"],
}


def sizes(home: Path) -> dict[str, dict[str, int]]:
    """Return part -> bytes and files; `other` is what is in no part."""
    found = {name: {"bytes": 0, "files": 0} for name in [*PARTS, "other"]}
    for path in home.rglob("*"):
        if path.is_symlink() or not path.is_file():
            continue
        name = part_of(path.relative_to(home).as_posix())
        found[name]["bytes"] += path.stat().st_size
        found[name]["files"] += 1
    return found


def part_of(key: str) -> str:
    """Return the part to which a file of a home belongs, by its path."""
    for name, prefixes in PARTS.items():
        if any(key == prefix or key.startswith(f"{prefix}/") for prefix in prefixes):
            return name
    return "other"
