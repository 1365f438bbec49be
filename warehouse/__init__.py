"""Storage and the calculation of figures, from the archive to the published mart.

Belongs here: all work that is independent of Dagster, room by room (`CONTRIBUTING.md` lists them).
Does not: what is particular to one feed (`assets.feeds`), checks (`checks`), running (`pipelines`).
"""
