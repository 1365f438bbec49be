"""Fixtures of the acceptance tests: where further real publications are."""

from pathlib import Path

import pytest


@pytest.fixture(scope="session")
def england(real_more: Path) -> Path:
    """The folder of files that cover England whole."""
    return real_more / "england"
