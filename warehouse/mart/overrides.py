"""Decisions as governance's tables show them: all decisions, and those about an edition or a
file."""

from __future__ import annotations

from typing import Literal

import polars as pl

from warehouse.archive.decisions import Decision, decisions
from warehouse.base.home import Home
from warehouse.editions.status import EditionStatus

Schema = dict[str, pl.DataType | type[pl.DataType]]
OVERRIDE_SCHEMA: Schema = {
    "override": pl.String,
    "override_reason": pl.String,
    "override_by": pl.String,
    "override_at": pl.Datetime("us"),
    "override_lapsed": pl.String,
    "stays_published": pl.String,
}
WITHDRAWN_SCHEMA: Schema = {
    "withdrawn": pl.Boolean,
    "withdrawn_reason": pl.String,
    "withdrawn_by": pl.String,
    "withdrawn_at": pl.Datetime("us"),
}
PublishedStatus = Literal["accepted", "held", "pending", "withdrawn", "retired"]


def override_table(home: Home) -> pl.DataFrame:
    """Return every decision, oldest first: the fields of `Decision`, lists one item a line."""
    rows = [
        one.model_dump()
        | {
            "sha256": "\n".join(one.sha256),
            "failed_rules": "\n".join(one.failed_rules),
            "released": "\n".join(one.released),
            "decided_at": one.decided_at.replace(tzinfo=None),
        }
        for one in decisions(home)
    ]
    schema: Schema = dict.fromkeys(Decision.model_fields, pl.String)
    return pl.DataFrame(rows, schema={**schema, "decided_at": pl.Datetime("us")})


def published_status(status: EditionStatus, is_active: bool, is_withdrawn: bool) -> PublishedStatus:
    """Return `accepted`, `held`, `pending` (not checked yet), `withdrawn` (all its files are) or
    `retired` (synthetic, among real data)."""
    if is_withdrawn:
        return "withdrawn"
    return status.verdict if is_active else "retired"


def override_columns(status: EditionStatus) -> dict[str, object]:
    """Return the newest accept or hold of an edition, why it has lapsed, and what of the edition
    stays published while its newer files are held."""
    one = status.decision
    return {
        "override": one.decision if one else None,
        **_decided("override", one),
        "override_lapsed": status.lapsed,
        "stays_published": status.stays_words,
    }


def withdrawn_columns(one: Decision | None) -> dict[str, object]:
    """Return whether a file is withdrawn, and by which decision."""
    return {"withdrawn": one is not None, **_decided("withdrawn", one)}


def _decided(prefix: str, one: Decision | None) -> dict[str, object]:
    return {
        f"{prefix}_reason": one.reason if one else None,
        f"{prefix}_by": one.decided_by if one else None,
        f"{prefix}_at": one.decided_at.replace(tzinfo=None) if one else None,
    }
