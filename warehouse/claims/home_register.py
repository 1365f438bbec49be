"""The claims of a home: those shipped for its place, and its own in `claims.yaml`.

Belongs here: putting the two together. Does not: reading a register (`register`).
"""

from __future__ import annotations

import hashlib

from warehouse.base.home import CLAIMS, Home
from warehouse.base.validation import faults_told_of
from warehouse.base.yaml_files import yaml_of
from warehouse.claims.register import check_register, claims_in, published_claims
from warehouse.claims.register_entries import Claim
from warehouse.kpi.catalogue import catalogue
from warehouse.settings import read_settings


def claims_of(home: Home) -> tuple[Claim, ...]:
    """Return the claims of a home's place, then those of its own `claims.yaml`, if it has one.

    Raises ValueError that names the file, the entry and the key, for a register that can't be read
    or does not fit the catalogue, and for a claim of the home that has the id of a shipped one.
    """
    shipped = published_claims(read_settings(home).place)
    text = _own_text(home)
    if text is None:
        return shipped
    with faults_told_of(home.root / CLAIMS):
        own = claims_in(yaml_of(text))
        if both := {one.claim_id for one in shipped} & {one.claim_id for one in own}:
            raise ValueError(f"found claim `{min(both)}`, expected an id that no shipped claim has")
        check_register(own, catalogue())
    return (*shipped, *own)


def own_claims_digest(home: Home) -> str:
    """Return a hash of the home's own register, empty if it has none: the mart is made from it."""
    text = _own_text(home)
    return "" if text is None else hashlib.sha256(text.encode()).hexdigest()[:16]


def _own_text(home: Home) -> str | None:
    try:
        return home.store.read_text(CLAIMS)
    except FileNotFoundError:
        return None
