"""Alerts: find what needs a person, and send one message about it.

`find_problems` finds problems, `delivery` records which alerts were sent, `send` sends them.
"""
