"""The model of a check and of a feed's check settings: what one YAML entry may contain. Not here:
which checks there are (`checks.check_catalogue`)."""

from __future__ import annotations

from typing import Any, Literal

from pydantic import Field, model_validator

from warehouse.base.strict import Strict
from warehouse.editions.check_history import Dimension, Layer, Severity
from warehouse.reference.levels import LEVELS, TABLE, NewMonthAction, OrgLevel
from warehouse.transform.conform import ROW_RULES

Action = Literal["hold", "hold_month", "quarantine", "warn"]
Bounds = tuple[float, float]
NUMBERS = ("threshold", "month_on_month", "least")


class Override(Strict):
    """A feed's changes to a shared check."""

    severity: Severity | None = None
    action: Action | None = None
    owner: str | None = None
    threshold: float | None = Field(default=None, gt=0)
    month_on_month: float | None = Field(default=None, gt=0)
    least: int | None = Field(default=None, ge=1)


class Check(Strict):
    """One requirement.

    `action`: `hold` holds the edition (or the mart), `hold_month` the organisation-months that fail
    it; `quarantine` removes the rows that fail it, and holds the edition if their share exceeds
    `threshold`; `warn` records it. `threshold_means` describes the threshold and may name
    `{threshold}`, `{month_on_month}` (the threshold where two different months are compared) and
    `{least}` (smaller counts are not checked).
    `owner`: None for the owner of the feed's contract.
    """

    rule: str = Field(pattern=r"^[a-z][a-z0-9_]+$")
    title: str = Field(min_length=10)
    layer: Layer
    dimension: Dimension
    severity: Severity
    action: Action
    threshold: float | None = Field(default=None, gt=0)
    threshold_means: str | None = None
    month_on_month: float | None = Field(default=None, gt=0)
    least: int | None = Field(default=None, ge=1)
    owner: str | None = None

    @property
    def limit(self) -> float:
        """Return the threshold. Raises ValueError if there is none."""
        if self.threshold is None:
            raise ValueError(f"check {self.rule} has no `threshold:`")
        return self.threshold

    @property
    def may_hold(self) -> bool:
        """Whether failing it can hold an edition."""
        return self.severity == "ERROR" and self.action != "hold_month"

    @model_validator(mode="after")
    def _possible(self) -> Check:
        wanted = {"hold": "ERROR", "hold_month": "ERROR", "warn": "WARN"}.get(
            self.action, self.severity
        )
        if self.severity != wanted:
            raise ValueError(f"`action: {self.action}` needs `severity: {wanted}`")
        if (self.action == "quarantine") != (self.rule in ROW_RULES):
            raise ValueError("`action: quarantine` is for row rules, and for them alone")
        if self.action == "quarantine" and self.severity == "ERROR" and self.threshold is None:
            raise ValueError("a row rule of severity ERROR needs a `threshold`, a share of rows")
        if (self.threshold is None) != (self.threshold_means is None):
            raise ValueError("`threshold` and `threshold_means` go together")
        if self.threshold is None and (self.month_on_month or self.least):
            raise ValueError("`month_on_month` and `least` need a `threshold`")
        for number in NUMBERS[1:]:
            if (getattr(self, number) is None) == (f"{{{number}" in (self.threshold_means or "")):
                raise ValueError(f"`{number}` and {{{number}}} in `threshold_means` go together")
        return self

    def overridden(self, override: Override) -> Check:
        """Return the check with one feed's overrides. Raises ValueError for a number it lacks."""
        changed = override.model_dump(exclude_none=True)
        for number in NUMBERS:
            if number in changed and getattr(self, number) is None:
                raise ValueError(f"{number}: the check {self.rule} has none to override")
        return Check.model_validate(self.model_dump() | changed)

    def threshold_text(self) -> str | None:
        """Return `threshold_means` with its numbers filled in."""
        numbers = {name: getattr(self, name) for name in NUMBERS}
        return self.threshold_means.format(**numbers) if self.threshold_means else None


class Split(Strict):
    """Parts that add up to a total: measures, or the labels of a column (`split`)."""

    total: str
    parts: tuple[str, ...] = Field(min_length=1)
    split: str | None = None


class PartOfTotal(Strict):
    """A measure that never exceeds another."""

    part: str
    total: str


class Share(PartOfTotal):
    """Limits of a share: for the whole edition, and for each organisation-month whose total is at
    least `each_from`."""

    whole: Bounds
    each: Bounds
    each_from: int = Field(ge=1)


class NewMonths(Strict):
    """How a feed's new months are checked against earlier ones.

    `measure`: the one that is checked, None for the contract's first. `per`: the unit that makes
    months comparable, None for `working_day` if the measure adds up over months, else `month`.
    `levels`: level -> action, where it differs from the table of levels.
    """

    measure: str | None = None
    per: Literal["working_day", "day", "month"] | None = None
    levels: dict[OrgLevel, NewMonthAction] = Field(default_factory=dict)

    @model_validator(mode="after")
    def _may_hold(self) -> NewMonths:
        for level, action in self.levels.items():
            usual = LEVELS[level].new_months
            if usual == "none":
                judged = [one.name for one in TABLE if one.new_months != "none"]
                raise ValueError(f"levels.{level}: expected one of {', '.join(judged)}")
            if action == "hold" and usual != "hold":
                held = [one.name for one in TABLE if one.new_months == "hold"]
                raise ValueError(f"levels.{level}: `hold` is for {', '.join(held)}")
        return self

    def action(self, level: OrgLevel) -> NewMonthAction:
        """Return the action for a month of this level that is out of range."""
        return self.levels.get(level, LEVELS[level].new_months)


class FeedChecks(Strict):
    """A feed's check settings: its own checks, parameters of generic ones, and its overrides.

    `looks_back`: how many months back an earlier edition may be to be compared with.
    `counted_as_people`: what the publisher may count in place of people, such as sessions.
    """

    looks_back: int = Field(default=3, ge=3)
    checks: dict[str, Any] = Field(default_factory=dict)
    overrides: dict[str, Override] = Field(default_factory=dict)
    parts_sum_to_total: tuple[Split, ...] = ()
    part_within_total: tuple[PartOfTotal, ...] = ()
    shares_plausible: tuple[Share, ...] = ()
    new_months: NewMonths = NewMonths()
    counted_as_people: str | None = None
