"""Read a theme's file, `kpis/<theme>.yaml`, and complete its rows from families and defaults. Not
here: the fields of a KPI, and whether they fit each other (`catalogue`)."""

from __future__ import annotations

import re
from collections.abc import Collection, Mapping
from pathlib import Path
from typing import Any

from pydantic import Field, TypeAdapter, ValidationError

from warehouse.base.strict import Strict
from warehouse.base.validation import expected_key, say_faults, say_found
from warehouse.base.yaml_files import read_yaml
from warehouse.contract.caveat import Caveat
from warehouse.reference.levels import OrgLevel

MEASURED = re.compile(r"([\w.]+)(?: / ([\w.]+))?")
NAME = re.compile(r"[a-z][a-z0-9_]*")
CAPITALS = ("gp", "nhs", "pcn")

Fields = dict[str, Any]


class FeedAt(Strict):
    """The feed from which a family's KPIs are calculated at some levels.

    `absent_is_zero_among` (feed.measure): a member of this measure that the feed does not name
    counts as zero; a share in the family is divided by it.
    """

    feed: str
    levels: tuple[OrgLevel, ...]
    absent_is_zero_among: str | None = None


class Theme(Strict):
    """A file as written. `families` and `caveats` are by name, `kpis` by KPI id."""

    defaults: Fields = Field(default_factory=dict)
    families: dict[str, Fields] = Field(default_factory=dict)
    caveats: dict[str, Caveat] = Field(default_factory=dict)
    kpis: dict[str, Fields] = Field(min_length=1)


FEEDS = TypeAdapter(tuple[FeedAt, ...])


def read_theme(path: Path, own: Collection[str]) -> dict[str, Fields]:
    """KPI id -> the fields of its row, completed from its family and the file's defaults.

    `own`: the fields of a KPI. `sources` are mappings with `levels`, `numerator` and so on,
    `caveats` mappings or `Caveat`s. Raises ValueError naming the key.
    """
    try:
        theme = Theme.model_validate(read_yaml(path))
    except ValidationError as error:
        raise ValueError(say_faults(error, Theme, {"caveats": Caveat})) from None
    shared = {"feeds", *own} - {"sources"}
    _check_keys(theme.defaults, shared, "defaults")
    for name, family in theme.families.items():
        if name in {"sources", *shared}:
            raise ValueError(f"`families.{name}`: expected a name that is no field of a KPI")
        _check_keys(family, shared, f"families.{name}")
    return {kpi_id: _written_out(kpi_id, row, theme, own) for kpi_id, row in theme.kpis.items()}


def _check_keys(entry: Fields, known: Collection[str], where: str) -> None:
    for key in entry:
        if key not in known:
            raise ValueError(f"`{where}.{key}`: no such key, expected {expected_key(key, known)}")


def _written_out(kpi_id: str, row: Fields, theme: Theme, own: Collection[str]) -> Fields:
    where = f"kpis.{kpi_id}"
    _check_keys(row, [*own, *theme.families], where)
    named = [key for key in row if key in theme.families or key == "sources"]
    if len(named) != 1:
        families = ", ".join(f"`{name}`" for name in theme.families)
        found = " and ".join(f"`{key}`" for key in named) or "neither"
        raise ValueError(f"`{where}`: found {found}, expected one family ({families}) or `sources`")
    key = named[0]
    fields = {**theme.defaults, **theme.families.get(key, {}), **row}
    feeds = fields.pop("feeds", ())
    if key != "sources":
        fields["sources"] = _sources(fields.pop(key), feeds, f"{where}.{key}")
    if "caveats" in fields:
        fields["caveats"] = _caveats(fields["caveats"], theme.caveats, f"{where}.caveats")
    return fields


def _sources(measured: object, feeds: object, where: str) -> list[Fields]:
    """One source per feed of a family, from `measure` or `measure / measure`."""
    parts = MEASURED.fullmatch(measured) if isinstance(measured, str) else None
    if parts is None:
        raise ValueError(
            f"`{where}`: found {say_found(measured)}, expected `measure` or `measure / measure`"
        )
    try:
        at = FEEDS.validate_python(feeds)
    except ValidationError as error:
        raise ValueError(f"`{where}`: its `feeds`: {say_faults(error, FeedAt, {})}") from None
    if not at:
        raise ValueError(f"`{where}`: found no `feeds` in its family or the file's `defaults`")
    return [_source(one, parts[1], parts[2], where) for one in at]


def _source(at: FeedAt, numerator: str, denominator: str | None, where: str) -> Fields:
    top = _reference(at.feed, numerator)
    bottom = _reference(at.feed, denominator) if denominator else None
    source = {"levels": at.levels, "numerator": top, "denominator": bottom}
    if at.absent_is_zero_among is None:
        return source
    if bottom is None:
        return {**source, "absent_is_zero": True, "members": at.absent_is_zero_among}
    if bottom != at.absent_is_zero_among:
        raise ValueError(
            f"`{where}`: found a division by `{bottom}`, expected one by "
            f"`{at.absent_is_zero_among}` (`absent_is_zero_among` of this family)"
        )
    return {**source, "absent_is_zero": True}


def _reference(feed: str, measure: str) -> str:
    return measure if "." in measure else f"{feed}.{measure}"


def _caveats(written: object, named: Mapping[str, Caveat], where: str) -> list[object]:
    """The caveats of a row, by name or as text; a single one needs no list."""
    listed = written if isinstance(written, list) else [written]
    return [_caveat(one, named, where) for one in listed]


def _caveat(written: object, named: Mapping[str, Caveat], where: str) -> object:
    if not isinstance(written, str):
        return written
    if written in named:
        return named[written]
    # Within [a, b] YAML splits an unquoted text at its comma.
    if NAME.fullmatch(written) or not written.endswith("."):
        raise ValueError(
            f"`{where}`: found {say_found(written)}, expected a name ({', '.join(named)}) or a "
            'sentence with a full stop; within [...] put it in quotes, "..."'
        )
    return written


def theme_words(theme: str) -> str:
    """A theme as people read it: `GP workforce`, `NHS app`, `online consultations`."""
    return " ".join(word.upper() if word in CAPITALS else word for word in theme.split("_"))
