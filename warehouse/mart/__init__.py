"""The mart: from small measure files to the DuckDB file that analysts open.

One step per module: `editions` (what is accepted, which revision), `stage` (measures into a
working database), `rollup` (from organisations to the places they belong to), `figures` (KPIs by
vintage and by month), `tables` (the rest of what analysts and governance read), `describe`
(comments), `build` (all of it, aside), `publish` (checked, then swapped in).
"""
