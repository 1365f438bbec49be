"""What is made: a folder per feed, the assets of feeds and of the mart, and the synthetic sample.

Belongs here: what is particular to one feed, taking one edition in, and the Dagster assets. Does
not: when they run (`pipelines`), what must hold (`checks`), the work itself (`warehouse`).
"""
