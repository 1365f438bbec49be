"""Explain figures: what the mart records of one, and the published rows it was added up from.

Belongs here: reading the mart's macro `explain`, and finding the rows in the lake and the archive.
Does not: the macro (`warehouse.mart.explain_macros`), how a person reads it
(`pipelines.cli.explain`).
"""
