"""The catalogue of checks: what must hold, how grave it is when it does not, and whose it is.

Belongs here: reading `shared.yaml` and `mart.yaml` beside this module and each feed's own
`assets/feeds/<feed>/checks.yaml`, and laying a feed's words over the shared ones. Does not: what a
check does (`checks.suite` and the modules it names, a feed's `rules.py`), nor verdicts.
"""

from __future__ import annotations

from functools import cache
from pathlib import Path
from typing import Any, Literal

import yaml
from pydantic import Field, ValidationError, model_validator

from warehouse.base.strict import Strict
from warehouse.base.yaml_files import read_yaml
from warehouse.contract.model import FEEDS_FOLDER, Contract, contracts
from warehouse.editions.check_history import Dimension, Layer, Severity
from warehouse.reference.levels import LEVELS, TABLE, NewMonthAction, OrgLevel
from warehouse.transform.conform import ROW_RULES

SHARED_FILE = Path(__file__).with_name("shared.yaml")
MART_FILE = Path(__file__).with_name("mart.yaml")
FEED_FILE = "checks.yaml"
MART = "mart"
MART_OWNER = "Primary care analytics"

Action = Literal["hold", "hold_month", "quarantine", "warn"]
Bounds = tuple[float, float]
NUMBERS = ("threshold", "month_on_month", "least")


class Override(Strict):
    """Where a feed departs from a shared check."""

    severity: Severity | None = None
    action: Action | None = None
    owner: str | None = None
    threshold: float | None = Field(default=None, gt=0)
    month_on_month: float | None = Field(default=None, gt=0)
    least: int | None = Field(default=None, ge=1)


class Check(Strict):
    """One thing that must hold.

    `action`: `hold` keeps the edition (or the mart) back, `hold_month` the months of organisations
    that break it, `quarantine` the rows that break it, and the edition too once they are more than
    `threshold`; `warn` records it. `threshold_means` says
    in words what the threshold is a number of, and may name `{threshold}`, `{month_on_month}` (the
    threshold where two different months are compared) and `{least}` (below it nothing is judged).
    `owner`: None where it is the owner of the feed's contract.
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
        """The threshold of a check that must have one. Raises ValueError if it has none."""
        if self.threshold is None:
            raise ValueError(f"check {self.rule} has no `threshold:`")
        return self.threshold

    @property
    def may_hold(self) -> bool:
        """Whether breaking it can keep an edition back."""
        return self.severity == "ERROR" and self.action != "hold_month"

    @model_validator(mode="after")
    def _possible(self) -> Check:
        wanted = {"hold": "ERROR", "hold_month": "ERROR", "warn": "WARN"}.get(
            self.action, self.severity
        )
        if self.severity != wanted:
            raise ValueError(f"`action: {self.action}` needs `severity: {wanted}`")
        if (self.action == "quarantine") != (self.rule in ROW_RULES):
            raise ValueError("rows are quarantined by row rules, and by them alone")
        if self.action == "quarantine" and self.severity == "ERROR" and self.threshold is None:
            raise ValueError("a row rule of severity ERROR says from which share of rows it holds")
        if (self.threshold is None) != (self.threshold_means is None):
            raise ValueError("`threshold` and `threshold_means` go together")
        if self.threshold is None and (self.month_on_month or self.least):
            raise ValueError("`month_on_month` and `least` need a `threshold`")
        for number in NUMBERS[1:]:
            if (getattr(self, number) is None) == (f"{{{number}" in (self.threshold_means or "")):
                raise ValueError(
                    f"`threshold_means` names {{{number}}}, if and only if there is one"
                )
        return self

    def overridden(self, override: Override) -> Check:
        """The check as one feed wants it. Raises ValueError if it has no such number."""
        said = override.model_dump(exclude_none=True)
        for number in NUMBERS:
            if number in said and getattr(self, number) is None:
                raise ValueError(f"{number}: the check {self.rule} has none to override")
        return Check.model_validate(self.model_dump() | said)

    def threshold_text(self) -> str | None:
        """`threshold_means` with its numbers in place."""
        numbers = {name: getattr(self, name) for name in NUMBERS}
        return self.threshold_means.format(**numbers) if self.threshold_means else None


class Split(Strict):
    """Parts that add up to a total: measures, or the labels of a column (`split`)."""

    total: str
    parts: tuple[str, ...] = Field(min_length=1)
    split: str | None = None


class PartOfTotal(Strict):
    """A measure that is never more than another."""

    part: str
    total: str


class Share(PartOfTotal):
    """A share that lies within bounds: of the whole edition, and of each organisation's month that
    counts at least `each_from`."""

    whole: Bounds
    each: Bounds
    each_from: int = Field(ge=1)


class NewMonths(Strict):
    """How a feed's new months are judged by those before.

    `measure`: the one that is looked at, None for the contract's first. `per`: what makes months
    comparable, None for `working_day` of measures that add up over months, `month` of others.
    `levels`: level -> what is done, beside what the table of levels says.
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
        """What is done about a month of this level that is out of range."""
        return self.levels.get(level, LEVELS[level].new_months)


class FeedChecks(Strict):
    """The one place of a feed: its own checks, what it tells generic ones, and its overrides.

    `looks_back`: over how many months the feed's own checks look for an earlier edition.
    """

    looks_back: int = Field(default=3, ge=3)
    checks: dict[str, Any] = Field(default_factory=dict)
    overrides: dict[str, Override] = Field(default_factory=dict)
    parts_sum_to_total: tuple[Split, ...] = ()
    part_within_total: tuple[PartOfTotal, ...] = ()
    shares_plausible: tuple[Share, ...] = ()
    new_months: NewMonths = NewMonths()


def read_checks(path: Path, layers: tuple[Layer, ...] | None = None) -> tuple[Check, ...]:
    """The checks of a catalogue file, in its order.

    `layers`: those they must be of. Raises ValueError naming file and key.
    """
    return _checks(path, _read(path), layers)


def _read(path: Path) -> dict[str, Any]:
    try:
        raw = read_yaml(path) or {}
    except (yaml.YAMLError, UnicodeError) as error:
        raise ValueError(f"{path}: not readable as YAML: {error}") from error
    if not isinstance(raw, dict):
        raise ValueError(f"{path}: found {type(raw).__name__}, expected keys with values")
    return raw


def _checks(path: Path, raw: dict[str, Any], layers: tuple[Layer, ...] | None) -> tuple[Check, ...]:
    found = []
    for rule, body in raw.items():
        try:
            check = Check.model_validate({"rule": rule} | body if isinstance(body, dict) else body)
        except ValidationError as error:
            raise ValueError(f"{path}: {_faults(error, str(rule))}") from error
        if layers and check.layer not in layers:
            raise ValueError(f"{path}: {rule}.layer: found {check.layer}, expected one of {layers}")
        found.append(check)
    return tuple(found)


def _faults(error: ValidationError, *above: str) -> str:
    """Each fault with the key it stands under, as `key.key: what is wrong (found ...)`."""
    told = []
    for fault in error.errors():
        key = ".".join([*above, *map(str, fault["loc"])])
        found = "" if isinstance(fault["input"], dict | Strict) else f" (found {fault['input']!r})"
        told.append(f"{key}: {fault['msg'].removeprefix('Value error, ')}{found}")
    return "; ".join(told)


EDITION_LAYERS: tuple[Layer, ...] = ("file", "contract", "rules", "drift")


@cache
def shared_checks() -> dict[str, Check]:
    """Every check that feeds share, by its id."""
    return {check.rule: check for check in read_checks(SHARED_FILE, EDITION_LAYERS)}


@cache
def mart_checks() -> tuple[Check, ...]:
    """The checks of the mart."""
    owned = {"owner": MART_OWNER}
    read = read_checks(MART_FILE, ("mart",))
    return tuple(c if c.owner else c.model_copy(update=owned) for c in read)


def feed_file(feed: str) -> Path:
    """Where a feed's checks lie; it may have none."""
    return FEEDS_FOLDER / feed / FEED_FILE


@cache
def feed_words(feed: str) -> FeedChecks:
    """What a feed says about its checks; all defaults where it has no `checks.yaml`.

    Raises ValueError naming file and key.
    """
    path = feed_file(feed)
    return load_feed_words(path, contracts()[feed]) if path.exists() else FeedChecks()


def load_feed_words(path: Path, contract: Contract) -> FeedChecks:
    """Read and validate one feed's `checks.yaml`. Raises ValueError naming file and key."""
    try:
        words = FeedChecks.model_validate(_read(path))
    except ValidationError as error:
        raise ValueError(f"{path}: {_faults(error)}") from error
    _checks(path, words.checks, EDITION_LAYERS)
    for rule, override in words.overrides.items():
        if rule not in shared_checks():
            raise ValueError(f"{path}: overrides.{rule}: no check that feeds share is called so")
        try:
            shared_checks()[rule].overridden(override)
        except ValidationError as error:
            raise ValueError(f"{path}: {_faults(error, 'overrides', rule)}") from error
        except ValueError as error:
            raise ValueError(f"{path}: overrides.{rule}.{error}") from error
    _measures_exist(path, words, contract)
    return words


def _measures_exist(path: Path, words: FeedChecks, contract: Contract) -> None:
    """Raise ValueError where a parameter names no measure, or no label, of the contract."""
    named: list[tuple[str, tuple[str, ...]]] = []
    if words.new_months.measure:
        named.append(("new_months", (words.new_months.measure,)))
    named += [("part_within_total", (one.part, one.total)) for one in words.part_within_total]
    named += [("shares_plausible", (one.part, one.total)) for one in words.shares_plausible]
    for split in words.parts_sum_to_total:
        of_labels = split.split is not None
        named.append(("parts_sum_to_total", (split.total, *(() if of_labels else split.parts))))
        for label in set(split.parts) - _labels(contract, split.split) if of_labels else ():
            raise ValueError(
                f"{path}: parts_sum_to_total.parts: `{label}` is no label of `{split.split}`"
            )
    for key, measures in named:
        for name in set(measures) - set(contract.measures):
            raise ValueError(f"{path}: {key}: `{name}` is no measure of the contract")


def _labels(contract: Contract, column: str | None) -> set[str]:
    known = contract.columns.get(column or "")
    return set(contract.labels(column)) if column and known and known.labels else set()


@cache
def feed_checks(feed: str) -> tuple[Check, ...]:
    """The checks that only this feed has, in the order of its `checks.yaml`."""
    return _checks(feed_file(feed), feed_words(feed).checks, EDITION_LAYERS)


@cache
def all_checks() -> dict[str, Check]:
    """Every check by its id, shared ones first, as feeds have it that override nothing.

    Raises ValueError if two have one id.
    """
    own = [check for feed in contracts() for check in feed_checks(feed)]
    found: dict[str, Check] = {}
    for check in (*shared_checks().values(), *mart_checks(), *own):
        if check.rule in found:
            raise ValueError(f"more than one check is called {check.rule}")
        found[check.rule] = check
    return found


@cache
def check_of(rule: str, feed: str | None = None) -> Check:
    """The check of this id, as the feed has it: with its overrides, and its owner.

    Raises KeyError if there is none.
    """
    check = all_checks()[rule]
    if feed is None or feed == MART or feed not in contracts():
        return check
    override = feed_words(feed).overrides.get(rule)
    effective = check.overridden(override) if override else check
    if effective.owner:
        return effective
    return effective.model_copy(update={"owner": contracts()[feed].owner})
