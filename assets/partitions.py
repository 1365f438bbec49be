"""Partitions: the editions of a feed that are held or expected. Not here: which those are
(`warehouse.editions.expected`), telling Dagster of them (`pipelines.instance.editions`)."""

import dagster as dg

# Tags by which Dagster knows which editions a run is of.
RANGE_START = "dagster/asset_partition_range_start"
RANGE_END = "dagster/asset_partition_range_end"


def editions_name(feed: str) -> str:
    """Return the name under which Dagster keeps the editions of a feed."""
    return f"editions_of_{feed}"


def editions_of(feed: str) -> dg.DynamicPartitionsDefinition:
    """Return the partitions of a feed's assets: one per edition, such as `2025-11`."""
    return dg.DynamicPartitionsDefinition(name=editions_name(feed))
