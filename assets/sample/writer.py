"""Write the synthetic sample: every feed's files, then the manifest that marks them as invented. A
feed takes part by having a `sample.py` with `write(world, out) -> list[Path]`."""

import csv
import hashlib
import io
import json
import zipfile
from collections.abc import Callable, Iterable, Mapping, Sequence
from datetime import date
from importlib import import_module
from pathlib import Path

import polars as pl

from assets.sample.world import MAX_MONTHS, World

MANIFEST = "SYNTHETIC.json"
NOTE = "All figures in these files are invented; they are not NHS statistics."
ARCHIVE_COMMENT = b"SYNTHETIC DATA - invented figures, not NHS statistics"
FEEDS = Path(__file__).resolve().parents[1] / "feeds"
FULL_MONTH_NAMES = (
    "January", "February", "March", "April", "May", "June", "July", "August", "September",
    "October", "November", "December",
)  # fmt: skip
MONTH_NAMES = tuple(name[:3] for name in FULL_MONTH_NAMES)


def write_samples(out: Path, months: int = MAX_MONTHS, seed: int = 1) -> list[Path]:
    """Write all sample files flat into `out` and return their paths, the manifest last.

    `months`: how many the newest sub-ICB edition covers (1 to 30). The same arguments give the same
    bytes. The manifest is written only when all files are complete.
    """
    world = World(months=months, seed=seed)
    out.mkdir(parents=True, exist_ok=True)
    manifest = out / MANIFEST
    manifest.unlink(missing_ok=True)
    written = [path for write in feed_writers() for path in write(world, out)]
    content = {
        "synthetic": True,
        "generator": "access-recovery sample",
        "seed": seed,
        "months": months,
        "note": NOTE,
        "files": {path.name: fingerprint(path) for path in written},
    }
    manifest.write_bytes(json.dumps(content, indent=2).encode() + b"\n")
    return [*written, manifest]


def feed_writers() -> list[Callable[[World, Path], list[Path]]]:
    """Return the `write` function of each feed with a `sample.py`, in folder order."""
    folders = sorted(path.parent.name for path in FEEDS.glob("*/sample.py"))
    return [import_module(f"assets.feeds.{folder}.sample").write for folder in folders]


def fingerprint(path: Path) -> dict[str, object]:
    """Return the SHA-256 of a file and, if it is an archive, of each decompressed member."""
    members: dict[str, str] = {}
    if path.suffix == ".zip":
        with zipfile.ZipFile(path) as archive:
            members = {name: _sha256(archive.read(name)) for name in archive.namelist()}
    return {"sha256": _sha256(path.read_bytes()), "members": members}


def _sha256(content: bytes) -> str:
    return hashlib.sha256(content).hexdigest()


def csv_bytes(frame: pl.DataFrame, line_end: str = "\r\n") -> bytes:
    """Return a frame as CSV with a header; quotes only where a value needs them."""
    return frame.write_csv(line_terminator=line_end, quote_style="necessary").encode()


def rows_bytes(
    header: Sequence[str],
    rows: Iterable[Sequence[object]],
    line_end: str = "\r\n",
    encoding: str = "utf-8",
) -> bytes:
    """Return rows as CSV below a header that may have blank or repeated headings."""
    text = io.StringIO()
    table = csv.writer(text, lineterminator=line_end)
    table.writerow(header)
    table.writerows(rows)
    return text.getvalue().encode(encoding)


def write_zip(path: Path, members: Mapping[str, bytes]) -> Path:
    """Write a marked archive whose bytes depend on the members alone (no clock, no platform)."""
    with zipfile.ZipFile(path, "w") as archive:
        archive.comment = ARCHIVE_COMMENT
        for name, content in members.items():
            entry = zipfile.ZipInfo(name, date_time=(1980, 1, 1, 0, 0, 0))
            entry.create_system = 3  # otherwise the bytes differ on Windows
            archive.writestr(entry, content, zipfile.ZIP_DEFLATED, compresslevel=3)
    return path


def short(month: date) -> str:
    """Return `Mar_25`, as in the publishers' file names, in any locale."""
    return f"{MONTH_NAMES[month.month - 1]}_{month.year % 100:02d}"


def stamp(month: date) -> str:
    """Return `MAR2025`, as in the regional files; other appointment files put `01` before it."""
    return f"{MONTH_NAMES[month.month - 1].upper()}{month.year}"
