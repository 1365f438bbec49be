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
            f"Beside it lies {MANIFEST}, which can't be read: sample data or not, nobody can say.",
            f"Delete {MANIFEST} if the file is a publisher's; else write the sample again.",
        ) from error


def is_sample(path: Path, sha256: str) -> bool:
    """Whether the sample's manifest beside the file, or the zip's comment, marks it as sample data.

    Members may have been unpacked beside the zip, or into a folder beside it.
    """
    for folder in path.absolute().parents[:2]:
        manifest = folder / MANIFEST
        if manifest.exists() and sha256 in _manifest_hashes(manifest.read_bytes()):
            return True
    return zip_comment(path).startswith(b"SYNTHETIC")


def refuse_among_real(archive: Archive, files: list[SourceFile]) -> None:
    """Refuse sample files where anything real was ever imported."""
    if any(file.synthetic for file in files) and archive.has_real():
        raise Refused(
            "It is synthetic sample data, and this home holds real publications.",
            "Synthetic never meets real: use another ACCESS_RECOVERY_HOME for the sample.",
        )
