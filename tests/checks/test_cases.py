"""Every rule has an input that breaks it and one that passes it."""

import pytest

from checks.check_catalogue import all_checks, mart_checks
from checks.suite import rules_gathered
from tests.checks.support_checks import (
    BUILDERS,
    FEEDS,
    NO_MONTH,
    OCT,
    Case,
    Results,
    active,
    all_cases,
    brought,
    judged,
)
from warehouse.base.home import Home
from warehouse.base.months import parse_month
from warehouse.contract.model import contracts
from warehouse.transform.conform import ROW_RULES

CASES = all_cases()


def verdict(results: Results, rule: str) -> str:
    ranked = ("pass", "skipped", "warn", "fail")
    found = [r.verdict for r in results if r.rule == rule]
    assert found, f"{rule} was not judged"
    return max(found, key=ranked.index)


def test_every_rule_has_a_failing_and_a_passing_case() -> None:
    assert CASES.keys() == all_checks().keys()


@pytest.mark.parametrize("rule", CASES)
def test_the_rule_fails_its_failing_case(home: Home, rule: str) -> None:
    breaks, expected, _ = CASES[rule]
    results = breaks(home)
    assert verdict(results, rule) == expected
    (worst_one, *_) = [r for r in results if r.rule == rule and r.verdict == expected]
    assert worst_one.failed_rows >= 1
    assert worst_one.total_rows >= worst_one.failed_rows
    assert worst_one.observed and worst_one.expected
    assert worst_one.message, "a verdict that is no pass says what to do"
    assert (expected == "fail") <= (worst_one.severity == "ERROR")


@pytest.fixture(scope="module")
def kept() -> dict[Case, Results]:
    """Verdicts on the inputs that keep a rule; several rules share one."""
    return {}


@pytest.mark.parametrize("rule", CASES)
def test_the_rule_passes_its_passing_case(home: Home, kept: dict[Case, Results], rule: str) -> None:
    case = CASES[rule][2]
    results = kept[case] if case in kept else kept.setdefault(case, case(home))
    assert verdict(results, rule) == "pass"
    assert all(r.failed_rows == 0 for r in results if r.rule == rule)


@pytest.mark.parametrize("feed", FEEDS)
def test_the_checks_announced_are_the_checks_that_run(home: Home, feed: str) -> None:
    of_month = contracts()[feed].period.ends_in(parse_month(OCT))
    said = {"edition": OCT if of_month else "2026-03"} if feed in NO_MONTH else {}
    brought(home, BUILDERS[feed](), **said)
    edition = max(file.edition for file in active(home) if file.feed == feed)
    made = list(dict.fromkeys(r.rule for r in judged(home, feed, edition).results))
    assert made == rules_gathered(contracts()[feed])
    assert set(made) <= all_checks().keys()


def test_rules_have_one_title_each_and_mart_rules_are_apart() -> None:
    every, mart = all_checks().values(), {check.rule for check in mart_checks()}
    assert len({c.title for c in every}) == len({c.rule for c in every}) == len(every)
    assert {c.layer for c in every if c.rule not in mart} <= {"file", "contract", "rules", "drift"}
    quarantining = [c for c in every if c.action == "quarantine"]
    assert {c.rule for c in quarantining} == ROW_RULES.keys()
    assert all(c.severity == "ERROR" for c in quarantining if c.rule != "total_row")
