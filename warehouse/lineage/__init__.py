"""Column lineage of the mart, read off the SQL that builds it and the contracts beneath it.

Only this room reads SQL (with sqlglot); it is imported when lineage is wanted, for that takes time.
"""
