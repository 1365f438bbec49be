"""What is kept and how it is read: archive, lake, KPI catalogue, and the published DuckDB mart.

Belongs here: paths, provenance, SQL, publication. Does not: the meaning of a publisher's
columns (`assets`), judging them (`checks`), running (`pipelines`).
"""
