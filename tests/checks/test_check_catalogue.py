"""The catalogue of checks: what its files may say, and that what they say is what happens."""

from collections.abc import Callable
from pathlib import Path
from unittest.mock import patch

import pytest

from checks import check_catalogue as catalogue
from checks import runner
from checks.check_catalogue import (
    MART_OWNER,
    all_checks,
    check_of,
    feed_words,
    load_feed_words,
    read_checks,
)
from checks.check_model import FeedChecks
from checks.check_register import check_table, checks_of
from checks.feed_rules import feed_rules
from checks.runner import check_version
from tests.checks.support_checks import CLAIMS, MAPPING, REFERRALS, SUB_ICB, brought, judged, one
from tests.checks.support_gx import changed
from tests.support import regional
from warehouse.base.home import Home
from warehouse.contract.model import contracts
from warehouse.kpi.catalogue import catalogue as kpis

# A numerator of another feed than its denominator, which no check of one edition can compare.
SHARES_IN_RANGE_BY_THE_MART = {
    "cloud_telephony_reporting_practice_share",
    "gp_pharmacy_referring_practices_share",
    *(f"imd_2025_quintile_{number}_patient_share" for number in range(1, 6)),
    "nhs_app_ordering_share_of_patients",
    "pharmacy_first_participating_pharmacy_share",
    "pharmacy_first_referring_practice_share",
    "telephony_installed_practice_share",
}
SOUND = """
a_check:
  title: Something holds of the edition
  layer: rules
  dimension: validity
  severity: ERROR
  action: hold
"""


def written(folder: Path, text: str) -> Path:
    path = folder / "checks.yaml"
    path.write_text(text, encoding="utf-8")
    return path


@pytest.mark.parametrize(
    ("change", "told"),
    [
        (lambda t: t.replace("severity: ERROR", "severity: WARN"), "a_check: .*needs `severity: E"),
        (lambda t: t.replace("action: hold", "action: warn"), "a_check: .*needs `severity: WARN`"),
        (lambda t: t.replace("action: hold", "action: quarantine"), "`action: quarantine` is"),
        (lambda t: t.replace("title:", "titel:"), r"a_check\.titel: Extra inputs"),
        (lambda t: t.replace("validity", "beauty"), r"a_check\.dimension: .*found 'beauty'"),
        (lambda t: t.replace("rules", "mart"), r"a_check\.layer: found mart"),
        (lambda t: t + "  threshold: 2\n", "a_check: `threshold` and `threshold_means`"),
        (lambda t: t + "  least: 2\n", "a_check: `month_on_month` and `least` need"),
        (lambda t: t + "  title: Twice\n", "duplicate key `title`"),
        (lambda t: "a_check: [", "not readable as YAML"),
        (lambda t: "- a_check", "found list, expected keys"),
    ],
)  # fmt: skip
def test_a_broken_check_is_refused_with_file_and_key(
    tmp_path: Path, change: Callable[[str], str], told: str
) -> None:
    assert [check.rule for check in read_checks(written(tmp_path, SOUND))] == ["a_check"]
    with pytest.raises(ValueError, match=told) as error:
        read_checks(written(tmp_path, change(SOUND)), ("rules",))
    assert "checks.yaml" in str(error.value)


@pytest.mark.parametrize(
    ("text", "told"),
    [
        ("looks_back: 1", "looks_back: "),
        ("overrides: {no_such: {threshold: 1}}", r"overrides\.no_such: not one of"),
        ("overrides: {keys_unique: {threshold: 1}}", r"overrides\.keys_unique\.threshold: the che"),
        ("overrides: {keys_unique: {severity: WARN}}", r"overrides\.keys_unique: .*needs `sever"),
        ("overrides: {keys_unique: {title: Other}}", r"overrides\.keys_unique\.title: Extra"),
        (
            "part_within_total: [{part: x, total: appointments}]",
            "total: `x` is not a m",
        ),
        (
            "parts_sum_to_total: [{total: appointments, split: hcp_type, parts: [Robot]}]",
            "`Robot` is not a label of `hcp_type`",
        ),
    ],
)
def test_an_invalid_key_of_a_feed_is_refused_with_file_and_key(
    tmp_path: Path, text: str, told: str
) -> None:
    with pytest.raises(ValueError, match=told) as error:
        load_feed_words(written(tmp_path, text), contracts()[SUB_ICB])
    assert "checks.yaml" in str(error.value)


def said(tmp_path: Path, text: str) -> FeedChecks:
    return load_feed_words(written(tmp_path, text), contracts()[SUB_ICB])


def test_a_feeds_threshold_severity_and_owner_are_those_that_count(
    home: Home, tmp_path: Path
) -> None:
    rows: list[dict[str, object]] = [{"COUNT_OF_APPOINTMENTS": "x"}, {}]
    brought(home, regional(*rows))
    assert one(judged(home, SUB_ICB), "count_whole").verdict == "warn"
    override = "overrides: {count_whole: {threshold: 0.4, least: 1, owner: A person}}"
    with patch.object(catalogue, "feed_words", lambda feed: said(tmp_path, override)):
        check_of.cache_clear()
        assert check_of("count_whole", SUB_ICB).owner == "A person"
        found = one(judged(home, SUB_ICB), "count_whole")
    check_of.cache_clear()
    assert (found.verdict, found.severity) == ("fail", "ERROR")


@pytest.mark.parametrize("feed", [feed for feed, one in contracts().items() if one.plan])
def test_what_all_returns_of_a_plan_share_is_said_once(feed: str) -> None:
    held, shared = check_of("label_known", feed), check_of("label_known")
    assert (held.threshold, held.least) == (0.0001, 1) != (shared.threshold, shared.least)
    assert not feed_words(feed).overrides
    assert check_of("label_known", REFERRALS).threshold == shared.threshold


def test_an_invalid_key_of_all_plans_is_refused_with_file_and_key(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    path = tmp_path / "plan.yaml"
    monkeypatch.setattr(catalogue, "PLAN_FILE", path)
    for text, told in (
        ("no_such: {threshold: 1}", r"plan\.yaml: overrides\.no_such: not one of"),
        ("keys_unique: {title: Other}", r"plan\.yaml: overrides\.keys_unique\.title: Extra"),
    ):
        path.write_text(text, encoding="utf-8")
        with pytest.raises(ValueError, match=told):
            catalogue._of_plans.__wrapped__()


def test_an_override_of_a_check_that_the_feed_lacks_is_refused(tmp_path: Path) -> None:
    idle = said(tmp_path, "overrides: {people_within_population: {owner: A person}}")
    with (
        patch("checks.check_register.feed_words", lambda feed: idle),
        pytest.raises(ValueError, match=r"overrides\.people_within_population: not a check"),
    ):
        checks_of.__wrapped__(SUB_ICB)


def test_a_changed_catalogue_judges_again(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    before = check_version(CLAIMS)
    changed = catalogue.feed_file(CLAIMS).read_text(encoding="utf-8").replace("0.9", "0.8")
    path = written(tmp_path, changed)
    monkeypatch.setattr(runner, "feed_file", lambda feed: path)
    assert check_version.__wrapped__(CLAIMS) != before


def test_rules_and_their_words_are_the_same_in_the_same_order(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr("checks.feed_rules.feed_checks", lambda feed: ())
    with pytest.raises(ValueError, match=r"checks: found \[\], expected those of RULES"):
        feed_rules.__wrapped__(CLAIMS)


def test_a_feed_without_checks_of_its_own_has_the_shared_checks() -> None:
    assert feed_words(MAPPING) == FeedChecks()
    assert {c.owner for c in checks_of(MAPPING)} == {contracts()[MAPPING].owner}
    assert "keys_unique" in {c.rule for c in checks_of(MAPPING)}


def test_the_table_has_a_row_per_feed_and_check() -> None:
    table = check_table()
    assert table.height == table.select("feed", "rule").n_unique()
    assert set(table["feed"]) == {*contracts(), "mart"}
    optional = {"corrections_found", "corrections_expired", "own_expectations"}
    assert set(table["rule"]) | optional == set(all_checks())
    whole = table.drop("threshold", "threshold_means")
    assert whole.null_count().sum_horizontal().item() == 0
    assert table["threshold"].is_null().to_list() == table["threshold_means"].is_null().to_list()
    assert set(table.filter(feed="mart")["owner"]) == {MART_OWNER}
    held = table.filter(feed=SUB_ICB, rule="count_whole").to_dicts()[0]
    assert held["threshold"] == 0.05
    assert "at least 20 rows" in held["threshold_means"]
    relaxed = table.filter(feed=REFERRALS, rule="organisations_as_before")["threshold"].item()
    assert relaxed > check_of("organisations_as_before").limit


# A check that can't be made


def broken(*_: object) -> None:
    raise ZeroDivisionError("no rows")


def test_a_check_that_raises_fails_and_hides_no_other(
    home: Home, monkeypatch: pytest.MonkeyPatch
) -> None:
    brought(home, regional())
    before = [r.rule for r in judged(home, SUB_ICB).results]
    monkeypatch.setattr("checks.drift.rows", broken)
    taken = judged(home, SUB_ICB)
    assert [r.rule for r in taken.results] == before
    (failed,) = [r for r in taken.results if r.verdict == "fail"]
    assert (failed.rule, failed.observed) == ("rows_as_before", "ZeroDivisionError: no rows")
    assert "the check itself failed, in test_check_catalogue.py line" in failed.message
    assert taken.state.verdict == "held"


def test_a_judge_that_raises_fails_the_one_check(
    home: Home, monkeypatch: pytest.MonkeyPatch
) -> None:
    brought(home, regional())
    raised = {"raised_exception": True, "exception_message": "no such column"}
    monkeypatch.setattr(
        runner,
        "evaluate",
        changed(
            lambda one, result: (
                result
                | ({"exception_info": raised} if one.expected.rule == "columns_expected" else {})
            )
        ),
    )
    failed = [r for r in judged(home, SUB_ICB).results if r.verdict == "fail"]
    assert [(r.rule, r.severity) for r in failed] == [("columns_expected", "ERROR")]


def _is_part(numerator: str, denominator: str) -> bool:
    """Whether a measure is a part of another of its feed by its definition: the same column of some
    of the rows, practices with a value among practices, or a share's part of what it is of."""
    (feed, part), (_, whole) = numerator.split("."), denominator.split(".")
    contract = contracts()[feed]
    less, more = contract.measures[part], contract.measures[whole]
    if less.sum is None:
        return less.given is not None and more.present
    if less.sum == more.sum:
        labels = {column: set(found) for column, found in less.where.items()}
        return all(labels.get(name, {""}) <= set(of) for name, of in more.where.items())
    made = contract.columns[less.sum].made_of
    return made is not None and not made.counted and made.of == more.sum


def _is_checked(numerator: str, denominator: str) -> bool:
    """Whether a check holds an edition in which a measure is larger than another."""
    feed, part = numerator.split(".")
    words, within = feed_words(feed), {part}
    assert check_of("part_within_total", feed).may_hold or not words.part_within_total
    for _ in words.part_within_total:
        within |= {one.total for one in words.part_within_total if one.part in within}
    within |= {one.total for one in words.parts_sum_to_total if within & set(one.parts)}
    return denominator.split(".")[1] in within


def test_a_share_above_one_holds_its_edition_and_not_the_mart() -> None:
    """The mart has no share outside 0 to 1, so one that an edition passes would stop every feed."""
    shares = [one for one in kpis().values() if one.unit == "share"]
    of_two_feeds = {k.kpi_id for k in shares if any(s.feeds[1] for s in k.sources)}
    assert of_two_feeds == SHARES_IN_RANGE_BY_THE_MART
    unchecked = {
        (kpi.kpi_id, source.numerator)
        for kpi in shares
        for source in kpi.sources
        if source.denominator and source.feeds[1] is None
        if not _is_part(source.numerator, source.denominator)
        and not _is_checked(source.numerator, source.denominator)
    }
    assert unchecked == set()
