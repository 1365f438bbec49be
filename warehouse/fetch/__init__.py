"""From a feed's contract to files of the publisher on this disk: finding, asking, downloading.

Belongs here: everything that needs a publisher to answer, and the journal of it. Does not: what a
file is and whether it is taken (`warehouse.intake`), when to look (`warehouse.editions.freshness`).
"""
