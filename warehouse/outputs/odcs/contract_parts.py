"""Common parts of feeds' and the mart's data contracts.

Belongs here: the standard's terms for our checks, owners and extra facts; version and text of a
finished contract. Does not: the content of one contract (`feeds`, `mart_contract`).
"""

from __future__ import annotations

import hashlib
from collections.abc import Iterable, Mapping
from importlib.metadata import version

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

# 3.1 has all that is said here, and is read by tools that do not know 3.2 yet.
API_VERSION = "v3.1.0"
PRODUCT = "access-recovery"
DOMAIN = "primary care access"
ENGINE = "great-expectations"
RELATIVE = "Path relative to the folder named by ACCESS_RECOVERY_HOME."

# The standard calls validity conformity; the other dimensions have the same names.
DIMENSIONS = {"validity": "conformity"}
SEVERITIES = {"ERROR": "error", "WARN": "warning"}
IMPACTS = {
    "hold_month": "Only the organisations' months that break it are held, until they are accepted.",
    "hold": "Held back: what was published last stays published until it is mended or accepted.",
    "quarantine": "The rows that break it are kept out; too many of them hold the edition back.",
    "warn": "Recorded and shown; nothing is held back.",
}
DESCRIPTORS = ("layer", "threshold", "threshold_means")


def beside(facts: Mapping[str, object]) -> list[CustomProperty] | None:
    """Facts that the standard has no field for; those that are not known are left out."""
    known = {name: value for name, value in facts.items() if value is not None}
    return [CustomProperty(property=name, value=value) for name, value in known.items()] or None


def link(url: str, kind: str, description: str | None = None) -> AuthoritativeDefinition:
    """A page that says more."""
    return AuthoritativeDefinition(url=url, type=kind, description=description)


def checked(register: pl.DataFrame) -> list[DataQuality]:
    """The checks of a feed, or of the mart, as quality entries.

    `register`: its rows, one per check, with the columns of
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
    """Who may see the columns of a feed."""
    return "restricted" if contract.disclosure_control else "public"


def looked_after(owner: str) -> tuple[Team, list[Support]]:
    """Return the owner and contact."""
    team = Team(name=owner, description="Looks after the data and decides about held editions.")
    told = Support(
        channel=owner,
        tool="other",
        scope="issues",
        description="Tell the owner about figures that look wrong.",
    )
    return team, [told]


def bullets(lines: Iterable[str]) -> str | None:
    """Sentences as a list; None if there are none."""
    return "\n".join(f"- {line}" for line in lines) or None


def sealed(contract: OpenDataContractStandard) -> OpenDataContractStandard:
    """Return the contract with its version: that of the software, and a hash of its content."""
    said = contract.model_dump_json(by_alias=True, exclude_none=True)
    digest = hashlib.sha256(said.encode()).hexdigest()[:12]
    return contract.model_copy(update={"version": f"{version(PRODUCT)}+{digest}"})
