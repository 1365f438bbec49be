"""Outputs of a published mart: pages, exports, data contracts, lineage events."""
