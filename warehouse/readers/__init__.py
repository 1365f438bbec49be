"""Opening what publishers issue: containers, CSV files, workbooks and their title sheets."""
