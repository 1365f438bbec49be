"""From a path to archived source files: safe opening, recognition, provenance.

Belongs here: everything that happens before a file has a provenance record. Does not: parsing
its rows (`warehouse.transform.tidy`).
"""
