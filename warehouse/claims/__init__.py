"""Published claims: statements with figures, checked against the mart.

`places/<place>.yaml` is the register of a place. No code refers to any one claim.
"""
