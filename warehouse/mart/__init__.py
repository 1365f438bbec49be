"""The figures: from measures of accepted editions to KPIs by organisation and month. Building the
file and publishing it is in `warehouse.publication`."""
