"""The levels of organisations that figures exist for."""

from __future__ import annotations

from typing import Literal

OrgLevel = Literal[
    "practice", "pcn", "sub_icb", "icb", "region", "england", "pharmacy", "local_authority"
]
