"""What is made: one folder per feed (contract and parser), and the Dagster assets built from them.

Belongs here: how a published file is recognised, read and conformed; what it measures.
Does not: when it runs (`pipelines`), what must hold (`checks`), where it is kept (`warehouse`).
"""
