"""A little mart for each test of claims."""

from collections.abc import Iterator

import pytest

from tests.warehouse.claims.support_claims import LittleMart, little_mart


@pytest.fixture
def mart() -> Iterator[LittleMart]:
    """A mart with no figures yet."""
    with little_mart() as made:
        yield made
