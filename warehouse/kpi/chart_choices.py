"""What people choose for the charts of KPIs: targets (shipped, and of a home), and where a home's
series begin anew. Not here: the charts (`warehouse.mart`), settings (`warehouse.settings`)."""

from __future__ import annotations

import hashlib
from pathlib import Path
from typing import TypeVar

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
ORG_CODE = r"^[A-Z0-9]{3,9}$"
Entry = TypeVar("Entry", bound=BaseModel)


class Target(Strict):
    """A target of a KPI, in its unit (a share from 0 to 1).

    Of every organisation of `level`, or of `organisation` alone; from and until a month, both
    included. `source`: who set it, and how it is meant.
    """

    kpi: str
    level: OrgLevel
    organisation: str | None = Field(default=None, pattern=ORG_CODE)
    first: str = Field(alias="from", pattern=MONTH)
    last: str | None = Field(default=None, alias="until", pattern=MONTH)
    value: float
    source: str = Field(min_length=10)
    reference: str | None = None

    @model_validator(mode="after")
    def _fits_its_kpi(self) -> Target:
        _check(self.kpi, self.level)
        if self.last and self.last < self.first:
            raise ValueError(f"`until: {self.last}` is before `from: {self.first}`")
        return self


class DeclaredBaseline(Strict):
    """A month from which on a KPI is charted on a new baseline, because something was done
    differently: for every organisation of `level`, or for `organisation` alone.

    `reason`: what was done; `who`: the person who says so.
    """

    kpi: str
    level: OrgLevel
    organisation: str | None = Field(default=None, pattern=ORG_CODE)
    month: str = Field(pattern=MONTH)
    reason: str = Field(min_length=10)
    who: str = Field(min_length=2)

    @model_validator(mode="after")
    def _fits_its_kpi(self) -> DeclaredBaseline:
        _check(self.kpi, self.level)
        return self


class UnreadableChoices(Refusal, ValueError):
    """An invalid `targets.yaml` or `baselines.yaml`."""


def shipped_targets() -> tuple[Target, ...]:
    """The national targets that come with the program."""
    return tuple(TypeAdapter(list[Target]).validate_python(read_yaml(SHIPPED)))


def home_targets(home: Home) -> tuple[Target, ...]:
    """The home's own targets, `targets.yaml`; none without the file. Raises UnreadableChoices."""
    return _read(home, TARGETS, Target)


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


def _check(kpi_id: str, level: OrgLevel) -> None:
    """Raise ValueError if there is no such KPI, or it has no figures of that level."""
    kpi: Kpi | None = catalogue().get(kpi_id)
    if kpi is None:
        raise ValueError(" ".join(unknown("KPI", kpi_id, catalogue())))
    levels = [one for source in kpi.sources for one in source.levels]
    if level not in levels:
        raise ValueError(f"{kpi_id} has no figures of `{level}`, only of {', '.join(levels)}")
