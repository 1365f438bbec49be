"""Great Expectations' suites give the verdicts that the checks gave before, edition by edition."""

import pytest

from tests.checks.verdicts_before import verdicts_before, verdicts_today
from warehouse.base.home import Home


def test_the_sample_has_the_same_verdicts(sample_home: Home) -> None:
    before = verdicts_before("sample")
    assert len(before) > 1_000
    assert verdicts_today(sample_home) == before


@pytest.mark.acceptance  # judging all real files takes many seconds
def test_real_publications_have_the_same_verdicts(real_home: Home) -> None:
    before = verdicts_before("real")
    assert len(before) > 600
    assert verdicts_today(real_home) == before
