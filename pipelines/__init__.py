"""Orchestration and the command line. The work itself is in `assets`, `checks` and `warehouse`."""
