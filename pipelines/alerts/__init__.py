"""Alerts: what needs a person, and telling them once. `problems` finds out, `told` remembers who
was told what, `send` brings it to them."""
