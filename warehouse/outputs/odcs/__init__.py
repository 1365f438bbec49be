"""Data contracts in the Open Data Contract Standard, for catalogues and tools of others.

Belongs here: turning what is known already (feed contracts, checks, the mart's own comments) into
the standard's official model. Does not: any fact of its own, nor the command that writes the files.
"""
