"""From a path to archived source files: safe opening, recognition, provenance. Not here: reading
rows (`warehouse.transform.tidy`)."""
