"""Describe what is wrong with a YAML file: file, key, what was found, what was expected."""

from __future__ import annotations

import json
from collections.abc import Collection, Iterator, Mapping
from contextlib import contextmanager
from datetime import date
from pathlib import Path

import yaml
from pydantic import BaseModel, ValidationError
from pydantic_core import ErrorDetails

from warehouse.base.text import similar

# Patterns in words.
PATTERNS = {
    r"^https?://\S+$": "an address that begins with https:// or http://",
    r"^[A-Z0-9]{3,9}$": "a code of an organisation, such as 04C or E06000016",
}
LONGEST = 60

Models = Mapping[str, type[BaseModel]]


@contextmanager
def faults_told_of(path: Path) -> Iterator[None]:
    """Raise any ValueError or YAML error as a ValueError that names the file and what to do."""
    try:
        yield
    except (ValueError, yaml.YAMLError) as error:
        told = " ".join(str(error).split()).rstrip(".")
        raise ValueError(
            f"{path.name}: {told}. Correct it in {path}, then run access-recovery refresh again."
        ) from None


def say_faults(error: ValidationError, model: type[BaseModel], below: Models) -> str:
    """Every fault of an entry: `period.month`: found `2024-13`, expected a month, YYYY-MM, ...

    `model`: of the entry; `below`: key -> model of what is under it.
    """
    return "; ".join(_say(one, model, below) for one in error.errors())


def say_found(value: object) -> str:
    """A value as the file has it; text in backticks, shortened if long."""
    if isinstance(value, str):
        return f"`{value if len(value) <= LONGEST else value[:LONGEST] + '...'}`"
    if isinstance(value, Mapping):
        return f"the keys {', '.join(f'`{key}`' for key in value)}" if value else "no keys"
    if isinstance(value, list | tuple):
        return "a list"
    if value is None:
        return "nothing"
    kind = {bool: "yes or no", int: "the number", float: "the number", date: "the date"}
    said = json.dumps(value, default=str).strip('"')
    return f"{kind.get(type(value), 'the value')} `{said}`"


def expected_key(name: str, known: Collection[str]) -> str:
    """The known key that is most similar to a name, else all of them."""
    near = similar(str(name), known)
    return f"`{near[0]}`" if near else f"one of {', '.join(known)}"


def _say(one: ErrorDetails, model: type[BaseModel], below: Models) -> str:
    key = f"`{'.'.join(map(str, one['loc']))}`" if one["loc"] else "its keys"
    found, kind = say_found(one["input"]), one["type"]
    if kind == "missing":
        return f"{key} is missing"
    if kind == "extra_forbidden":
        *above, name = map(str, one["loc"])
        here = next((below[step] for step in reversed(above) if step in below), model)
        return f"{key}: no such key, expected {expected_key(name, here.model_fields)}"
    if kind == "value_error":
        return f"{key}: {one['ctx']['error']}"
    return f"{key}: found {found}, expected {_expected(one)}"


def _expected(one: ErrorDetails) -> str:
    context = one.get("ctx", {})
    told = {
        "string_pattern_mismatch": PATTERNS.get(str(context.get("pattern"))),
        "literal_error": f"one of {context.get('expected')}",
        "string_type": "text (put it in quotes)",
        "string_too_short": f"at least {context.get('min_length')} characters",
        "string_too_long": f"at most {context.get('max_length')} characters",
        "too_short": f"at least {context.get('min_length')}",
        "too_long": f"no more than {context.get('max_length')}",
        "model_type": "keys with values",
        "tuple_type": "a list, [one, another]",
    }.get(one["type"])
    return told or one["msg"][:1].lower() + one["msg"][1:]
