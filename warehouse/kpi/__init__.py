"""The KPI catalogue: what each figure is, from what it is made, and the arithmetic of units."""
