"""The catalogue of checks: `shared.yaml` and `mart.yaml` beside this module, and each feed's own
`checks.yaml` with its overrides; those of all returns of a plan are in `plan.yaml`. Not here: what
a check does (`checks.suite`, a feed's `rules.py`)."""

from __future__ import annotations

from functools import cache
from pathlib import Path
from typing import Any

import yaml
from pydantic import ValidationError

from checks.check_model import Check, FeedChecks, Override
from warehouse.base.strict import Strict
from warehouse.base.yaml_files import read_yaml
from warehouse.contract.model import FEEDS_FOLDER, Contract, contracts
from warehouse.editions.check_history import Layer

SHARED_FILE = Path(__file__).with_name("shared.yaml")
PLAN_FILE = Path(__file__).with_name("plan.yaml")
MART_FILE = Path(__file__).with_name("mart.yaml")
FEED_FILE = "checks.yaml"
MART = "mart"
MART_OWNER = "Primary care analytics"


def read_checks(path: Path, layers: tuple[Layer, ...] | None = None) -> tuple[Check, ...]:
    """Read the checks of a catalogue file, in its order; each must be in one of `layers`.

    Raises ValueError naming file and key.
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
    """Describe each fault as `key.key: what is wrong (found ...)`."""
    told = []
    for fault in error.errors():
        key = ".".join([*above, *map(str, fault["loc"])])
        found = "" if isinstance(fault["input"], dict | Strict) else f" (found {fault['input']!r})"
        told.append(f"{key}: {fault['msg'].removeprefix('Value error, ')}{found}")
    return "; ".join(told)


EDITION_LAYERS: tuple[Layer, ...] = ("file", "contract", "rules", "drift")


@cache
def shared_checks() -> dict[str, Check]:
    """Return every check that feeds share, by its id."""
    return {check.rule: check for check in read_checks(SHARED_FILE, EDITION_LAYERS)}


@cache
def mart_checks() -> tuple[Check, ...]:
    """Return the checks of the mart."""
    owned = {"owner": MART_OWNER}
    read = read_checks(MART_FILE, ("mart",))
    return tuple(c if c.owner else c.model_copy(update=owned) for c in read)


def feed_file(feed: str) -> Path:
    """Return the path of a feed's `checks.yaml`, which is optional."""
    return FEEDS_FOLDER / feed / FEED_FILE


@cache
def feed_words(feed: str) -> FeedChecks:
    """Return a feed's check settings, the defaults if it has no `checks.yaml`.

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
    _overrides_fit(path, words.overrides)
    _measures_exist(path, words, contract)
    return words


def overrides_of(feed: str) -> dict[str, Override]:
    """Return a feed's changes to shared checks: those of every return of a plan if it is one, and
    its own."""
    of_plan = _of_plans() if contracts()[feed].plan else {}
    return {**of_plan, **feed_words(feed).overrides}


@cache
def _of_plans() -> dict[str, Override]:
    try:
        found = FeedChecks.model_validate({"overrides": _read(PLAN_FILE)}).overrides
    except ValidationError as error:
        raise ValueError(f"{PLAN_FILE}: {_faults(error)}") from error
    _overrides_fit(PLAN_FILE, found)
    return found


def _overrides_fit(path: Path, overrides: dict[str, Override]) -> None:
    """Raise ValueError where an override is of no shared check, or does not fit it."""
    for rule, override in overrides.items():
        if rule not in shared_checks():
            raise ValueError(f"{path}: overrides.{rule}: not one of the shared checks")
        try:
            shared_checks()[rule].overridden(override)
        except ValidationError as error:
            raise ValueError(f"{path}: {_faults(error, 'overrides', rule)}") from error
        except ValueError as error:
            raise ValueError(f"{path}: overrides.{rule}.{error}") from error


def _measures_exist(path: Path, words: FeedChecks, contract: Contract) -> None:
    """Raise ValueError where a parameter names an unknown measure or label of the contract."""
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
                f"{path}: parts_sum_to_total.parts: `{label}` is not a label of `{split.split}`"
            )
    for key, measures in named:
        for name in set(measures) - set(contract.measures):
            raise ValueError(f"{path}: {key}: `{name}` is not a measure of the contract")


def _labels(contract: Contract, column: str | None) -> set[str]:
    known = contract.columns.get(column or "")
    return set(contract.labels(column)) if column and known and known.labels else set()


@cache
def feed_checks(feed: str) -> tuple[Check, ...]:
    """Return a feed's own checks, in the order of its `checks.yaml`."""
    return _checks(feed_file(feed), feed_words(feed).checks, EDITION_LAYERS)


@cache
def all_checks() -> dict[str, Check]:
    """Return every check by its id, shared ones first, without any feed's overrides.

    Raises ValueError if two have the same id.
    """
    own = [check for feed in contracts() for check in feed_checks(feed)]
    found: dict[str, Check] = {}
    for check in (*shared_checks().values(), *mart_checks(), *own):
        if check.rule in found:
            raise ValueError(f"more than one check has the id {check.rule}")
        found[check.rule] = check
    return found


@cache
def check_of(rule: str, feed: str | None = None) -> Check:
    """Return a check with a feed's overrides and owner. Raises KeyError for an unknown id."""
    check = all_checks()[rule]
    if feed is None or feed == MART or feed not in contracts():
        return check
    override = overrides_of(feed).get(rule)
    effective = check.overridden(override) if override else check
    if effective.owner:
        return effective
    return effective.model_copy(update={"owner": contracts()[feed].owner})
