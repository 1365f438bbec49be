"""Explain figures: the calculation as the mart records it, and the published rows behind it.

Does not: macro `explain` (`warehouse.mart.explain_macros`), printing (`pipelines.cli.explain`).
"""
