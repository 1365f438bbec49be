"""Editions of a feed: their parts and revisions, status, check history, freshness, differences."""
