"""Data Docs: the site that Great Expectations makes of its suites and validation results, rewritten
to open from the file system and to load nothing from elsewhere.

Not here: running checks (`checks`), or pages made from the mart (`warehouse.site`)."""
