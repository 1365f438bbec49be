"""Partitions: one per edition. The current month is included, because patient lists are extracted
on its first day."""

import dagster as dg

FIRST_EDITION = "2015-01"
EDITIONS = dg.MonthlyPartitionsDefinition(start_date=FIRST_EDITION, fmt="%Y-%m", end_offset=1)

# Tags by which Dagster knows which editions a run is of.
RANGE_START = "dagster/asset_partition_range_start"
RANGE_END = "dagster/asset_partition_range_end"
