"""What a plan's actions refer to, as shipped: the delivery plan's commitments, its checklists, and
the aims of an ICB. Not here: the payment to networks (`improvement_payment`), tables
(`plan_tables`)."""

from __future__ import annotations

from datetime import date
from functools import cache
from pathlib import Path
from typing import Literal

from pydantic import model_validator

from warehouse.base.strict import Strict
from warehouse.base.text import heading_key
from warehouse.base.yaml_files import read_yaml

SHIPPED = Path(__file__).with_name("delivery_plan.yaml")
TextStatus = Literal["verified", "recalled"]


class Sourced(Strict):
    """What was said elsewhere. `text`: verified was read at its source; recalled was not."""

    title: str
    text: TextStatus


class Dated(Sourced):
    """What is due: on a day, or when in words."""

    due: date | None = None
    due_words: str | None = None

    @model_validator(mode="after")
    def _has_a_time(self) -> Dated:
        if not self.due and not self.due_words:
            raise ValueError("expected `due:` (a day) or `due_words:`")
        return self


class Commitment(Dated):
    """A commitment of the delivery plan, in one of its areas."""

    area: str


class ChecklistItem(Dated):
    """An expected action of a checklist: of whom (`audience`), and for which commitment."""

    audience: Literal["ICB", "PCN"]
    commitment: int
    version: str


class Aim(Sourced):
    """An aim of an ICB, to which its actions are set."""

    aim: str
    icb: str


class Checklist(Strict):
    """A version of the checklists."""

    version: str
    title: str
    source: str


class DeliveryPlan(Strict):
    """The whole file. `areas`: id -> title; `source`: of the commitments."""

    areas: dict[str, str]
    aims: tuple[Aim, ...]
    source: str
    commitments: dict[int, Commitment]
    checklists: tuple[Checklist, ...]
    items: dict[str, ChecklistItem]

    @model_validator(mode="after")
    def _fits_together(self) -> DeliveryPlan:
        versions = {one.version for one in self.checklists}
        for name, item in self.items.items():
            if item.commitment not in self.commitments or item.version not in versions:
                raise ValueError(f"item {name}: unknown commitment or version")
        for number, one in self.commitments.items():
            if one.area not in self.areas:
                raise ValueError(f"commitment {number}: unknown area `{one.area}`")
        return self


def aim_typed(icb: str, text: str) -> str | None:
    """The aim of an ICB that a text names by its id or title, whatever its case and punctuation, or
    by the title's beginning (`Tackle the 8am rush`); None if there is none."""
    wanted = heading_key(text)
    for one in delivery_plan().aims:
        names = (one.aim, one.title, one.title.partition(":")[0])
        if one.icb == icb and wanted in map(heading_key, names):
            return one.aim
    return None


@cache
def delivery_plan() -> DeliveryPlan:
    """The shipped delivery plan."""
    return DeliveryPlan.model_validate(read_yaml(SHIPPED))
