"""The permanent record: source files with their provenance, decisions, withdrawals, tombstones."""
