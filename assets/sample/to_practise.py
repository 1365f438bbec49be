"""What the sample to practise decisions on has beside the sample: files with faults, and claims
about its own figures. A feed takes part by a function `write_to_practise` in its `sample.py`.

All of it is SYNTHETIC: files, statements and the person who decides. Not here: importing and
deciding (`pipelines.operations.practising`)."""

from __future__ import annotations

import json
from collections.abc import Mapping
from datetime import date
from importlib import import_module
from pathlib import Path
from typing import NamedTuple

import yaml

from assets.sample.places import Practice
from assets.sample.world import ANCHORS, LAST_MONTH, World
from assets.sample.writer import FEEDS, MANIFEST, NOTE, fingerprint
from warehouse.base.months import add_months, month_text

PLACE = "04C"  # the sub-ICB whose figures the exercises are about
COUNTED = date(2024, 10, 1)  # a month whose appointments in PLACE are fixed
OVERSTATED = 0.05  # how much the growth is overstated in the claim that differs
MINUTES = {
    "title": "SYNTHETIC minutes of an invented meeting, to practise on",
    "body": "SYNTHETIC: an invented council",
    "date": "2025-03-31",
    "said_by": "2025-03",
    "synthetic": True,
}


class PractiseFile(NamedTuple):
    """A file to practise on. `shows`: what of its edition is to be seen. `overridden`: its edition
    is accepted by decision. `corrected`: as its publisher should have issued it; imported by the
    person who practises."""

    path: Path
    published_on: date
    feed: str
    edition: str
    shows: str
    overridden: bool = False
    corrected: bool = False


class LaterWorld(World):
    """The same world in months after its last: lists of patients remain as they were then."""

    def patients(self, practice: Practice, month: date) -> int:
        """Return a practice's registered patients, in later months those of the last."""
        return super().patients(practice, min(month, LAST_MONTH))


def write_files_to_practise(world: World, out: Path, corrected: Path) -> list[PractiseFile]:
    """Write the files of every feed that takes part, and manifests that mark them as invented.

    `out`: for those with faults; `corrected`: for those that put them right. Two folders.
    """
    files: list[PractiseFile] = []
    for folder in (out, corrected):
        folder.mkdir(parents=True, exist_ok=True)
    for path in sorted(FEEDS.glob("*/sample.py")):
        feed = import_module(f"assets.feeds.{path.parent.name}.sample")
        if write := getattr(feed, "write_to_practise", None):
            files += write(world, out, corrected)
    for folder, right in ((out, False), (corrected, True)):
        named = {one.path.name: fingerprint(one.path) for one in files if one.corrected is right}
        content = {"synthetic": True, "generator": "access-recovery sample --practice"}
        text = json.dumps({**content, "note": NOTE, "files": named}, indent=2)
        (folder / MANIFEST).write_bytes(text.encode() + b"\n")
    return files


def claims_to_practise(world: World) -> str:
    """Return a register (YAML) of three invented claims about the sample's own figures: one that
    the figures confirm, one from which they differ, and one that they confirmed before they were
    revised."""
    listed, before = add_months(LAST_MONTH, -2), add_months(LAST_MONTH, -12)
    patients = sum(world.patients(p, listed) for p in world.open_practices(PLACE, listed))
    growth = world.demand(PLACE, LAST_MONTH) / world.demand(PLACE, before) - 1
    said = f"{100 * (growth + OVERSTATED):.0f} %"
    counted, events = f"{ANCHORS[PLACE, COUNTED]:,}", {"unit": "events", "kpi": "appointments"}
    statements = [
        _statement(
            "appointments",
            f"{counted} appointments were given in October 2024",
            {"written": counted, "aspect": "value", "period": _month(COUNTED), **events},
        ),
        _statement(
            "growth",
            f"in March 2025 appointments had grown by {said} in a year",
            {"written": said, "aspect": "growth", "period": _month(LAST_MONTH), **events}
            | {"unit": "growth", "measure": "year_on_year_ratio"},
        ),
        _statement(
            "patients",
            f"{patients:,} patients were registered in January 2025",
            {"written": f"{patients:,}", "aspect": "value", "period": _month(listed)}
            | {"unit": "people", "kpi": "registered_patients"},
        ),
    ]
    register = {"practise": {**MINUTES, "statements": dict(statements)}}
    head = f"# {NOTE} The statements are invented, too: they are to practise on.\n"
    return head + yaml.safe_dump(register, sort_keys=False, allow_unicode=True)


def _month(month: date) -> dict[str, str]:
    return {"month": month_text(month)}


def _statement(name: str, says: str, figure: Mapping[str, object]) -> tuple[str, object]:
    """A statement of one figure about PLACE."""
    name = f"practise-{name}"
    said = {
        "says": f"SYNTHETIC: {says}.",
        "organisations": [{"level": "sub_icb", "code": PLACE}],
        "figures": {name: {"label": says[:60], **figure}},
    }
    return name, said
