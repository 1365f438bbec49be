"""Texts of catalogue and contracts for readers: ids of KPIs and publications as their titles. In
the mart they stay as ids, which analysts type."""

from __future__ import annotations

import re
from collections.abc import Mapping
from functools import cache

from warehouse.contract.model import contracts
from warehouse.kpi.catalogue import catalogue

ID = re.compile(r"\b[a-z][a-z0-9]*(?:_[a-z0-9]+)+\b")


def titled(text: str, names: Mapping[str, str] | None = None) -> str:
    """`read it beside pcn_workforce_fte` as `read it beside "Network staff (FTE)"`; a word with a
    low line that is no id of these stays. `names`: code -> name of organisations to say instead."""
    for code, name in (names or {}).items():
        text = name.join(re.split(rf"\b{re.escape(code)}\b", text))
    return ID.sub(lambda found: _titles().get(found[0], found[0]), text)


@cache
def _titles() -> dict[str, str]:
    feeds = {feed: f'"{contract.title}"' for feed, contract in contracts().items()}
    return feeds | {kpi_id: f'"{kpi.title}"' for kpi_id, kpi in catalogue().items()}
