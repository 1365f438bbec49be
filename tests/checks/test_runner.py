"""Great Expectations decides every verdict; the version of the checks."""

import sys
from pathlib import Path
from typing import Any

import polars as pl
import pytest

from checks import evaluation, runner
from checks.check_catalogue import MART
from checks.check_evidence import Evidence
from checks.evaluation import (
    Asked,
    Piece,
    evaluate,
    exception_of,
    expectation,
    rows_of,
    validated,
)
from checks.expectations import Expectation, Expected, between, unique
from checks.gx_library import LoadedWhenUsed, library
from checks.runner import check_version
from checks.suite import suite_of
from tests.checks.support_checks import OCT, SUB_ICB, brought, judged
from tests.checks.support_gx import changed
from tests.support import regional
from warehouse.base.home import Home
from warehouse.contract.model import contracts


def asked(kind: str, *texts: str, **arguments: object) -> Asked:
    expected = Expected(SUB_ICB, "label_known", "hcp_type", Expectation(kind, arguments))
    return Asked(expected, rows_of(expected, pl.DataFrame({"text": texts})))


def in_set_of(*labels: str) -> Asked:
    kind = "expect_column_values_to_be_in_set"
    return asked(kind, "GP", "Nurse", column="text", value_set=list(labels))


def test_great_expectations_decides_every_verdict(
    home: Home, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Reverse what the library answers, and every verdict but the skipped ones is reversed."""
    brought(home, regional())
    before = {(r.rule, r.column_name): r.verdict for r in judged(home, SUB_ICB).results}
    reversed_ = changed(lambda _, result: result | {"success": not result["success"]})
    monkeypatch.setattr(runner, "evaluate", reversed_)
    after = {(r.rule, r.column_name): r.verdict for r in judged(home, SUB_ICB).results}
    assert before.keys() == after.keys()
    judged_at_all = {key: found for key, found in before.items() if found != "skipped"}
    assert len(judged_at_all) > 20
    for key, verdict_before in judged_at_all.items():
        assert (verdict_before == "pass") != (after[key] == "pass"), key


def test_expectations_are_evaluated_by_great_expectations(monkeypatch: pytest.MonkeyPatch) -> None:
    from great_expectations.validator.validator import Validator

    suites = []
    validate = Validator.graph_validate

    def counted(self: Validator, configurations: list[Any], *more: object) -> object:
        suites.append([one.type for one in configurations])
        return validate(self, configurations, *more)

    monkeypatch.setattr(Validator, "graph_validate", counted)
    monkeypatch.setattr(evaluation, "_RESULTS", {})
    monkeypatch.setattr(evaluation, "_MET", {})
    [unmet] = evaluate([in_set_of("GP")])
    assert not unmet["success"]
    assert unmet["result"]["partial_unexpected_list"] == ["Nurse"]
    [found] = evaluate([in_set_of("GP", "Nurse")])
    assert found["success"]
    assert suites == [["expect_column_values_to_be_in_set"]] * 2
    assert evaluate([in_set_of("GP", "Nurse")]) == [found]
    assert len(suites) == 2, "the same evidence is not judged twice"


def numbers(*found: float | None) -> Asked:
    expected = Expected(SUB_ICB, "file_size", None, between(1, 9))
    return Asked(expected, rows_of(expected, pl.DataFrame({"number": found})))


def test_a_result_known_from_evidence_of_the_same_form_is_the_one_the_library_gives(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    formats: list[object] = []
    validate = evaluation.validated

    def told(pieces: list[Piece], result_format: object) -> object:
        formats.extend([result_format] * len(pieces))
        return validate(pieces, result_format)

    monkeypatch.setattr(evaluation, "validated", told)
    asked_for = [
        numbers(*found)
        for found in ((1.0, 2.0), (3.0, 4.0), (3.0, None), (5.0, 12.0), (3.0,), (7.0, 8.0))
    ]
    alone, after = [], []
    for one in asked_for:
        monkeypatch.setattr(evaluation, "_RESULTS", {})
        monkeypatch.setattr(evaluation, "_MET", {})
        alone += evaluate([one])
    assert all(one == evaluation.RESULT_FORMAT for one in formats)
    formats.clear()
    monkeypatch.setattr(evaluation, "_MET", {})
    for one in asked_for:
        monkeypatch.setattr(evaluation, "_RESULTS", {})
        after += evaluate([one])
    assert after == alone
    assert [one["success"] for one in after] == [True, True, True, False, True, True]
    whole, verdict = evaluation.RESULT_FORMAT, evaluation.VERDICT_ALONE
    assert formats == [whole, verdict, whole, verdict, whole, whole, verdict]


@pytest.mark.parametrize(
    "arguments", [{"mostly": 0.5}, {"min_value": 1}], ids=["only most", "of a number of its own"]
)
def test_a_result_that_tells_more_than_the_form_is_not_taken_for_that_of_others(
    monkeypatch: pytest.MonkeyPatch, arguments: dict[str, object]
) -> None:
    monkeypatch.setattr(evaluation, "_MET", {})
    kind = "expect_column_max_to_be_between"
    if "mostly" in arguments:
        kind = "expect_column_values_to_be_in_set"
        arguments = {**arguments, "value_set": ["1", "3"]}
    column = "text" if "mostly" in arguments else "number"
    expected = Expected(
        SUB_ICB, "file_size", None, Expectation(kind, {"column": column, **arguments})
    )
    found = []
    for one in ("1", "3", "4"):
        frame = pl.DataFrame({"text": [one, "1"], "number": [float(one), 1.0]})
        found += evaluate([Asked(expected, rows_of(expected, frame))])
    assert [one["success"] for one in found] == [True, True, True]
    assert found[0]["result"] != found[2]["result"]
    assert evaluation._MET == {}


@pytest.mark.parametrize(
    ("kind", "arguments"),
    [
        ("expect_column_values_to_be_in_set", {"column": "no_such", "value_set": ["GP"]}),
        ("expect_column_values_to_match_regex", {"column": "text", "regex": "("}),
        ("expect_no_such_thing", {"column": "text"}),
        ("expect_column_values_to_be_in_set", {"column": "text", "no_such_argument": 1}),
    ],
)
def test_an_expectation_that_cannot_be_evaluated_is_not_met_and_stops_no_other(
    kind: str, arguments: dict[str, object]
) -> None:
    other = Expected(SUB_ICB, "keys_unique", None, unique())
    rows = rows_of(other, pl.DataFrame({"text": ["GP", "Nurse"]}))
    failed, found = evaluate([asked(kind, "GP", **arguments), Asked(other, rows)])
    assert exception_of(failed)
    assert not failed["success"]
    assert found["success"] and exception_of(found) is None


def test_evidence_of_a_check_without_an_expectation_is_a_check_that_could_not_run() -> None:
    bare = Evidence("no_such_check", None, pl.DataFrame({"text": ["x"]}), "", "", 0, 0)
    with pytest.raises(KeyError):
        runner.judge(None, [bare], SUB_ICB, OCT, "run")


def test_every_suite_is_of_known_expectations_each_with_an_id_of_its_own() -> None:
    library()
    from great_expectations.expectations.registry import list_registered_expectation_implementations

    known = set(list_registered_expectation_implementations())
    for feed in [*contracts(), MART]:
        suite = suite_of(feed)
        assert suite and {one.expectation.type for one in suite} <= known
        assert len({one.id for one in suite}) == len(suite)
        meta = [one.configuration()["meta"] for one in suite]
        assert all(m["id"] and m["layer"] and m["dimension"] and m["severity"] for m in meta)
        assert all(m["owner"] and m["action"] for m in meta), feed


def test_the_version_of_checks_covers_their_modules_and_the_reference(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    hashed: list[Path] = []
    monkeypatch.setattr(runner, "hash_files", lambda files: hashed.extend(files) or "x")
    check_version.__wrapped__()
    names = {path.name for path in hashed}
    assert {
        "shared.yaml",
        "plan.yaml",
        "runner.py",
        "suite.py",
        "drift.py",
        "edition_view.py",
    } <= names
    assert {"organisations.csv", "organisations.py"} <= names
    assert all(path.exists() for path in hashed)


def test_what_the_library_was_loaded_without_is_loaded_when_used() -> None:
    """The divergence of two distributions is the library's only use of scipy's statistics."""
    library()
    assert not isinstance(sys.modules.get("scipy.stats"), LoadedWhenUsed)
    partition = {"values": ["a", "b"], "weights": [0.5, 0.5]}
    said = {"column": "text", "partition_object": partition, "threshold": 0.1}
    made = expectation(type="expect_column_kl_divergence_to_be_less_than", kwargs=said)
    met, unmet = (
        validated([Piece(made, pl.DataFrame({"text": texts}))])[0]
        for texts in (["a", "b"], ["a"] * 9 + ["b"])
    )
    assert (met["success"], unmet["success"]) == (True, False), (met, unmet)


def test_a_stand_in_gives_what_the_module_has() -> None:
    stand_in: Any = LoadedWhenUsed("colorsys")
    sys.modules.pop("colorsys", None)
    sys.modules["colorsys"] = stand_in
    assert not hasattr(stand_in, "__file__")
    assert sys.modules["colorsys"] is stand_in, "still not loaded"
    assert stand_in.rgb_to_hsv(0, 0, 0) == (0, 0, 0)
    assert sys.modules["colorsys"] is not stand_in
