"""Tell sample data from publications, so that they never mix: the manifest, the mark on zips, the
refusal. Not here: the mark in the content (`recognise`), writing the sample (`assets.sample`)."""

from __future__ import annotations

import json
from functools import lru_cache
from pathlib import Path

from warehouse.archive.source_files import Archive, SourceFile
from warehouse.readers.containers import zip_comment
from warehouse.readers.refused import Refused

MANIFEST = "SYNTHETIC.json"


@lru_cache(maxsize=16)
def _manifest_hashes(manifest: bytes) -> frozenset[str]:
    """Hashes of the sample's files and of the members of its zips."""
    try:
        listed = json.loads(manifest)["files"].values()
        return frozenset(
            h for entry in listed for h in (entry["sha256"], *entry["members"].values())
        )
    except (ValueError, KeyError, TypeError, AttributeError) as error:
        raise Refused(
            f"{MANIFEST} beside it can't be read, so it may be sample data.",
            f"Delete {MANIFEST} if the file is a publisher's; otherwise write the sample again.",
        ) from error


def is_sample(path: Path, sha256: str) -> bool:
    """Whether a manifest beside the file or in the folder above, or the zip's comment, marks it as
    sample data."""
    for folder in path.absolute().parents[:2]:
        manifest = folder / MANIFEST
        if manifest.exists() and sha256 in _manifest_hashes(manifest.read_bytes()):
            return True
    return zip_comment(path).startswith(b"SYNTHETIC")


def refuse_among_real(archive: Archive, files: list[SourceFile]) -> None:
    """Refuse sample files in a home with real publications."""
    if any(file.synthetic for file in files) and archive.has_real():
        raise Refused(
            "It is synthetic sample data, and this home has real publications.",
            "Use another ACCESS_RECOVERY_HOME for the sample.",
        )
