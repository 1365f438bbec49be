"""The folder of a site: built beside the published one, from which unchanged files are taken over,
and put in its place when it is finished."""

from __future__ import annotations

import json
import os
import shutil
from collections.abc import Callable
from contextlib import suppress
from pathlib import Path

from warehouse.outputs.whole_folder import replace_folder

MANIFEST = "manifest.json"
MARK = "access-recovery site"


class SiteFolder:
    """A site while it is built. `written` and `kept`: how many files are new, and how many are
    those of the earlier site."""

    def __init__(self, target: Path) -> None:
        self.target = target
        self.aside = target.with_name(f"{target.name}.new")
        self._old = self._digests()
        self._new: dict[str, str] = {}
        self.written = self.kept = 0
        shutil.rmtree(self.aside, ignore_errors=True)
        self.aside.mkdir(parents=True)

    def write(self, path: str, content: bytes) -> None:
        """A file, which stays the earlier one if it has this content."""
        earlier = self.target / path
        if earlier.is_file() and earlier.read_bytes() == content:
            self._take_over(path)
        else:
            self._place(path).write_bytes(content)
            self.written += 1

    def make(self, path: str, digest: str, made: Callable[[], bytes]) -> bytes | None:
        """A file that depends on `digest` alone: made anew only if that changed; what was made."""
        self._new[path] = digest
        if self._old.get(path) == digest and (self.target / path).is_file():
            self._take_over(path)
            return None
        content = made()
        self._place(path).write_bytes(content)
        self.written += 1
        return content

    def size(self, path: str) -> int:
        """The size of a file that is written, in bytes."""
        return (self.aside / path).stat().st_size

    def finish(self, fingerprint: str = "") -> None:
        """Put the site in place of the earlier one. `fingerprint`: of the mart it was made from."""
        manifest = {"of": MARK, "digests": self._new, "fingerprint": fingerprint}
        text = json.dumps(manifest, sort_keys=True)
        (self.aside / MANIFEST).write_text(text, encoding="utf-8")
        replace_folder(self.aside, self.target)

    def _take_over(self, path: str) -> None:
        place = self._place(path)
        try:
            os.link(self.target / path, place)
        except OSError:  # a file system without links
            shutil.copy2(self.target / path, place)
        self.kept += 1

    def _place(self, path: str) -> Path:
        place = self.aside / path
        place.parent.mkdir(parents=True, exist_ok=True)
        return place

    def _digests(self) -> dict[str, str]:
        with suppress(FileNotFoundError, ValueError, KeyError):
            text = (self.target / MANIFEST).read_text(encoding="utf-8")
            found: dict[str, str] = json.loads(text)["digests"]
            return found
        return {}


def is_ours(target: Path) -> bool:
    """Whether a folder may be replaced: it is missing, empty, or an earlier site."""
    if not target.exists():
        return True
    if not target.is_dir():
        return False
    return not any(target.iterdir()) or (target / MANIFEST).is_file()
