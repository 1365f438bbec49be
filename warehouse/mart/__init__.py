"""The figures: from measures of accepted editions to KPIs by organisation and month.

One step per module: `load` (measures into a working database), `hierarchy` (who belonged to whom),
`inputs` (the feeds that each KPI needs), `rollup` (from organisations to the places they belong
to), `figures` (KPIs by vintage and by month), `figure_status` (and why), `analyst_tables` and
`governance` (what else people read), `describe` (comments). Does not: putting the file together
and publishing it (`warehouse.publication`).
"""
