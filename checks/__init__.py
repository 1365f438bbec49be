"""Checks of editions and of the mart, and the runner that evaluates them.

Belongs here: checks, their severities, evidence, verdicts. Does not: reading files and keeping
verdicts (`warehouse`), processing an edition (`assets.ingest`), scheduling (`pipelines`).
"""
