"""A partial download: the bytes so far, the publisher's headers, and resuming. Not here: requests
(`client`), checking the result (`download`)."""

from __future__ import annotations

import os
from datetime import UTC, datetime
from pathlib import Path

import httpx
from pydantic import ValidationError

from warehouse.base.strict import Strict

NOTE = "download.json"


class Said(Strict):
    """What the headers of an answer state about the file. `total`: its bytes, if stated;
    `resumable`: whether the rest may be requested after a broken connection; `at`: the time of the
    answer (None: recorded by an earlier release)."""

    etag: str | None = None
    last_modified: str | None = None
    total: int | None = None
    resumable: bool = False
    content_type: str = ""
    disposition: str = ""
    at: datetime | None = None

    @classmethod
    def of(cls, response: httpx.Response) -> Said:
        """The statements in the headers of a complete answer (200)."""
        headers = response.headers
        etag, modified = headers.get("etag"), headers.get("last-modified")
        coded = headers.get("content-encoding", "identity") != "identity"
        length = headers.get("content-length", "")
        total = int(length) if length.isdigit() and not coded else None
        sure = (etag and not etag.startswith("W/")) or modified
        return cls(
            etag=etag,
            last_modified=modified,
            total=total,
            resumable=bool(sure and total) and headers.get("accept-ranges") == "bytes",
            content_type=headers.get("content-type", "").partition(";")[0].strip().lower(),
            disposition=headers.get("content-disposition", ""),
            at=datetime.now(UTC).replace(microsecond=0),
        )


def said_of(content: bytes) -> Said | None:
    """The record of a partial download; None if it can't be read."""
    try:
        return Said.model_validate_json(content)
    except ValidationError:
        return None


class PartialFile:
    """The bytes of one address downloaded so far."""

    def __init__(self, folder: Path) -> None:
        self.path = folder / "download.part"
        self._said = folder / NOTE
        self._whole = folder / "whole"
        self._whole.mkdir(parents=True, exist_ok=True)
        for left in self._whole.iterdir():  # complete, but the process ended before archiving it
            os.replace(left, self.path)
        self.said = self._read()
        if self.said is None or not self.said.resumable:
            self.drop()

    def _read(self) -> Said | None:
        try:
            return said_of(self._said.read_bytes())
        except OSError:
            return None

    @property
    def size(self) -> int:
        """Bytes so far."""
        return self.path.stat().st_size if self.path.exists() else 0

    @property
    def is_whole(self) -> bool:
        """Whether the download has the number of bytes that the publisher stated."""
        return self.said is not None and self.said.total in (None, self.size)

    def headers(self) -> dict[str, str]:
        """Headers that request the rest of the same file, or all of a changed one; none if it can't
        be resumed."""
        if self.said is None or not self.said.resumable or not self.size:
            return {}
        etag = self.said.etag
        strong = etag if etag and not etag.startswith("W/") else self.said.last_modified
        return {"Range": f"bytes={self.size}-", "If-Range": strong or ""}

    def begin(self, response: httpx.Response) -> None:
        """Start again: the answer has the complete file."""
        self.drop()
        self.said = Said.of(response)
        self._said.write_text(self.said.model_dump_json() + "\n", encoding="utf-8")
        self.path.touch()

    def continues(self, response: httpx.Response) -> bool:
        """Whether a partial answer (206) is the rest of this file."""
        said = response.headers.get("content-range", "")
        span, _, total = said.removeprefix("bytes ").partition("/")
        known = self.said.total if self.said else None
        return span.partition("-")[0] == str(self.size) and total in ("*", str(known))

    def is_end(self, response: httpx.Response) -> bool:
        """Whether an answer without such a range (416) means that the file is complete."""
        total = response.headers.get("content-range", "").rpartition("/")[2]
        return self.size > 0 and total == str(self.size)

    def finish(self, name: str) -> Path:
        """Give the complete file its name. The headers stay beside it, so that it is not downloaded
        again if the process ends before it is archived."""
        target = self._whole / name
        os.replace(self.path, target)
        return target

    def drop(self) -> None:
        """Remove the download."""
        self.said = None
        self.path.unlink(missing_ok=True)
        self._said.unlink(missing_ok=True)
