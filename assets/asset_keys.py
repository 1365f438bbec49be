"""Asset keys of a feed, and its owner as Dagster writes it."""

import dagster as dg

from warehouse.contract.model import Contract


def keys(feed: str) -> tuple[dg.AssetKey, dg.AssetKey, dg.AssetKey]:
    """Return the asset keys of a feed: archived, tidy, measures."""
    return tuple(dg.AssetKey([feed, step]) for step in ("archived", "tidy", "measures"))  # type: ignore[return-value]


def fetched_key(feed: str) -> dg.AssetKey:
    """Return the asset key of a feed's downloads."""
    return dg.AssetKey([feed, "fetched"])


def brought_by(contract: Contract) -> str | None:
    """Return the feed whose downloads include this one's files; None if it is not published."""
    found = contract.discovery
    return (found.comes_with or contract.feed) if found else None


def owner_tag(owner: str) -> str:
    """Return an owner as Dagster writes a team."""
    return "team:" + owner.lower().replace(" ", "-")
