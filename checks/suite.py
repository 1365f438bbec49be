"""Which checks a feed has, in which order they run, and the suite that they make. Checks evaluate
compact evidence (distinct values, failing rows) in milliseconds, rather than three million rows."""

from __future__ import annotations

from collections.abc import Collection, Iterator
from functools import partial

from checks import (
    columns_and_keys as columns,
)
from checks import (
    completeness as places,
)
from checks import (
    corrections_found as corrected,
)
from checks import (
    drift,
    files,
    label_drift,
    new_months,
    own_expectations,
    plausible,
    population,
    practices_named,
    registers,
    reissues,
    rows,
    same_figures,
)
from checks import (
    parents as hierarchy,
)
from checks.check_catalogue import MART, check_of, feed_words, mart_checks
from checks.check_evidence import Evidence, broken
from checks.edition_view import EditionView
from checks.expectations import (
    Expected,
    always,
    as_expected,
    at_least,
    between,
    by_threshold,
    change_within,
    equal,
    in_set,
    local_authorities,
    none_found,
    not_below,
    share_at_most,
    unique,
    within_factor,
    within_own_limits,
)
from checks.feed_rules import Rule, feed_rules
from warehouse.contract.model import Contract, contracts
from warehouse.transform.corrections import corrections


def gather(view: EditionView, only: Collection[str] | None = None) -> Iterator[Evidence]:
    """Gather all the evidence on an edition, check by check (`only`: of these checks).

    A check that raises is reported as broken, and the next one runs.
    """
    for rule, one in _rules(view.contract).items():
        if only is None or rule in only:
            try:
                found = one.gather(view)
                yield from [found] if isinstance(found, Evidence) else found
            except Exception as error:  # the other checks still run
                yield broken(rule, error)


def rules_gathered(contract: Contract) -> list[str]:
    """Return the ids of a feed's checks, in the order in which they run."""
    return list(_rules(contract))


def suite_of(feed: str) -> tuple[Expected, ...]:
    """Return the expectations of a feed, or of the mart, in the order of their checks."""
    if feed == MART:
        return tuple(Expected(MART, one.rule, None, none_found()) for one in mart_checks())
    contract = contracts()[feed]
    return tuple(
        Expected(feed, rule, column, expectation)
        for rule, one in _rules(contract).items()
        for column, expectation in one.expects(contract, check_of(rule, feed)).items()
    )


def _rules(contract: Contract) -> dict[str, Rule]:
    """Check id -> how it is made, of every check that applies to a feed."""
    found: dict[str, Rule] = {
        "file_readable": Rule(files.readable, always(equal())),
        "file_type": Rule(files.type_of, always(as_expected())),
        "file_size": Rule(files.size, by_threshold(within_factor)),
        "members_as_before": Rule(files.members, always(at_least())),
        "encoding_expected": Rule(files.encoding, always(in_set(files.SOUND_ENCODINGS))),
        "edition_from_content": Rule(files.basis, always(in_set(files.FROM_CONTENT))),
        "edition_month_there": Rule(files.own_month, always(as_expected())),
        "columns_present": Rule(columns.present, always(between(1, 1))),
        "columns_expected": Rule(columns.unexpected),
    }
    if contract.edition.title_date:
        found["title_date_plausible"] = Rule(files.title_date, always(within_own_limits()))
    if contract.discovery:
        found["download_whole"] = Rule(files.download, by_threshold(not_below))
    for rule in rows.row_rules_gathered(contract):
        found[rule] = Rule(partial(rows.row_rule, rule=rule), rows.expects)
    found["rows_accepted"] = Rule(columns.rows_accepted, always(between(1)))
    found["keys_unique"] = Rule(columns.keys, always(unique()))
    found["month_not_future"] = Rule(plausible.months, always(between(high=0)))
    if corrections(contract.feed):
        found["corrections_found"] = Rule(corrected.found, always(between(1)))
        found["corrections_expired"] = Rule(corrected.expired, always(between(high=0)))
    if contract.measures:
        found["cells_whole"] = Rule(places.cells_whole, always(between(high=0)))
        found[reissues.RULE] = Rule(reissues.everyone, always(between(high=0)))
    found |= _rules_of_feed(contract)
    if own_expectations.has_own(contract.feed):
        found[own_expectations.RULE] = Rule(own_expectations.own)
    if hierarchy.columns_of(contract):
        found["icb_of_sub_icb"] = Rule(hierarchy.icbs, always(as_expected()))
    if hierarchy.board_column(contract):
        found["boards_known"] = Rule(hierarchy.boards, always(local_authorities()))
    others = contract.completeness
    if others.expected_feed:
        found["coverage_present"] = Rule(places.coverage_present, always(between(1)))
        found["parts_complete"] = Rule(places.parts, always(at_least()))
    if others.reconcile_feed:
        found["sums_reconcile"] = Rule(places.sums, always(equal()))
    if population.people_are_judged(contract):
        found["people_within_population"] = Rule(population.people, population.people_expected)
    if practices_named.practices_are_judged(contract):
        found["practices_known"] = Rule(practices_named.practices, always(between(1)))
    return found | _against_before(contract) | feed_rules(contract.feed)


REGISTER = {
    "register_found": Rule(registers.found, always(between(1))),
    "register_dates": Rule(registers.reaches),
    "register_still_open": Rule(registers.still_open, by_threshold(not_below)),
    "register_accounted_for": Rule(registers.accounted_for),
}


def _rules_of_feed(contract: Contract) -> dict[str, Rule]:
    """Return the generic business rules for which the feed's `checks.yaml` names measures."""
    words = feed_words(contract.feed)
    said = {
        "parts_sum_to_total": (words.parts_sum_to_total, plausible.parts_sum),
        "part_within_total": (words.part_within_total, plausible.part_within),
        "shares_plausible": (words.shares_plausible, plausible.shares),
    }
    of_columns = plausible.expected
    return {rule: Rule(look, of_columns(rule)) for rule, (named, look) in said.items() if named}


def _against_before(contract: Contract) -> dict[str, Rule]:
    found: dict[str, Rule] = {"rows_as_before": Rule(drift.rows, by_threshold(within_factor))}
    if contract.is_dated:
        found |= REGISTER
    if contract.completeness.compared_feed:
        found["figures_agree"] = Rule(same_figures.agree, always(equal()))
    if contract.measures:
        found["sums_as_before"] = Rule(drift.sums, drift.sums_expected)
    found["organisations_as_before"] = Rule(drift.organisations, by_threshold(share_at_most))
    if drift.comes_whole(contract):
        found["organisations_remain"] = Rule(drift.remaining, by_threshold(not_below))
    if label_drift.label_columns(contract):
        found["labels_as_before"] = Rule(label_drift.labels, always(equal()))
    if contract.measures and contract.month:
        found["restated_as_before"] = Rule(drift.restated, by_threshold(change_within))
        if not contract.local_return:
            found["figures_not_halved"] = Rule(
                drift.halved, by_threshold(lambda t: not_below(1 / t))
            )
    return found | new_months.rules(contract)
