"""The columns that readers add to published ones: row number and overflow."""

SOURCE_ROW = "source_row"
OVERFLOW = "overflow"
