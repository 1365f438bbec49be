"""Create and open Dagster's instance in a home, and compare its settings with those shipped."""

from __future__ import annotations

import os
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

import yaml

from warehouse.base.home import Home
from warehouse.store import version_of

if TYPE_CHECKING:
    import dagster as dg

PROJECT = Path(__file__).resolve().parents[2]
SETTINGS = PROJECT / "dagster.yaml"
OWN = "dagster/dagster.yaml"  # of the home
WORKSPACE = PROJECT / "workspace.yaml"
# SHA-256 of each `dagster.yaml` that a release shipped: a copy with one of these hashes was not
# edited, and is replaced. Add the hash of a changed file (a test prints it).
SHIPPED = frozenset(
    {
        "00aa2244f1274c9d5ec6f49aa6e80ef6509cd4240f67feb6cfe4889b515d0a59",
        "53b83e067a1df67c979accef859cbb9678196c8ea1666cb7f874780619d1f1fa",
        "85bef544f263bc0783bd7aa153b31a56786f13fd14ef39649bacec08b0223dab",
        "f4e426a3f4a20a5131490799887c5936604ec5a70ddc40e9de1ea94c2e9f8613",
        "13e3a0c556d4e2b391d50d1b4ce5806ebef74236a83b3f878005d7c8f22f4bde",
        "9c43df31640acfd5dec9b928659b488e51aab25a2e3d9a278671db3548d99680",
    }
)
# Settings that do not affect the product.
OPTIONAL = ("telemetry", "nux", "retention", "compute_logs")


@dataclass(frozen=True)
class Different:
    """A setting of a site's own `dagster.yaml` that differs from the shipped one."""

    setting: str
    found: Any
    shipped: Any

    @property
    def words(self) -> str:
        """Describe it in a line."""
        found = "not set" if self.found is None else f"`{self.found}`"
        return f"{self.setting}: {found}, shipped `{self.shipped}`"


def prepare(home: Home) -> Path:
    """Create the instance folder with the shipped settings, unless edited, and set DAGSTER_HOME."""
    settings = SETTINGS.read_text(encoding="utf-8")
    own, shipped = home.store.version(OWN), version_of(settings.encode())
    if own is None or (own in SHIPPED and own != shipped):
        home.store.replace(OWN, settings)
    os.environ["DAGSTER_HOME"] = str(home.dagster)
    return home.dagster


def differences(home: Home) -> list[Different]:
    """Return settings in the home's `dagster.yaml` that differ from the shipped ones and affect the
    product. An unreadable file is one difference."""
    if home.store.version(OWN) in (None, *SHIPPED):
        return []
    try:
        own = yaml.safe_load(home.store.read_text(OWN)) or {}
    except (yaml.YAMLError, UnicodeDecodeError) as error:
        own = str(error)
    if not isinstance(own, dict):
        return [Different("whole file", own, "settings as YAML, `name: value`")]
    shipped = _flat(yaml.safe_load(SETTINGS.read_text(encoding="utf-8")))
    found = _flat(own)
    return [
        Different(name, found.get(name), value)
        for name, value in shipped.items()
        if name.split(".")[0] not in OPTIONAL and found.get(name) != value
    ]


def _flat(settings: dict[str, Any], above: str = "") -> dict[str, Any]:
    """`{"a": {"b": 1}}` -> `{"a.b": 1}`."""
    found: dict[str, Any] = {}
    for name, value in settings.items():
        if isinstance(value, dict) and value:
            found |= _flat(value, f"{above}{name}.")
        else:
            found[f"{above}{name}"] = value
    return found


@contextmanager
def open_instance(home: Home) -> Iterator[dg.DagsterInstance]:
    """Open the Dagster instance of a home, with its pools limited."""
    import dagster as dg

    from pipelines.instance.pools import limit_pools

    with dg.DagsterInstance.from_config(str(prepare(home))) as instance:
        limit_pools(instance.event_log_storage)
        yield instance
