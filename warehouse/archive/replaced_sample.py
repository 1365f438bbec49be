"""Which files of the SYNTHETIC sample own imports replace. Not here: how long the published mart
keeps them nevertheless (`warehouse.publication.kept_sample`)."""

from __future__ import annotations

from collections.abc import Callable, Collection
from typing import Protocol

from warehouse.contract.model import contracts


class OfFeed(Protocol):
    """A file, or what is left of a purged one."""

    @property
    def feed(self) -> str:
        """Its feed."""

    @property
    def synthetic(self) -> bool:
        """Whether it is sample data."""


def is_of_plan(feed: str) -> bool:
    """Whether a feed is a plan's return, of which no figure is made."""
    return feed in contracts() and contracts()[feed].plan is not None


def replaced_by(own: Collection[str]) -> Callable[[OfFeed], bool]:
    """Whether a file is sample data that imports of these feeds replace: any feed with figures
    replaces the whole sample, so that figures never mix; a plan's return the sample of its feed."""
    whole = not all(map(is_of_plan, own))
    return lambda file: file.synthetic and bool(own) and (whole or file.feed in own)
