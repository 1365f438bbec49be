"""Orchestration and the commands: definitions, partitions, the refresh, the command line.

Belongs here: orchestration only. The work itself is in `assets`, `checks` and `warehouse`.
"""
