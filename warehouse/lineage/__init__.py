"""Column lineage of the mart, from the SQL that builds it and the contracts beneath it.

Only this room parses SQL (with sqlglot); it is imported on use, because that takes time.
"""
