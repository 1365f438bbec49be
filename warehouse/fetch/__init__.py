"""From a feed's contract to the publisher's files on this disk: finding and downloading.

Belongs here: every request to a publisher, and the journal of lookups. Does not: what a file is and
whether it is accepted (`warehouse.intake`), when to look it up (`warehouse.editions.freshness`).
"""
