"""What must hold: the checks of editions and of the mart, and the runner that judges them.

Belongs here: checks, their severities, evidence, verdicts. Does not: reading files and keeping
verdicts (`warehouse`), taking an edition in (`assets.ingest`), scheduling (`pipelines`).
"""
