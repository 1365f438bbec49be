"""Read YAML strictly: a duplicate key is an error."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import yaml

MERGE = "tag:yaml.org,2002:merge"

# The same loader in libyaml, if PyYAML was built with it: ten times as fast.
_Loader: Any = getattr(yaml, "CSafeLoader", yaml.SafeLoader)


class _NothingTwice(_Loader):  # type: ignore[misc]
    """YAML silently keeps the last of two equal keys; a duplicate column must be an error."""

    def construct_mapping(self, node: yaml.MappingNode, deep: bool = False) -> dict[Any, Any]:
        keys = [self.construct_object(key) for key, _ in node.value if key.tag != MERGE]
        twice = [key for key in keys if keys.count(key) > 1]
        if twice:
            raise yaml.constructor.ConstructorError(
                None, None, f"duplicate key `{twice[0]}`", node.start_mark
            )
        made: dict[Any, Any] = super().construct_mapping(node, deep)
        return made


def read_yaml(path: Path) -> Any:
    """Return the content of a YAML file; a duplicate key is an error."""
    return yaml_of(path.read_text(encoding="utf-8"))


def yaml_of(text: str) -> Any:
    """Return the content of YAML; a duplicate key is an error."""
    return yaml.load(text, _NothingTwice)  # noqa: S506 (a SafeLoader)
