"""What must hold: expectations on every edition, the runner that judges them, their history.

Belongs here: rules, severities, verdicts. Does not: reading files (`assets`), keeping them
(`warehouse`), scheduling (`pipelines`).
"""
