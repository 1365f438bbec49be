"""What is kept, and how figures are made of it, from the archive to the published mart.

Belongs here: all work that knows no Dagster, room upon room (`CONTRIBUTING.md` lists them). Does
not: what is particular to one feed (`assets.feeds`), judging (`checks`), running (`pipelines`).
"""
