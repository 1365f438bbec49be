"""Keys of the assets of a feed, and their owner as Dagster writes it."""

import dagster as dg

from warehouse.contract.model import Contract


def keys(feed: str) -> tuple[dg.AssetKey, dg.AssetKey, dg.AssetKey]:
    """Asset keys of a feed: archived, tidy, measures."""
    return tuple(dg.AssetKey([feed, step]) for step in ("archived", "tidy", "measures"))  # type: ignore[return-value]


def fetched_key(feed: str) -> dg.AssetKey:
    """Asset key of what was found at the publisher and downloaded."""
    return dg.AssetKey([feed, "fetched"])


def brought_by(contract: Contract) -> str | None:
    """The feed whose downloads bring this one: its own, or another's; None if nobody publishes
    it."""
    if contract.discovery is None:
        return None
    return contract.discovery.comes_with or contract.feed


def owner_tag(owner: str) -> str:
    """Dagster's form of a team that owns an asset."""
    return "team:" + owner.lower().replace(" ", "-")
