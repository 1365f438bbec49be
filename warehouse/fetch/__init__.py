"""Find and download publishers' files: every request to a publisher, and the journal of lookups.
Not here: recognising files (`warehouse.intake`), when to look (`warehouse.editions.freshness`)."""
