"""What feeds share: label families and measure sets, from the YAML files beside this module.

Belongs here: published spellings of labels, measures of one publication. Does not: what one feed
promises (`model`), how words are compared (`warehouse.base.text`).
"""

from __future__ import annotations

from functools import cache
from pathlib import Path

from warehouse.base.yaml_files import read_yaml

LABELS_FILE = Path(__file__).with_name("labels.yaml")
MEASURE_SETS_FILE = Path(__file__).with_name("measure_sets.yaml")


@cache
def label_families() -> dict[str, dict[str, tuple[str, ...]]]:
    """Every label family: family -> canonical label -> further published spellings."""
    raw = read_yaml(LABELS_FILE)
    return {
        family: {label: tuple(others or ()) for label, others in labels.items()}
        for family, labels in raw.items()
    }


@cache
def measure_sets() -> dict[str, dict[str, dict[str, object]]]:
    """Measures shared by feeds of one publication: set -> measure -> its fields."""
    sets: dict[str, dict[str, dict[str, object]]] = read_yaml(MEASURE_SETS_FILE)
    return sets
