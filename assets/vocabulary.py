"""What all feeds share: how words are compared, levels, label families, measure sets.

Belongs here: spellings, levels, and the YAML files beside this module. Does not: what one feed
promises (`contract`).
"""

from __future__ import annotations

import re
from functools import cache
from pathlib import Path
from typing import Any, Literal

import yaml

LABELS_FILE = Path(__file__).with_name("labels.yaml")
MEASURE_SETS_FILE = Path(__file__).with_name("measure_sets.yaml")
MONTH = r"^20\d\d-(0[1-9]|1[0-2])$"
OrgLevel = Literal[
    "practice", "pcn", "sub_icb", "icb", "region", "england", "pharmacy", "local_authority"
]
MERGE = "tag:yaml.org,2002:merge"
FOOTNOTE = re.compile(r"\[[^\]]*\]")
SUPERSCRIPTS = dict.fromkeys(
    map(ord, "\u00b9\u00b2\u00b3\u2070\u2074\u2075\u2076\u2077\u2078\u2079")
)


def fold(text: str) -> str:
    """One spelling for comparison: no BOM, case or double spaces. `8  To 14` -> `8 to 14`."""
    return " ".join(text.replace("\ufeff", "").split()).casefold()


def heading_key(text: str) -> str:
    """What a heading says, whatever its dress: no case, spaces, punctuation or footnote marks.

    `ICB ODS Code [1,2]` and `icb_ods_code` are one heading.
    """
    words = FOOTNOTE.sub(" ", text).translate(SUPERSCRIPTS).casefold()
    return "".join(letter for letter in words if letter.isalnum())


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


# The same loader over libyaml, where PyYAML was built with it: a tenth of the time.
_Loader: Any = getattr(yaml, "CSafeLoader", yaml.SafeLoader)


class _NothingTwice(_Loader):  # type: ignore[misc]
    """YAML keeps the last of two equal keys in silence; a column written twice must not pass."""

    def construct_mapping(self, node: yaml.MappingNode, deep: bool = False) -> dict[Any, Any]:
        keys = [self.construct_object(key) for key, _ in node.value if key.tag != MERGE]
        twice = [key for key in keys if keys.count(key) > 1]
        if twice:
            raise yaml.constructor.ConstructorError(
                None, None, f"`{twice[0]}` stands twice", node.start_mark
            )
        made: dict[Any, Any] = super().construct_mapping(node, deep)
        return made


def read_yaml(path: Path) -> Any:
    """Content of a YAML file; a key that stands twice is an error."""
    return yaml.load(path.read_text(encoding="utf-8"), _NothingTwice)  # noqa: S506 (a SafeLoader)
