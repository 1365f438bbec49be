"""The register of claims: `places/<place>.yaml` as validated objects.

Belongs here: reading a register, and refusing invalid entries. Does not: what an entry may contain
(`register_entries`), calculating a reading (`evidence`).
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from functools import cache
from pathlib import Path
from typing import Any, TypeVar

from pydantic import BaseModel, ValidationError

from warehouse.base.text import similar
from warehouse.base.validation import Models, faults_told_of, say_faults, say_found
from warehouse.base.yaml_files import read_yaml
from warehouse.claims.periods import Period
from warehouse.claims.register_entries import (
    Claim,
    ClaimOrganisation,
    ClaimUnit,
    Document,
    Figure,
    Reading,
    ReadingEntry,
    Statement,
)
from warehouse.claims.stated import Written, read_figure
from warehouse.kpi.catalogue import Kpi, catalogue

REGISTERS = Path(__file__).with_name("places")


def register_files() -> list[Path]:
    """Return the registers of all places, in order."""
    return sorted(REGISTERS.glob("*.yaml"))


def register_file(place: str) -> Path:
    """Return the path of a place's register, if it has one. `place`: ODS code of the ICB."""
    return REGISTERS / f"{place}.yaml"


@cache
def published_claims(place: str) -> tuple[Claim, ...]:
    """Return the shipped register of a place, empty if there is none.

    Raises ValueError as `load_register` and `check_register` do.
    """
    path = register_file(place)
    if not path.exists():
        return ()
    claims = load_register(path)
    with faults_told_of(path):
        check_register(claims, catalogue())
    return claims


def load_register(path: Path) -> tuple[Claim, ...]:
    """Read and validate a register; returns claims in its order.

    Raises ValueError that names file, entry and key, what was found and what was expected.
    """
    with faults_told_of(path):
        return claims_in(read_yaml(path))


def claims_in(raw: object) -> tuple[Claim, ...]:
    """Return the claims of a register's content, in its order. Raises ValueError for a fault."""
    found: dict[str, Claim] = {}
    for claim in _claims(raw):
        if claim.claim_id in found:
            raise ValueError(f"found claim `{claim.claim_id}` twice, expected once")
        found[claim.claim_id] = claim
    return tuple(found.values())


def _claims(raw: object) -> Iterator[Claim]:
    for document_id, entry in _mapping(raw, "the register").items():
        who = f"document `{document_id}`"
        head, statements = _apart(entry, "statements", who)
        document = _valid(Document, head, who)
        for name, said in _mapping(statements, f"{who}: `statements`").items():
            here = f"statement `{name}`"
            head, figures = _apart(said, "figures", here)
            statement = _valid(Statement, head, here)
            for claim_id, one in _mapping(figures, f"{here}: `figures`").items():
                label = f"claim `{claim_id}`"
                figure = _valid(Figure, one, label)
                yield _claim(claim_id, f"{document_id}/{name}", document, statement, figure, label)


def _claim(
    claim_id: str,
    statement_id: str,
    document: Document,
    statement: Statement,
    figure: Figure,
    label: str,
) -> Claim:
    if not claim_id.replace("-", "").isalnum() or claim_id != claim_id.lower():
        raise ValueError(f"{label}: expected an id of lower-case letters, digits and hyphens")
    stated = _read(figure.written, figure.unit, f"{label}: `written`")
    if (figure.tolerance is None) != (figure.tolerance_because is None):
        found = "found one of `tolerance` and `tolerance_because`"
        raise ValueError(f"{label}: {found}, expected both")
    if figure.tolerance and figure.tolerance_because:
        explicit = _read(figure.tolerance, figure.unit, f"{label}: `tolerance`")
        if explicit.value < 0:
            raise ValueError(
                f"{label}: `tolerance`: found `{figure.tolerance}`, expected how far off the "
                "figure may be, 0 or more"
            )
        stated = Written(stated.value, explicit.value, figure.tolerance_because)
    whole = _read(figure.whole, figure.unit, f"{label}: `whole`") if figure.whole else None
    organisations = figure.organisations or statement.organisations
    return Claim(
        claim_id=claim_id,
        statement_id=statement_id,
        document=document,
        statement=statement,
        figure=figure,
        stated=stated,
        whole=whole,
        organisations=organisations,
        readings=tuple(_readings(figure, organisations, label)),
    )


def _readings(
    figure: Figure, organisations: tuple[ClaimOrganisation, ...], label: str
) -> Iterator[Reading]:
    for number, entry in enumerate(figure.readings):
        missing = entry.missing or figure.missing
        kpi = None if entry.missing else entry.kpi or figure.kpi
        if kpi is None and missing is None:
            raise ValueError(
                f"{label}: `readings.{number}`: expected a `kpi`, or under `missing` which feed or "
                "definition is needed"
            )
        for one in entry.organisations or organisations:
            yield Reading(
                kpi_id=kpi,
                org_level=one.level,
                org_code=one.code,
                period=entry.period or figure.period,
                measure=entry.measure or figure.measure,
                only_shown=entry.only_shown,
                missing=None if kpi else missing,
            )


def check_register(claims: tuple[Claim, ...], kpis: Mapping[str, Kpi]) -> None:
    """Check readings against the catalogue.

    Raises ValueError that names claim and key: for an unknown KPI, a reading in another unit than
    the claim's, a period that the KPI has no figures of, and a monthly mean of what is not added up
    over months.
    """
    for claim in claims:
        for reading in claim.readings:
            if reading.kpi_id is not None:
                _check_reading(reading, reading.kpi_id, claim, kpis)


def _check_reading(reading: Reading, kpi_id: str, claim: Claim, kpis: Mapping[str, Kpi]) -> None:
    label = f"claim `{claim.claim_id}`"
    kpi = kpis.get(kpi_id)
    if kpi is None:
        near = ", ".join(similar(kpi_id, kpis)) or "the id of a KPI in the catalogue"
        raise ValueError(f"{label}: `kpi`: `{kpi_id}` is not in the catalogue, expected {near}")
    if not reading.period.covers(kpi.period):
        raise ValueError(
            f"{label}: `period`: found {reading.period.words}, expected one {kpi.period.words}, of "
            f"which {kpi_id} has figures"
        )
    monthly = kpi.period.is_month and not kpi.is_stock and kpi.denominator is None
    if reading.measure == "monthly_mean" and not monthly:
        raise ValueError(
            f"{label}: `measure`: found `monthly_mean`, but {kpi_id} does not add up over months; "
            "expected another measure, or another KPI"
        )
    unit = unit_of(reading, kpi)
    if reading.only_shown is None and unit != claim.figure.unit:
        raise ValueError(
            f"{label}: `unit`: found `{claim.figure.unit}`, expected `{unit}`, that of {kpi_id} as "
            f"{reading.measure}; if the words do not support this reading, give the reason under "
            "`only_shown`"
        )


def unit_of(reading: Reading, kpi: Kpi) -> ClaimUnit:
    """Return the unit of a reading's value: the KPI's, or `growth`."""
    if reading.measure == "year_on_year_ratio":
        return "growth"
    if reading.measure == "year_on_year_change" and kpi.unit == "share":
        return "growth"
    return kpi.unit


BELOW: Models = {"organisations": ClaimOrganisation, "period": Period, "readings": ReadingEntry}
_Model = TypeVar("_Model", bound=BaseModel)


def _valid(model: type[_Model], entry: object, who: str) -> _Model:
    try:
        return model.model_validate(entry)
    except ValidationError as error:
        raise ValueError(f"{who}: {say_faults(error, model, BELOW)}") from None


def _read(text: str, unit: str, who: str) -> Written:
    try:
        return read_figure(text, unit)
    except ValueError as error:
        raise ValueError(f"{who}: {error}") from None


def _mapping(entry: object, who: str) -> dict[str, Any]:
    if not isinstance(entry, dict) or not entry:
        raise ValueError(f"{who}: found {say_found(entry)}, expected entries by name")
    return {str(key): value for key, value in entry.items()}


def _apart(entry: object, key: str, who: str) -> tuple[dict[str, Any], object]:
    head = dict(_mapping(entry, who))
    if key not in head:
        raise ValueError(f"{who}: `{key}` is missing")
    below = head.pop(key)
    return head, below
