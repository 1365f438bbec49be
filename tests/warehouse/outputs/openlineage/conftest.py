"""Lineage events of a test alone: no setting of whoever runs the tests decides where they go."""

import os
from collections.abc import Iterator
from pathlib import Path

import pytest

from warehouse.base.home import Home
from warehouse.outputs.openlineage.emit import forget_trouble


@pytest.fixture(autouse=True)
def no_settings(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, home: Home) -> Iterator[None]:
    """No OpenLineage settings at the start, and none left behind: the client adds some."""
    before = dict(os.environ)
    for name in [name for name in os.environ if name.startswith("OPENLINEAGE")]:
        del os.environ[name]
    monkeypatch.setenv("HOME", str(tmp_path))
    monkeypatch.setenv("USERPROFILE", str(tmp_path))
    monkeypatch.chdir(tmp_path)
    yield
    forget_trouble(home)
    for name in [name for name in os.environ if name.startswith("OPENLINEAGE")]:
        del os.environ[name]
    os.environ.update({n: v for n, v in before.items() if n.startswith("OPENLINEAGE")})
