"""The provenance of a download, and whether it is the edition that was looked up. Not here:
downloading (`warehouse.fetch`), recognising (`recognise`)."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date, datetime

from warehouse.archive.source_files import SourceFile
from warehouse.base.keys import EditionKey
from warehouse.readers.refused import Refused


@dataclass(frozen=True)
class Provenance:
    """The feed and edition that were looked up, and where. `page`: the edition's page; `url`: of
    the file; `published_on`: as stated on the page."""

    feed: str
    edition: str
    url: str
    page: str
    published_on: date | None
    retrieved_at: datetime

    def check(self, files: Iterable[SourceFile], refused: Sequence[Refused] = ()) -> None:
        """Raise Refused for a download with nothing of the edition; files of other feeds may come
        with it. `refused`: refusals of the rest of it."""
        brought = sorted({EditionKey.of(file) for file in files})
        if not brought or EditionKey.of(self) in brought:
            return
        own = [f"{feed} {edition}" for feed, edition in brought if feed == self.feed]
        told = ", ".join(own or [f"{feed} {edition}" for feed, edition in brought])
        why = f" Another file was refused: {refused[0].reason}" if refused else ""
        raise Refused(
            f"Expected {self.feed} {self.edition}, but {self.page} gave a file of {told}.{why}",
            "Nothing of it was archived. Check the page: the publisher may have put the wrong "
            "file there. The edition is looked up again.",
        )
