"""Great Expectations decides every verdict; the version of the checks."""

from pathlib import Path

import polars as pl
import pytest

from checks import runner
from checks.edition_view import EditionView, Evidence, Expectation
from checks.runner import check_version, expectation_met
from checks.suite import gather
from tests.checks.support_checks import (
    COVERAGE,
    OCT,
    SUB_ICB,
    active,
    brought,
    judged,
)
from tests.support import coverage, crosstab, regional
from warehouse.base.home import Home
from warehouse.contract.model import contracts
from warehouse.transform.tidy import tidy

COUNT = "COUNT_OF_APPOINTMENTS"


def evidence(frame: pl.DataFrame, name: str, **arguments: object) -> Evidence:
    return Evidence("label_known", "x", frame, Expectation(name, arguments), "", "", 1, 1)


def test_great_expectations_decides_every_verdict(
    home: Home, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Reverse what the library answers, and every verdict but the skipped ones is reversed."""
    brought(home, regional())
    before = {(r.rule, r.column_name): r.verdict for r in judged(home, SUB_ICB).results}
    met = runner.expectation_met
    monkeypatch.setattr(runner, "expectation_met", lambda one: not met(one))
    after = {(r.rule, r.column_name): r.verdict for r in judged(home, SUB_ICB).results}
    assert before.keys() == after.keys()
    judged_at_all = {key: found for key, found in before.items() if found != "skipped"}
    for key, verdict_before in judged_at_all.items():
        assert (verdict_before == "pass") != (after[key] == "pass"), key


def test_expectations_are_evaluated_by_great_expectations(monkeypatch: pytest.MonkeyPatch) -> None:
    from great_expectations.datasource.fluent.interfaces import Batch

    asked = []
    validate = Batch.validate

    def counted(self: Batch, expectation: object, **more: object) -> object:
        asked.append(type(expectation).__name__)
        return validate(self, expectation, **more)

    monkeypatch.setattr(Batch, "validate", counted)
    runner._met.cache_clear()
    seen = pl.DataFrame({"value": ["GP", "Nurse"]})
    name = "ExpectColumnValuesToBeInSet"
    assert not expectation_met(evidence(seen, name, value_set=["GP"]))
    assert expectation_met(evidence(seen, name, value_set=["GP", "Nurse"]))
    assert asked == [name, name]
    assert expectation_met(evidence(seen, name, value_set=["GP", "Nurse"]))
    assert len(asked) == 2, "the same evidence is not judged twice"


@pytest.mark.parametrize(
    ("name", "arguments"),
    [
        ("ExpectColumnValuesToBeInSet", {"column": "no_such", "value_set": ["GP"]}),
        ("ExpectColumnValuesToMatchRegex", {"regex": "("}),
    ],
)
def test_an_expectation_that_cannot_be_evaluated_is_no_verdict(
    name: str, arguments: dict[str, object]
) -> None:
    with pytest.raises(RuntimeError, match=f"{name} could not be evaluated"):
        expectation_met(evidence(pl.DataFrame({"value": ["GP"]}), name, **arguments))


def test_evidence_without_an_expectation_is_no_verdict() -> None:
    bare = Evidence("label_known", None, pl.DataFrame(), None, "", "", 0, 0)
    with pytest.raises(ValueError, match="without an expectation"):
        expectation_met(bare)


def test_every_expectation_used_is_one_of_the_library(home: Home) -> None:
    import great_expectations as gx

    brought(home, crosstab({}, {COUNT: "x"}), regional(), coverage())
    names = set()
    for file in active(home):
        references = {f: [x for x in active(home) if x.feed == f] for f in (SUB_ICB, COVERAGE)}
        for each in active(home):
            tidy(home, each)
        view = EditionView(
            home, contracts()[file.feed], OCT, [file], [tidy(home, file)], references
        )
        names |= {e.expectation.name for e in gather(view) if e.expectation}
    assert len(names) >= 8
    assert all(hasattr(gx.expectations, name) for name in names)


def test_the_version_of_checks_covers_their_modules_and_the_reference(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    hashed: list[Path] = []
    monkeypatch.setattr(runner, "hash_files", lambda files: hashed.extend(files) or "x")
    check_version.__wrapped__()
    names = {path.name for path in hashed}
    assert {"shared.yaml", "runner.py", "suite.py", "drift.py", "edition_view.py"} <= names
    assert {"organisations.csv", "organisations.py"} <= names
    assert all(path.exists() for path in hashed)
