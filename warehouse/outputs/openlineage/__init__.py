"""Lineage events in the OpenLineage standard: what each step took in and gave out, as it happens.

Belongs here: saying it with the official client, and bringing it to a file or a service. Does not:
the steps (`assets`), nor lineage itself (`warehouse.lineage.feed_edges`, `warehouse.lineage`).
Events never quote what stands in a file's cells: they may be sent to others.
"""
