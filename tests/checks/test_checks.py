"""The checks: every rule with an input that breaks it and one that keeps it; what verdicts mean."""

from collections.abc import Callable
from datetime import UTC, date, datetime
from pathlib import Path

import polars as pl
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from assets.ingest import is_judged, pending_editions, take_in
from checks import check_catalogue as catalogue
from checks import runner
from checks.check_catalogue import all_checks, check_of, feed_checks, mart_checks, shared_checks
from checks.edition_view import EditionView, Evidence, Expectation
from checks.mart_checks import OFFENCES, judge_mart
from checks.runner import check_version, expectation_met, judge_edition
from checks.suite import gather, rules_gathered
from tests.checks.cases_mart import mart
from tests.checks.cases_shared import of_headings, practice_sums, with_lost_bytes
from tests.checks.support_checks import (
    BUILDERS,
    CLAIMS,
    COVERAGE,
    FEEDS,
    MAPPING,
    NO_MONTH,
    OCT,
    PRACTICE,
    SUB_ICB,
    Case,
    Results,
    active,
    all_cases,
    brought,
    judged,
    one,
    real_taken,
    worst,
)
from tests.support import coverage, crosstab, regional
from warehouse.archive.source_files import Archive, SourceFile
from warehouse.base.home import Home
from warehouse.contract.model import contracts
from warehouse.editions.check_history import RESULT_SCHEMA, edition_files, read_history, read_state
from warehouse.transform.conform import ROW_RULES
from warehouse.transform.lake import lake_paths
from warehouse.transform.tidy import tidy

COUNT, AREA, MONTH = "COUNT_OF_APPOINTMENTS", "SUB_ICB_LOCATION_CODE", "APPOINTMENT_MONTH"
CASES = all_cases()


def verdict(results: Results, rule: str) -> str:
    ranked = ("pass", "skipped", "warn", "fail")
    found = [r.verdict for r in results if r.rule == rule]
    assert found, f"{rule} was not judged"
    return max(found, key=ranked.index)


def test_every_rule_has_a_case_that_breaks_it_and_one_that_keeps_it() -> None:
    assert CASES.keys() == all_checks().keys()


@pytest.mark.parametrize("rule", CASES)
def test_the_rule_notices_what_breaks_it(home: Home, rule: str) -> None:
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
def test_the_rule_passes_what_keeps_it(home: Home, kept: dict[Case, Results], rule: str) -> None:
    case = CASES[rule][2]
    results = kept[case] if case in kept else kept.setdefault(case, case(home))
    assert verdict(results, rule) == "pass"
    assert all(r.failed_rows == 0 for r in results if r.rule == rule)


@pytest.mark.parametrize("feed", FEEDS)
def test_the_checks_announced_are_the_checks_made(home: Home, feed: str) -> None:
    said = {"edition": OCT} if feed in NO_MONTH else {}
    brought(home, BUILDERS[feed](), **said)
    made = list(dict.fromkeys(r.rule for r in judged(home, feed).results))
    assert made == rules_gathered(contracts()[feed])
    assert set(made) <= all_checks().keys()


def test_rules_have_one_title_each_and_mart_rules_are_apart() -> None:
    every, mart = all_checks().values(), {check.rule for check in mart_checks()}
    assert len({c.title for c in every}) == len({c.rule for c in every}) == len(every)
    assert {c.layer for c in every if c.rule not in mart} <= {"file", "contract", "rules", "drift"}
    quarantining = [c for c in every if c.action == "quarantine"]
    assert {c.rule for c in quarantining} == ROW_RULES.keys()
    assert all(c.severity == "ERROR" for c in quarantining if c.rule != "total_row")


# Rules in a feed's folder


def test_a_feed_may_have_rules_of_its_own() -> None:
    own = {check.rule for check in feed_checks(CLAIMS)}
    assert own and own.isdisjoint(shared_checks())
    assert own < all_checks().keys()
    assert feed_checks(SUB_ICB) == ()


def test_two_checks_of_one_name_are_refused(monkeypatch: pytest.MonkeyPatch) -> None:
    taken = feed_checks(CLAIMS)[0].model_copy(update={"rule": "keys_unique"})
    monkeypatch.setattr(catalogue, "feed_checks", lambda feed: (taken,) if feed == CLAIMS else ())
    with pytest.raises(ValueError, match="more than one check is called keys_unique"):
        all_checks.__wrapped__()


def test_a_feeds_rules_count_among_what_it_is_judged_by() -> None:
    assert check_version(MAPPING) == check_version()
    assert check_version(CLAIMS) != check_version()


# How many broken rows hold an edition


def with_broken(home: Home, broken: int, of_rows: int) -> str:
    rows: list[dict[str, object]] = [{COUNT: "x"}] * broken + [{}] * (of_rows - broken)
    brought(home, regional(*rows))
    return one(judged(home, SUB_ICB), "count_whole").verdict


@pytest.mark.parametrize(
    ("broken", "rows", "expected"),
    [
        (0, 100, "pass"),
        (1, 10_000, "warn"),
        (19, 25, "warn"),
        (20, 400, "warn"),
        (20, 399, "fail"),
        (501, 10_000, "fail"),
    ],
)
def test_few_broken_rows_warn_and_many_hold(
    home: Home, broken: int, rows: int, expected: str
) -> None:
    check = check_of("count_whole", SUB_ICB)
    assert (check.threshold, check.least) == (0.05, 20)
    assert with_broken(home, broken, rows) == expected


def test_an_error_holds_the_edition_and_says_why(home: Home) -> None:
    brought(home, crosstab({}, {COUNT: 3}))
    taken = judged(home, PRACTICE)
    state = read_state(home, PRACTICE, OCT)
    assert state == taken.state
    assert (state.verdict, state.failed) == ("held", 1)
    assert state.passed + state.warned + state.failed + state.skipped == len(taken.results)
    (reason,) = state.reasons
    assert reason.startswith("No key is repeated (month, practice_code")
    assert "found 1 repeated keys, expected each key once; in file1.csv rows 2 and 3" in reason
    assert "(2025-10 | C82001 |" in reason


def test_warnings_let_the_edition_in(home: Home) -> None:
    brought(home, regional({}, {COUNT: "x"}))
    state = judged(home, SUB_ICB).state
    assert (state.verdict, state.failed, state.reasons) == ("accepted", 0, [])
    assert state.warned >= 2


def test_one_failure_hides_no_other(home: Home) -> None:
    rows: list[dict[str, object]] = [{COUNT: "x"}] * 30 + [{"HCP_TYPE": "Nurse"}] * 30 + [{}]
    brought(home, regional(*rows))
    taken = judged(home, SUB_ICB)
    assert [r.rule for r in taken.results if r.verdict == "fail"] == ["count_whole", "label_known"]
    assert len(taken.state.reasons) == 2


def test_a_check_of_the_mart_that_raises_hides_no_other(
    home: Home, monkeypatch: pytest.MonkeyPatch
) -> None:
    path = mart(home)
    monkeypatch.setitem(OFFENCES, "kpis_described", ("never", "SELECT no_such FROM kpi"))
    found = {r.rule: r.verdict for r in judge_mart(path, "run")}
    assert [rule for rule, verdict in found.items() if verdict != "pass"] == ["kpis_described"]
    assert found["kpis_described"] == "fail"


def test_a_mart_that_cannot_be_opened_fails_every_check(home: Home) -> None:
    path = mart(home, lambda path: path.write_bytes(b"no database" * 1000) and None)
    assert {r.verdict for r in judge_mart(path, "run")} == {"fail"}


def test_an_unreadable_file_holds_its_edition_and_is_named(home: Home) -> None:
    results = with_lost_bytes(home)
    (result,) = [r for r in results if r.rule == "file_readable"]
    state = read_state(home, SUB_ICB, OCT)
    assert state is not None and state.verdict == "held"
    assert "bytes are missing from the archive" in state.reasons[0]
    assert "file1.csv" in result.observed + result.message


def test_a_damaged_zip_in_the_archive_holds_its_edition(home: Home, tmp_path: Path) -> None:
    from tests.support import imported, zipped

    (outcome,) = imported(home, zipped(tmp_path / "a.zip", {"a.csv": regional()}))
    assert outcome.file is not None
    path = Archive(home).object_path(outcome.file.container_sha256)
    path.chmod(0o644)
    path.write_bytes(path.read_bytes()[:50])
    state = judged(home, SUB_ICB).state
    assert state.verdict == "held" and state.reasons


def test_a_reference_that_cannot_be_read_does_not_stop_the_feed(home: Home) -> None:
    own, reference = brought(home, regional(), coverage())
    Archive(home).object_path(reference.container_sha256).unlink()
    taken = judged(home, SUB_ICB)
    assert taken.files == [own]
    assert taken.state.verdict == "accepted"
    assert one(taken, "coverage_present").verdict == "warn"


def test_rows_that_vanish_between_import_and_tidy_are_noticed(home: Home) -> None:
    (file,) = brought(home, regional({}, {COUNT: 3}))
    facts = tidy(home, file)
    longer = file.model_copy(update={"rows": 3})
    view = EditionView(home, contracts()[SUB_ICB], OCT, [longer], [facts])
    (found,) = [r for r in judge_edition(view, "run") if r.rule == "file_readable"]
    assert (found.verdict, found.failed_rows, found.total_rows) == ("fail", 1, 3)
    assert "file1.csv" in found.message


@pytest.mark.parametrize(
    ("change", "said"),
    [
        (lambda h: h[:-1], "missing: appointments"),
        (lambda h: (*h, "CCG_CODE"), "under two headings: sub_icb_code"),
    ],
)
def test_columns_missing_or_doubled_hold(
    home: Home, change: Callable[[tuple[str, ...]], tuple[str, ...]], said: str
) -> None:
    (found,) = [r for r in of_headings(change)(home) if r.rule == "columns_present"]
    assert (found.verdict, found.observed) == ("fail", said)


# What a verdict tells


def test_a_row_verdict_names_value_file_row_and_remedy(home: Home) -> None:
    content = regional({AREA: "03W"}, {AREA: "03W", "HCP_TYPE": "Nurse"})
    brought(home, regional(), content)
    found = one(judged(home, SUB_ICB), "label_known", "hcp_type")
    assert (found.observed, found.failed_rows, found.total_rows) == ("`Nurse`", 1, 3)
    assert found.message == (
        "1 row(s) quarantined, the first is row 3 of file2.csv; "
        "if the publisher has added a label, list it in the feed's contract"
    )


def test_a_pass_says_what_was_seen(home: Home) -> None:
    brought(home, regional({COUNT: 3}, {COUNT: 5}))
    taken = judged(home, SUB_ICB)
    assert one(taken, "count_not_negative").observed == "the smallest is 3"
    assert one(taken, "label_known", "hcp_type").observed == "1 distinct value(s), all as expected"
    assert one(taken, "rows_accepted").observed == "2 of 2"


def test_blank_values_break_value_present_and_never_pass(home: Home) -> None:
    content = regional({}, {AREA: "  "}, {}).replace(b",Same Day,", b',"",', 1)
    brought(home, content)
    taken = judged(home, SUB_ICB)
    assert one(taken, "value_present", "sub_icb_code").verdict == "warn"
    assert one(taken, "value_present", "booking_interval").verdict == "warn"


ODD = st.sampled_from(
    ["", " ", '"', "x", "-1", " -1", "1.5", "1,234", "99999999999999999999", "JAN2019", "GP", "04C"]
)


ODD_ROW = st.dictionaries(
    st.sampled_from([AREA, MONTH, COUNT, "APPT_STATUS", "HCP_TYPE"]), ODD, max_size=2
)


@settings(max_examples=8, deadline=None)
@given(st.lists(ODD_ROW, min_size=1, max_size=12))
def test_whatever_is_quarantined_never_passes(
    tmp_path_factory: pytest.TempPathFactory, rows: list[dict]
) -> None:
    """The expectation sees what the row rules saw: no quarantined row under a verdict `pass`."""
    home = Home(tmp_path_factory.mktemp("odd") / "home")
    brought(home, regional({}, *rows))
    taken = judged(home, SUB_ICB)
    (facts,) = taken.facts
    broken = {(b.rule, b.column): b.rows for b in facts.broken}
    told = {(r.rule, r.column_name or "overflow"): r for r in taken.results}
    for key, count in broken.items():
        assert (told[key].verdict, told[key].failed_rows) == ("warn", count)
    assert facts.rows + facts.quarantined == len(rows) + 1
    for key, result in told.items():
        assert key[0] not in ROW_RULES or key in broken or result.verdict == "pass"


# Keys


def test_repeated_keys_of_the_ccg_era_are_added_up_and_not_flagged(home: Home) -> None:
    brought(home, regional({COUNT: 3}, {COUNT: 4}))
    taken = judged(home, SUB_ICB)
    found = one(taken, "keys_unique")
    assert (found.verdict, found.failed_rows, found.observed) == ("pass", 0, "1 repeated keys")
    assert found.message == "repeated keys are added up, as the contract says"
    (file,) = taken.files
    assert pl.read_parquet(lake_paths(home, file).measures)["appointments"].to_list() == [7]


def test_a_key_in_two_editions_or_parts_is_no_repetition(home: Home) -> None:
    brought(home, crosstab({}), crosstab({"GP_CODE": "C82002"}))
    assert worst(judged(home, PRACTICE), "keys_unique") == "pass"


# Parts, coverage and sums


def test_without_coverage_practices_cannot_be_counted(home: Home) -> None:
    brought(home, crosstab(), regional())
    taken = judged(home, PRACTICE)
    for rule in ("parts_complete", "sums_reconcile"):
        found = one(taken, rule)
        assert found.verdict == "skipped"
        assert "gp_appointments_coverage of 2025-10" in found.message
    assert one(taken, "coverage_present").message.startswith("import the coverage file of 2025-10")


def test_without_the_sub_icb_feed_sums_are_skipped(home: Home) -> None:
    brought(home, crosstab(), coverage())
    found = one(judged(home, PRACTICE), "sums_reconcile")
    assert (found.verdict, found.message) == (
        "skipped",
        "gp_appointments_sub_icb 2025-10 is not held",
    )


def test_a_place_that_is_not_whole_is_not_compared(home: Home) -> None:
    results = practice_sums(10, 30, expected=3)(home)
    (sums,) = [r for r in results if r.rule == "sums_reconcile"]
    assert (sums.verdict, sums.message) == (
        "skipped",
        "no place is whole in both feeds for the same month",
    )
    (parts,) = [r for r in results if r.rule == "parts_complete"]
    assert parts.verdict == "warn"
    assert parts.observed == "0 of 1 sub-ICBs whole; of 04C 2025-10 there are 1 of 3"


def test_a_difference_is_named(home: Home) -> None:
    results = practice_sums(10, 11)(home)
    (sums,) = [r for r in results if r.rule == "sums_reconcile"]
    assert sums.observed == "1 of 1 sub-ICB-months differ"
    assert sums.message == "04C 2025-10: practices 10, sub-ICB 11"


def test_a_place_that_lost_rows_is_not_accused_of_differing(home: Home) -> None:
    """A practice that is left out for its lost rows would make every honest sum differ."""
    brought(
        home,
        crosstab({COUNT: 10}, {"GP_CODE": "C82002", COUNT: 5}, {"GP_CODE": "C82002", COUNT: "x"}),
        regional({COUNT: 16}),
        coverage({"Included Practices": 2}),
    )
    assert one(judged(home, PRACTICE), "sums_reconcile").verdict == "skipped"


def test_revisions_of_an_edition_are_not_added_together(home: Home) -> None:
    brought(
        home,
        crosstab({COUNT: 9}),
        crosstab({COUNT: 10}),
        regional({COUNT: 8}),
        regional({COUNT: 10}),
        coverage({"Included Practices": 5}),
        coverage({"Included Practices": 1}),
    )
    taken = judged(home, PRACTICE)
    assert one(taken, "sums_reconcile").verdict == "pass"
    assert one(taken, "sums_reconcile").total_rows == 1
    assert one(taken, "parts_complete").verdict == "pass"


def test_a_revision_that_lost_rows_says_so_though_the_first_was_whole(home: Home) -> None:
    brought(home, regional({COUNT: 9}), regional({COUNT: 10}, {COUNT: "x"}))
    found = one(judged(home, SUB_ICB), "cells_whole")
    assert (found.verdict, found.observed) == ("warn", "1 organisation-months: 04C 2025-10")
    brought(home, regional({COUNT: 11}))
    assert one(judged(home, SUB_ICB), "cells_whole").verdict == "pass"


def test_parts_are_judged_together(home: Home) -> None:
    brought(home, regional({AREA: "04C"}), regional({AREA: "03W"}), coverage({}, {AREA: "03W"}))
    found = one(judged(home, SUB_ICB), "parts_complete")
    assert (found.verdict, found.observed) == ("pass", "2 of 2 sub-ICBs whole")


def test_without_coverage_the_dated_reference_tells_the_sub_icbs(home: Home) -> None:
    brought(home, regional({}, {AREA: "03W"}))
    found = one(judged(home, SUB_ICB), "parts_complete")
    assert (found.verdict, found.failed_rows, found.total_rows) == ("warn", 104, 106)
    assert found.observed == "2 of 106 sub-ICBs whole"


def test_missing_sub_icbs_are_named(home: Home) -> None:
    brought(home, regional({AREA: "04C"}), coverage({}, {AREA: "03W"}, {AREA: "04V"}))
    found = one(judged(home, SUB_ICB), "parts_complete")
    assert found.message.startswith(
        "missing: 03W NHS Leicester, Leicestershire and Rutland ICB - 03W, 2025-10; 04V NHS "
        "Leicester, Leicestershire and Rutland ICB - 04V, 2025-10. Roll-ups"
    )


def test_missing_practices_are_named_by_the_edition_before(home: Home) -> None:
    september = {"APPOINTMENT_MONTH_START_DATE": "01SEP2025"}
    brought(home, crosstab(september, september | {"GP_CODE": "C82002", "GP_NAME": "THE OTHER"}))
    brought(home, coverage({"Appointment_Month": "01SEP2025", "Included Practices": 2}))
    judged(home, PRACTICE, "2025-09")
    brought(home, crosstab(), coverage({"Included Practices": 3}))
    found = one(judged(home, PRACTICE), "parts_complete")
    assert (found.verdict, found.failed_rows) == ("warn", 1)
    assert found.message.startswith(
        "missing: 2 of 3 practices of 04C NHS Leicester, Leicestershire and Rutland ICB - 04C, "
        "2025-10: C82002 THE OTHER. Roll-ups"
    )


def test_without_coverage_members_are_those_of_the_last_accepted_edition(home: Home) -> None:
    september = {"APPOINTMENT_MONTH_START_DATE": "01SEP2025"}
    others = [{"GP_CODE": "C82002"}, {"GP_CODE": "C82003", AREA: "03W"}]
    brought(home, crosstab(september, *(september | other for other in others)))
    assert one(judged(home, PRACTICE, "2025-09"), "parts_complete").verdict == "skipped"
    # C82009 is new, and makes up for nobody.
    brought(home, crosstab({}, others[1], {"GP_CODE": "C82009"}))
    taken = judged(home, PRACTICE)
    found = one(taken, "parts_complete")
    assert (found.verdict, found.expected) == ("warn", "every member of 2 sub-ICBs, as in 2025-09")
    assert found.observed == "1 of 2 sub-ICBs whole; of 04C 2025-10 there are 1 of 2"
    assert "2025-10: C82002 A SURGERY" in found.message
    assert one(taken, "sums_reconcile").verdict == "skipped"


# Judged again when what it rests on changes


def test_coverage_that_arrives_later_judges_the_practices_again(home: Home) -> None:
    brought(home, crosstab({COUNT: 10}), regional({COUNT: 10}))
    before = judged(home, PRACTICE).state
    assert pending_editions(home, PRACTICE) == []
    brought(home, coverage())
    assert pending_editions(home, PRACTICE) == [OCT]
    taken = judged(home, PRACTICE)
    assert taken.state.fingerprint != before.fingerprint
    assert one(taken, "sums_reconcile").verdict == "pass"
    assert pending_editions(home, PRACTICE) == []


def test_other_feeds_and_months_do_not_judge_again(home: Home) -> None:
    brought(home, crosstab())
    judged(home, PRACTICE)
    brought(home, coverage({"Appointment_Month": "01SEP2025"}), BUILDERS["registered_patients"]())
    assert pending_editions(home, PRACTICE) == []
    assert [f.feed for f in edition_files(active(home), PRACTICE, OCT)] == [PRACTICE]


def test_changed_rules_judge_again(home: Home, monkeypatch: pytest.MonkeyPatch) -> None:
    brought(home, regional())
    judged(home, SUB_ICB)
    monkeypatch.setattr("assets.ingest.check_version", lambda feed: "other rules")
    assert pending_editions(home, SUB_ICB) == [OCT]
    assert not is_judged(home, SUB_ICB, OCT, active(home))


def test_lost_lake_files_judge_again(home: Home) -> None:
    (file,) = brought(home, regional())
    judged(home, SUB_ICB)
    lake_paths(home, file).facts.unlink()
    assert pending_editions(home, SUB_ICB) == [OCT]


def test_an_edition_nobody_imported_is_not_taken_in(home: Home) -> None:
    assert take_in(home, SUB_ICB, OCT, "run") is None


# Great Expectations decides


def evidence(frame: pl.DataFrame, name: str, **arguments: object) -> Evidence:
    return Evidence("label_known", "x", frame, Expectation(name, arguments), "", "", 1, 1)


def test_the_library_is_asked_for_every_verdict(
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


# The record


def test_results_are_kept_as_the_interface_names_them(home: Home) -> None:
    names = list(RESULT_SCHEMA)
    assert ", ".join(names) == (
        "run_id, feed, edition, layer, rule, title, dimension, severity, column_name, observed, "
        "expected, failed_rows, total_rows, verdict, message, checked_at, code_version"
    )
    brought(home, regional({}, {COUNT: "x"}))
    started = datetime.now(UTC).replace(microsecond=0)
    taken = judged(home, SUB_ICB)
    kept = read_history(home)
    assert kept.schema == pl.Schema(RESULT_SCHEMA)
    assert kept.height == len(taken.results)
    assert set(kept["verdict"]) <= {"pass", "warn", "fail", "skipped"}
    assert set(kept["dimension"]) <= {
        "completeness",
        "uniqueness",
        "consistency",
        "timeliness",
        "validity",
        "accuracy",
    }
    assert kept["checked_at"].min() >= started
    assert kept["code_version"].unique().to_list() == [check_version(SUB_ICB)]
    required = [name for name in names if name not in ("column_name", "message")]
    assert kept.select(required).null_count().sum_horizontal().item() == 0


def test_history_only_grows(home: Home) -> None:
    brought(home, regional())
    first = judged(home, SUB_ICB).results
    judged(home, SUB_ICB)
    assert read_history(home).height == 2 * len(first)


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


# Real publications


def real(home: Home, real_feeds: Path, *patterns: str) -> list[SourceFile]:
    return list(real_taken(home, real_feeds, *patterns))


def test_real_shropshire_repeats_816_keys_that_are_added_up(home: Home, real_feeds: Path) -> None:
    (file,) = real(home, real_feeds, "gp_appointments_sub_icb/*Shrops*")
    taken = judged(home, SUB_ICB, "2021-08")
    found = one(taken, "keys_unique")
    assert (found.verdict, found.observed, found.failed_rows) == ("pass", "816 repeated keys", 0)
    rows = pl.read_parquet(lake_paths(home, file).tidy)
    cells = pl.read_parquet(lake_paths(home, file).measures)
    assert cells["appointments"].sum() == rows["appointments"].sum()
    assert cells["rows"].sum() == file.rows == 6_755
    dropped = rows.unique(list(contracts()[SUB_ICB].key))["appointments"].sum()
    assert cells["appointments"].sum() > dropped
    assert taken.state.verdict == "accepted"


def test_real_leicester_of_2021_repeats_none(home: Home, real_feeds: Path) -> None:
    (file,) = real(home, real_feeds, "gp_appointments_sub_icb/*LeicesterLeicsRut_Aug21*")
    taken = judged(home, SUB_ICB, "2021-08")
    assert one(taken, "keys_unique").observed == "0 repeated keys"
    cells = pl.read_parquet(lake_paths(home, file).measures)
    assert cells.filter(org_code="04C", month=date(2019, 10, 1))["appointments"].item() == 201_261


def test_real_half_of_england_is_whole_where_it_is_there(home: Home, real_feeds: Path) -> None:
    file, _ = real(
        home,
        real_feeds,
        "gp_appointments_practice/*London_East_South*.gz",
        "gp_appointments_coverage/*Oct25*",
    )
    assert (file.feed, file.edition) == (PRACTICE, OCT)
    taken = judged(home, PRACTICE)
    (facts,) = taken.facts
    assert (facts.rows, facts.quarantined, facts.unreliable_cells) == (392_709, 0, 0)
    cells = pl.read_parquet(lake_paths(home, file).measures)
    assert (cells["appointments"].sum(), cells["rows"].sum()) == (15_065_690, 392_709)
    rows = pl.read_parquet(lake_paths(home, file).tidy, columns=["source_row", "pcn_code"])
    assert (rows["source_row"].max(), rows["source_row"].n_unique()) == (392_710, 392_709)
    assert rows["pcn_code"].null_count() == 1_204
    assert taken.state.verdict == "accepted"
    parts = one(taken, "parts_complete")
    assert (parts.verdict, parts.failed_rows, parts.total_rows) == ("warn", 77, 106)
    assert parts.observed == "29 of 106 sub-ICBs whole"
    assert one(taken, "keys_unique").verdict == "pass"
    assert {r.verdict for r in taken.results if r.rule in ROW_RULES} == {"pass"}
    assert one(taken, "sums_reconcile").verdict == "skipped"


@pytest.mark.parametrize(
    ("pattern", "feed", "edition"),
    [
        ("gp_appointments_sub_icb/*Oct25*", SUB_ICB, OCT),
        ("gp_appointments_coverage/*Nov25*", COVERAGE, "2025-11"),
        ("gp_appointments_practice/Mapping_Aug_25.csv", MAPPING, "2025-08"),
        ("registered_patients/PracPopOct.csv", "registered_patients", OCT),
        ("registered_patients/gp-reg-pat-prac-map.zip", "registered_patients_map", "2026-07"),
    ],
)
def test_real_publications_are_accepted(
    home: Home, real_feeds: Path, pattern: str, feed: str, edition: str
) -> None:
    real(home, real_feeds, pattern)
    taken = judged(home, feed, edition)
    assert taken.state.verdict == "accepted"
    told = {r.rule for r in taken.results if r.verdict not in ("pass", "skipped")}
    assert told <= {"coverage_present", "parts_complete", "edition_from_content"}


def test_an_edition_without_any_sound_row_is_held_not_a_crash(home: Home) -> None:
    for feed, row in ((SUB_ICB, {"HCP_TYPE": "Nurse"}), (PRACTICE, {"HCP_TYPE": "Nurse"})):
        brought(home, BUILDERS[feed](row))
        taken = judged(home, feed)
        assert (taken.state.verdict, taken.state.failed) == ("held", 1)
        assert one(taken, "rows_accepted").observed == "0 of 1"
        assert one(taken, "rows_accepted").message
        assert one(taken, "parts_complete").verdict == "skipped"


def test_a_month_missing_in_between_is_not_whole(home: Home) -> None:
    months = ("AUG2025", "OCT2025")
    brought(
        home,
        regional(*({MONTH: month} for month in months)),
        coverage(*({"Appointment_Month": f"01{m}2025"} for m in ("AUG", "SEP", "OCT"))),
    )
    found = one(judged(home, SUB_ICB), "parts_complete")
    assert (found.verdict, found.failed_rows, found.total_rows) == ("warn", 1, 3)
