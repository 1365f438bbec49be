"""Asset keys of a feed, and its owner as Dagster writes it."""

import dagster as dg

from warehouse.contract.model import Contract


def keys(feed: str) -> tuple[dg.AssetKey, dg.AssetKey, dg.AssetKey]:
    """Return asset keys of a feed: archived, tidy, measures."""
    return tuple(dg.AssetKey([feed, step]) for step in ("archived", "tidy", "measures"))  # type: ignore[return-value]


def fetched_key(feed: str) -> dg.AssetKey:
    """Return the asset key of a feed's downloads."""
    return dg.AssetKey([feed, "fetched"])


def brought_by(contract: Contract) -> str | None:
    """Feed whose downloads include this one: its own, or another's; None if not published."""
    if contract.discovery is None:
        return None
    return contract.discovery.comes_with or contract.feed


def owner_tag(owner: str) -> str:
    """Dagster's form of a team that owns an asset."""
    return "team:" + owner.lower().replace(" ", "-")
