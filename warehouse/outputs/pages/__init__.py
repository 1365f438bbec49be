"""Pages for people, as static HTML from the published mart: scorecard, lineage, and the checks of
each refresh. Each is one file with its style, without scripts, that opens without a network."""
