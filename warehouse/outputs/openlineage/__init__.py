"""Lineage events in the OpenLineage standard: the inputs and outputs of each step as it runs.

Belongs here: creating them with the official client, and sending them to a file or a service. Does
not: the steps (`assets`), nor lineage itself (`warehouse.lineage.feed_edges`, `warehouse.lineage`).
Events never quote cells of a file, because they may be sent to others.
"""
