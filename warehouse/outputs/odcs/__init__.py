"""Data contracts in the Open Data Contract Standard, for other catalogues and tools.

Belongs here: converting known facts (feed contracts, checks, the mart's own comments) into the
standard's official model. Does not: any fact of its own, nor the command that writes the files.
"""
