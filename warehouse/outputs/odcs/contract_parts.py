"""Common parts of feeds' and the mart's data contracts: checks, owners, extra facts, version."""

from __future__ import annotations

import hashlib
from collections.abc import Iterable, Mapping
from importlib.metadata import version
from typing import Any

import polars as pl
from open_data_contract_standard.model import (
    AuthoritativeDefinition,
    CustomProperty,
    DataQuality,
    OpenDataContractStandard,
    Support,
    Team,
)

from warehouse.contract.model import Contract

# 3.1 has all fields used here, and is read by tools that do not know 3.2 yet.
API_VERSION = "v3.1.0"
PRODUCT = "access-recovery"
DOMAIN = "primary care access"
ENGINE = "great-expectations"
RELATIVE = "Path relative to the folder named by ACCESS_RECOVERY_HOME."

# The standard calls validity conformity; the other dimensions have the same names.
DIMENSIONS = {"validity": "conformity"}
SEVERITIES = {"ERROR": "error", "WARN": "warning"}
IMPACTS = {
    "hold_month": "Only the organisations' months that fail it are held, until they are accepted.",
    "hold": "The edition is held: earlier figures stay published until it is replaced or accepted.",
    "quarantine": "The rows that fail it are not used; too many of them hold the edition.",
    "warn": "Recorded and shown; nothing is held.",
}
DESCRIPTORS = ("layer", "threshold", "threshold_means")


def beside(facts: Mapping[str, object]) -> list[CustomProperty] | None:
    """Return facts that the standard has no field for, leaving out those that are None."""
    known = {name: value for name, value in facts.items() if value is not None}
    return [CustomProperty(property=name, value=value) for name, value in known.items()] or None


def link(url: str, kind: str, description: str | None = None) -> AuthoritativeDefinition:
    """Return a link to a page with more information."""
    return AuthoritativeDefinition(url=url, type=kind, description=description)


def checked(register: pl.DataFrame) -> list[DataQuality]:
    """Return a feed's or the mart's checks as quality entries.

    `register`: one row per check, with the columns of
    `warehouse.editions.check_history.REGISTER_SCHEMA`.
    """
    return [
        DataQuality.model_validate(
            {
                "id": row["rule"],
                "name": row["rule"],
                "description": row["title"],
                "type": "custom",
                "engine": ENGINE,
                "implementation": {
                    name: row[name] for name in ("rule", *DESCRIPTORS) if row[name] is not None
                },
                "dimension": DIMENSIONS.get(row["dimension"], row["dimension"]),
                "severity": SEVERITIES[row["severity"]],
                "businessImpact": IMPACTS[row["action"]],
                "customProperties": beside({"action": row["action"], "owner": row["owner"]}),
            }
        )
        for row in register.iter_rows(named=True)
    ]


def classified(contract: Contract) -> str:
    """Return who may see the columns of a feed."""
    return "restricted" if contract.disclosure_control else "public"


def bullets(lines: Iterable[str]) -> str | None:
    """Return sentences as a list; None if there are none."""
    return "\n".join(f"- {line}" for line in lines) or None


def sealed(owner: str, **fields: Any) -> OpenDataContractStandard:
    """Return a contract of these fields, with owner and contact, and as version that of the
    software and a hash of the content."""
    contract = OpenDataContractStandard(
        apiVersion=API_VERSION,
        kind="DataContract",
        domain=DOMAIN,
        team=Team(name=owner, description="Responsible for the data; decides about held editions."),
        support=[
            Support(
                channel=owner,
                tool="other",
                scope="issues",
                description="Contact the owner about figures that look wrong.",
            )
        ],
        **fields,
    )
    content = contract.model_dump_json(by_alias=True, exclude_none=True)
    digest = hashlib.sha256(content.encode()).hexdigest()[:12]
    return contract.model_copy(update={"version": f"{version(PRODUCT)}+{digest}"})
