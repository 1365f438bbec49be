"""Statistics: control charts, funnels, intervals, inequality. Pure functions on polars frames, of
many series or units at once, which know neither KPIs nor files; what each means to people is in
`docs/statistics.md`. Not here: tables of the mart (`warehouse.mart`)."""
