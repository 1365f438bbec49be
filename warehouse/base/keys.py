"""The keys of editions and of their source files. Not here: their order, and which of them count
(`warehouse.editions.parts_and_revisions`)."""

from __future__ import annotations

from collections.abc import Iterable
from typing import NamedTuple, Protocol, TypeVar


class OfEdition(Protocol):
    """Anything that belongs to one edition of a feed."""

    @property
    def feed(self) -> str:
        """Feed."""

    @property
    def edition(self) -> str:
        """Edition, `2025-11`."""


class OfFile(OfEdition, Protocol):
    """Anything that belongs to one source file of an edition."""

    @property
    def sha256(self) -> str:
        """Hash of its content as published."""


Some = TypeVar("Some", bound=OfEdition)


class EditionKey(NamedTuple):
    """An edition: its feed, and its month (`2025-11`)."""

    feed: str
    edition: str

    @classmethod
    def of(cls, one: OfEdition) -> EditionKey:
        """The edition that something belongs to."""
        return cls(one.feed, one.edition)


class FileKey(NamedTuple):
    """A source file of an edition: the same content may belong to two editions."""

    feed: str
    edition: str
    sha256: str

    @classmethod
    def of(cls, one: OfFile) -> FileKey:
        """The source file that something belongs to."""
        return cls(one.feed, one.edition, one.sha256)


def of_edition(every: Iterable[Some], feed: str, edition: str) -> list[Some]:
    """Those that belong to one edition, in their order."""
    return [one for one in every if (one.feed, one.edition) == (feed, edition)]
