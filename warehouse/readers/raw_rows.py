"""The columns that readers add to published ones: where a row stands, and what lay beyond it."""

SOURCE_ROW = "source_row"
OVERFLOW = "overflow"
