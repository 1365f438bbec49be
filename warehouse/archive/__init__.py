"""What is kept for ever: source files with their provenance, decisions, withdrawals, tombstones."""
