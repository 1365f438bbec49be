"""Published claims: statements with figures, put to the test against the mart.

`claims.yaml` is the register; every module works on it as data. Nothing here knows one claim.
"""
