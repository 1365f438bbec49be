"""The Dagster assets of feeds and of the mart, a folder per feed, and the synthetic sample.

Belongs here: what is particular to one feed, processing one edition, and the Dagster assets. Does
not: when they run (`pipelines`), checks (`checks`), the work itself (`warehouse`).
"""
