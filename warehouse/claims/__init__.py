"""Published claims: statements with figures, put to the test against the mart.

`places/<place>.yaml` is the register of a place; every module works on it as data. No code knows
any one claim.
"""
