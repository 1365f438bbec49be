"""Pages by which the figures can be trusted: scorecard, what each refresh checked, figures of
accepted editions, lineage. In the report, and in `docs/` of the home after each refresh."""
