"""Alerts: what needs a person, and telling them once.

`find_problems` finds out, `delivery` remembers who was told what, `send` brings it to them.
"""
