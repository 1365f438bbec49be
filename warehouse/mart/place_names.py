"""Short names of organisations in the mart: those of the table, else the published name without the
words that all of its level have."""

from __future__ import annotations

import re

import polars as pl

from warehouse.mart.hierarchy import Connection, create_from

# What names of one level have in common, removed from the others: 'NHS Kent and Medway Integrated
# Care Board', 'NHS Kent and Medway ICB - 91Q'. Names of the sample end with what they are.
COMMON = r"^NHS | Integrated Care Board( \(SYNTHETIC\))?$| STP$| ICB( - )"


def shortened(name: str) -> str:
    """A published name without the words that all of its level have, as SQL's `short_name`."""
    return re.sub(COMMON, lambda found: (found[1] or "") + (found[2] or ""), name)


def load_short_names(db: Connection, named: dict[tuple[str, str], str]) -> None:
    """Create `stage.short_name` (`org_level, org_code, short_name`) of those in the table."""
    rows = [(level, code, name) for (level, code), name in named.items()]
    schema = dict.fromkeys(("org_level", "org_code", "short_name"), pl.String)
    frame = pl.DataFrame(rows, schema, orient="row")
    create_from(db, "stage.short_name", frame, "reference.short_names")


def short_name(short: str, name: str) -> str:
    """SQL: the short name of an organisation, by the aliases of its row in `stage.short_name` and
    of its published name (`org_name`); NULL if that is not known."""
    return rf"""coalesce({short}.short_name,
            regexp_replace({name}.org_name, '{COMMON}', '\1\2', 'g'))"""
