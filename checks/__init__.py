"""Checks of editions and of the mart: severity, evidence, verdicts. Not here: reading files,
keeping verdicts (`warehouse`), processing an edition (`assets.ingest`)."""
