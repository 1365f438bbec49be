"""Lineage events in the OpenLineage standard: the inputs and outputs of each step as it runs.
Events never quote cells of a file, because they may be sent to others."""
