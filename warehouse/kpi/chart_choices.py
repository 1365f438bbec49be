"""What people choose for the charts of KPIs: targets (shipped, and of a home), and where a home's
series begin anew. Not here: the charts (`warehouse.mart`), settings (`warehouse.settings`)."""

from __future__ import annotations

import hashlib
from collections import Counter
from pathlib import Path
from typing import NamedTuple, TypeVar

import yaml
from pydantic import BaseModel, Field, TypeAdapter, ValidationError, model_validator

from warehouse.base.errors import Refusal
from warehouse.base.home import BASELINES, TARGETS, Home
from warehouse.base.months import MONTH
from warehouse.base.strict import Strict
from warehouse.base.text import unknown
from warehouse.base.validation import say_faults
from warehouse.base.yaml_files import read_yaml
from warehouse.kpi.catalogue import Kpi, catalogue
from warehouse.reference.levels import OrgLevel

SHIPPED = Path(__file__).with_name("targets.yaml")
SAID = 10  # characters of a source or reason, at least
ORG_CODE = r"^[A-Z0-9]{3,9}$"
Entry = TypeVar("Entry", bound=BaseModel)


class Fault(NamedTuple):
    """What is wrong with a choice: its field, and what is expected there."""

    column: str
    expected: str


class Target(Strict):
    """A target of a KPI, in its unit (a share from 0 to 1).

    Of every organisation of `level`, or of `organisation` alone; from and until a month, both
    included. `source`: who set it, and how it is meant. `beside`: KPIs of the same matter, beside
    which people look for it: it is not theirs, and there that is said.
    """

    kpi: str
    level: OrgLevel
    organisation: str | None = Field(default=None, pattern=ORG_CODE)
    first: str = Field(alias="from", pattern=MONTH)
    last: str | None = Field(default=None, alias="until", pattern=MONTH)
    value: float
    source: str = Field(min_length=SAID)
    reference: str | None = None
    beside: tuple[str, ...] = ()

    @model_validator(mode="after")
    def _is_beside_kpis(self) -> Target:
        for one in self.beside:
            if one not in catalogue():
                raise ValueError(f"`beside`: {' '.join(unknown('KPI', one, catalogue()))}")
        return self

    @model_validator(mode="after")
    def _fits_its_kpi(self) -> Target:
        if fault := fault_of(self.kpi, self.level, self.value, self.first, self.last):
            named = "until" if fault.column == "last" else fault.column
            raise ValueError(f"`{named}`: expected {fault.expected}")
        return self

    @property
    def key(self) -> str:
        """What it is of, and since when: of two with one key the second replaces the first."""
        return f"{self.kpi} {self.level}:{self.organisation or '*'} {self.first}"


class DeclaredBaseline(Strict):
    """A month from which on a KPI is charted on a new baseline, because something was done
    differently: for every organisation of `level`, or for `organisation` alone.

    `reason`: what was done; `who`: the person who says so.
    """

    kpi: str
    level: OrgLevel
    organisation: str | None = Field(default=None, pattern=ORG_CODE)
    month: str = Field(pattern=MONTH)
    reason: str = Field(min_length=SAID)
    who: str = Field(min_length=2)

    @model_validator(mode="after")
    def _fits_its_kpi(self) -> DeclaredBaseline:
        if fault := _fault_of_kpi(self.kpi, self.level):
            raise ValueError(f"`{fault.column}`: expected {fault.expected}")
        return self


class UnreadableChoices(Refusal, ValueError):
    """An invalid `targets.yaml` or `baselines.yaml`."""


def shipped_targets() -> tuple[Target, ...]:
    """The national targets that come with the program."""
    return tuple(TypeAdapter(list[Target]).validate_python(read_yaml(SHIPPED)))


def home_targets(home: Home) -> tuple[Target, ...]:
    """The home's own targets, `targets.yaml`; none without the file. Raises UnreadableChoices, also
    for two of the same KPI, organisations and first month."""
    found = _read(home, TARGETS, Target)
    for key, several in Counter(one.key for one in found).items():
        if several > 1:
            raise UnreadableChoices(
                f"{home.root / TARGETS}: {several} targets of {key}.",
                "Keep one; give a later one a later `from:`.",
            )
    return found


def home_baselines(home: Home) -> tuple[DeclaredBaseline, ...]:
    """The baselines that people declared in `baselines.yaml`; none without the file. Raises
    UnreadableChoices."""
    return _read(home, BASELINES, DeclaredBaseline)


def choices_digest(home: Home) -> str:
    """A hash of the home's files of choices: the mart is made from them."""
    texts = [_text(home, key) or "" for key in (TARGETS, BASELINES)]
    return hashlib.sha256("\0".join(texts).encode()).hexdigest()[:16]


def _text(home: Home, key: str) -> str | None:
    try:
        return home.store.read_text(key)
    except FileNotFoundError:
        return None


def _read(home: Home, key: str, model: type[Entry]) -> tuple[Entry, ...]:
    text = _text(home, key)
    if text is None:
        return ()
    try:
        raw = yaml.safe_load(text)
        return tuple(TypeAdapter(list[model]).validate_python(raw or []))  # type: ignore[valid-type]
    except yaml.YAMLError as error:
        told = f"not readable as YAML: {error}"
    except ValidationError as error:
        told = say_faults(error, model, {})
    keys = ", ".join(field.alias or name for name, field in model.model_fields.items())
    raise UnreadableChoices(f"{home.root / key}: {told}.", f"Expected a list of entries: {keys}.")


def fault_of(
    kpi_id: str, level: OrgLevel, value: float, first: str, last: str | None
) -> Fault | None:
    """What is wrong with a target, `first` and `last` being its months; None if nothing is."""
    fault = _fault_of_kpi(kpi_id, level)
    if fault is None and catalogue()[kpi_id].unit == "share" and not 0 <= value <= 1:
        fault = Fault("value", "a share from 0 to 1, such as 0.9")
    if fault is None and last and last < first:
        fault = Fault("last", f"no month before the first, {first}")
    return fault


def _fault_of_kpi(kpi_id: str, level: OrgLevel) -> Fault | None:
    kpi: Kpi | None = catalogue().get(kpi_id)
    if kpi is None:
        return Fault("kpi", f"the id of a KPI: {' '.join(unknown('KPI', kpi_id, catalogue()))}")
    levels = list(dict.fromkeys(one for source in kpi.sources for one in source.levels))
    if level not in levels:
        return Fault("level", f"one of which {kpi_id} has figures: {', '.join(levels)}")
    return None
