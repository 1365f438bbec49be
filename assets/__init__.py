"""The Dagster assets of feeds and of the mart, a folder per feed, and the synthetic sample. Not
here: when assets run (`pipelines`), checks (`checks`), the work itself (`warehouse`)."""
