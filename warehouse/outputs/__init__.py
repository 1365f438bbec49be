"""What is made from a published mart: pages, exports, data contracts, lineage events."""
