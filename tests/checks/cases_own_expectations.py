"""A suite of a user's own in a feed's folder: rows that break it, and rows that meet it."""

import json
from pathlib import Path
from tempfile import TemporaryDirectory
from unittest.mock import patch

from checks import gx_project
from tests.checks.support_checks import BUILDERS, SUB_ICB, Case, Results, brought, judged
from warehouse.base.home import Home

IN_SET = "expect_column_values_to_be_in_set"


def own_suite(*said: tuple[str, dict[str, object]], feed: str = SUB_ICB, text: str = "") -> Case:
    """The verdicts on one row of a feed whose folder has a suite of these expectations."""

    def case(home: Home) -> Results:
        expectations = [{"type": kind, "kwargs": given, "meta": {}} for kind, given in said]
        written = {"name": "mine", "expectations": expectations, "meta": {}, "notes": None}
        with TemporaryDirectory() as folder:
            path = Path(folder, feed, "expectations.json")
            path.parent.mkdir()
            path.write_text(text or json.dumps(written))
            gx_project._files_of.cache_clear()
            with patch("checks.own_expectations.FEEDS_FOLDER", Path(folder)):
                brought(home, BUILDERS[feed]())
                results = judged(home, feed).results
            gx_project._files_of.cache_clear()
        return results

    return case


CASES = {
    "own_expectations": (
        own_suite((IN_SET, {"column": "hcp_type", "value_set": ["Nobody"]})),
        "warn",
        own_suite(("expect_column_values_to_not_be_null", {"column": "hcp_type"})),
    )
}
