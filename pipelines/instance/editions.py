"""Dagster's list of the editions of each feed, which its pages show as partitions.

Does not: which editions are held or expected (`warehouse.editions.expected`)."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime
from typing import TYPE_CHECKING

from warehouse.archive.source_files import Archive
from warehouse.base.home import Home
from warehouse.contract.release_calendar import LONDON
from warehouse.editions.expected import known_editions

if TYPE_CHECKING:
    import dagster as dg


def know_editions(instance: dg.DagsterInstance, home: Home) -> None:
    """Tell Dagster which editions of each feed are held or expected today. Those whose files are
    retired, withdrawn or purged are taken off; one that a person added stays."""
    gone: dict[str, set[str]] = {}
    for file in Archive(home).files():
        gone.setdefault(file.feed, set()).add(file.edition)
    for feed, editions in known_editions(home, datetime.now(LONDON).date()).items():
        add_editions(instance, feed, editions, gone.get(feed, set()) - {*editions})


def add_editions(
    instance: dg.DagsterInstance, feed: str, editions: Iterable[str], gone: Iterable[str] = ()
) -> None:
    """Add editions to Dagster's list of a feed, and take off others; the list stays sorted, because
    a run of many editions goes from the first to the last in its order."""
    from assets.partitions import editions_name

    name = editions_name(feed)
    before = list(instance.get_dynamic_partitions(name))
    after = sorted({*before, *editions} - {*gone})
    same = 0
    while same < min(len(before), len(after)) and before[same] == after[same]:
        same += 1
    for edition in before[same:]:
        instance.delete_dynamic_partition(name, edition)
    if after[same:]:
        instance.add_dynamic_partitions(name, after[same:])
