"""Evaluate a register: every claim with all its readings, and its verdict.

Belongs here: combining claims, evidence and rules, and describing the result. Does not: the rules
(`verdicts`), the queries (`evidence`), the tables (`claim_tables`).
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from itertools import groupby

from warehouse.base.months import add_months, month_text, months_apart, parse_month
from warehouse.claims.available import Available, available
from warehouse.claims.evidence import KnownValue, People, as_known, count_people, most_people
from warehouse.claims.in_words import say_difference, say_edition, say_value, sum_up
from warehouse.claims.not_computable import (
    NotComputable,
    feeds_of,
    is_stock_over_months,
    sum_up_missing,
    why_not_computable,
)
from warehouse.claims.periods import Period
from warehouse.claims.register import check_register
from warehouse.claims.register_entries import Claim, ClaimOrganisation, Reading
from warehouse.claims.stated import COUNTED
from warehouse.claims.verdicts import (
    INVENTED,
    SYNTHETIC,
    Evaluation,
    Verdict,
    fits,
    judge,
    own_months,
)
from warehouse.contract.model import contracts
from warehouse.kpi.catalogue import Kpi
from warehouse.mart.hierarchy import Connection

MEASURES = {
    "value": "",
    "monthly_mean": ", mean of the months",
    "year_on_year_ratio": ", growth on the year before",
    "year_on_year_change": ", change on the year before",
}


@dataclass(frozen=True)
class EvaluatedClaim:
    """An evaluated claim. `summary`: the verdicts on its whole statement, in a line."""

    claim: Claim
    evaluations: tuple[Evaluation, ...]
    verdict: Verdict
    note: str
    summary: str = ""


def evaluate_claims(
    db: Connection, claims: Sequence[Claim], kpis: dict[str, Kpi], synthetic: bool
) -> list[EvaluatedClaim]:
    """Evaluate every claim against the mart attached as `mart`: invented ones against a synthetic
    mart only, all others against a real one only.

    Raises ValueError that names claim and key if the register does not fit the catalogue.
    """
    check_register(tuple(claims), kpis)
    # Queries run on sample data too, so that the lineage of columns is the same in any mart; their
    # results are not used.
    readings = [reading for claim in claims for reading in claim.readings]
    parts = [_parts(reading, kpis) for reading in readings]
    values = iter(as_known(db, [one for several in parts for one in several], kpis))
    known = iter([[(one, next(values)) for one in several] for several in parts])
    by_claim = [[next(known) for _ in claim.readings] for claim in claims]
    data = available(db, readings)
    counted = count_people(db, map(_place, readings), kpis)
    found = [
        _evaluate(claim, own, kpis, data, counted)
        if claim.document.synthetic == synthetic
        else _not_evaluated(claim, SYNTHETIC if synthetic else INVENTED)
        for claim, own in zip(claims, by_claim, strict=True)
    ]
    statements: dict[str, list[tuple[str, str, str]]] = {}
    for one in found:
        figure = one.claim.figure
        verdict = (figure.aspect, figure.label, verdict_words(one))
        statements.setdefault(one.claim.statement_id, []).append(verdict)
    return [replace(one, summary=sum_up(statements[one.claim.statement_id])) for one in found]


def _not_evaluated(claim: Claim, why: str) -> EvaluatedClaim:
    lacks = NotComputable(why)
    evaluations = tuple(Evaluation(reading, (), lacks) for reading in claim.readings)
    return EvaluatedClaim(claim, evaluations, Verdict("not computable", evaluations[0]), why)


def _parts(reading: Reading, kpis: dict[str, Kpi]) -> list[Reading]:
    """Return what to calculate for a reading: itself, a reading per month, or nothing."""
    if reading.kpi_id is None or is_stock_over_months(reading, kpis[reading.kpi_id]):
        return []
    if reading.period.each is None:
        return [reading]
    return [
        reading.model_copy(update={"period": Period(month=month_text(month))})
        for month in reading.period.span
    ]


def _evaluate(
    claim: Claim,
    found: Sequence[Sequence[tuple[Reading, list[KnownValue]]]],
    kpis: dict[str, Kpi],
    data: Available,
    counted: Sequence[People],
) -> EvaluatedClaim:
    evaluations = tuple(
        one
        for reading, parts in zip(claim.readings, found, strict=True)
        for one in _evaluations(claim, reading, parts, kpis, data)
    )
    people = []
    if claim.figure.unit == "people":
        asked = dict.fromkeys(
            (_place(one.reading), month)
            for one in evaluations
            if one.counts
            for month in own_months(claim, one.reading)
        )
        people = [most_people(counted, place, month) for place, month in asked]
    verdict = judge(claim, evaluations, people)
    return EvaluatedClaim(claim, evaluations, verdict, _note(claim, evaluations, verdict, kpis))


def _place(reading: Reading) -> ClaimOrganisation:
    return ClaimOrganisation(level=reading.org_level, code=reading.org_code)


def _evaluations(
    claim: Claim,
    reading: Reading,
    parts: Sequence[tuple[Reading, list[KnownValue]]],
    kpis: dict[str, Kpi],
    data: Available,
) -> list[Evaluation]:
    """Evaluate a reading. Consecutive months of `each` that never had a value are combined."""
    if not parts:
        return [Evaluation(reading, (), why_not_computable(reading, kpis, data))]
    found = []
    for had_value, run in groupby(parts, key=_ever_had_value):
        if had_value:
            for one, known in run:
                lacks = known[-1].value is None
                missing = why_not_computable(one, kpis, data) if lacks else None
                in_time = _of_the_time(claim, one, known, kpis)
                found.append(Evaluation(one, tuple(known), missing, in_time))
        else:
            together = _together([one for one, _ in run])
            found.append(Evaluation(together, (), why_not_computable(together, kpis, data)))
    return found


def _of_the_time(
    claim: Claim, reading: Reading, known: Sequence[KnownValue], kpis: dict[str, Kpi]
) -> bool:
    """Whether one of the editions that give the reading a value was published when the claim was
    made: by the release calendar; for a feed without one, in the month after the edition."""
    if claim.document.said_by is None or reading.kpi_id is None:
        return False
    said_by = add_months(parse_month(claim.document.said_by), 1)
    dues = [contracts()[feed].cadence.due for feed in feeds_of(reading, kpis[reading.kpi_id])]
    return any(
        max(due.of(edition) if due else add_months(edition, 1) for due in dues) < said_by
        for edition in (parse_month(one.edition) for one in known if one.value is not None)
    )


def _ever_had_value(one: tuple[Reading, list[KnownValue]]) -> bool:
    return any(known.value is not None for known in one[1])


def _together(readings: Sequence[Reading]) -> Reading:
    first, last = readings[0], readings[-1]
    if first is last:
        return first
    ends = (month_text(first.period.span[0]), month_text(last.period.span[-1]))
    return first.model_copy(update={"period": Period(each=ends)})


def reading_words(reading: Reading, kpis: dict[str, Kpi]) -> str:
    """Describe a reading: `GP appointments, 04C: April to October 2024, financial year to date`."""
    subject = f"{kpis[reading.kpi_id].title}, " if reading.kpi_id else ""
    return f"{subject}{reading.org_code}: {reading.period.words}{MEASURES[reading.measure]}"


def differs_by(claim: Claim, value: float | None, unit: str) -> tuple[float | None, float | None]:
    """Return a value's difference from the stated one, absolute and relative.

    Counts can be compared with other counts, any other unit only with itself. Shares and growth
    have no relative difference: theirs is in percentage points.
    """
    stated, own = claim.stated.value, claim.figure.unit
    if value is None or (unit != own and not {unit, own} <= COUNTED):
        return None, None
    difference = value - stated
    relative = None if own in ("share", "growth") or not stated else difference / stated
    return difference, relative


def verdict_words(evaluated: EvaluatedClaim) -> str:
    """Return the verdict, with the difference if the claim differs: `differs by +2.7%`."""
    claim, verdict = evaluated.claim, evaluated.verdict
    if verdict.kind not in ("differs", "not computable"):
        return verdict.words
    if verdict.main is None or verdict.main.latest is None:
        return verdict.words
    unit = claim.figure.unit
    by = say_difference(*differs_by(claim, verdict.main.latest, unit), unit)
    if verdict.kind == "not computable" and verdict.reason:
        return f"not computable: no figures near its month (others differ by {by})"
    if verdict.kind == "not computable":
        return f"not computable by all readings; by one it differs from today's figures by {by}"
    if verdict.of_the_time:
        return f"differs by {by}"
    return f"differs from today's figures by {by}; the edition of the time is not available"


def _note(
    claim: Claim, evaluations: Sequence[Evaluation], verdict: Verdict, kpis: dict[str, Kpi]
) -> str:
    parts = [verdict.reason, _measured_by(claim, verdict, kpis), _carried_forward(verdict, kpis)]
    if verdict.kind == "not computable":
        lacking = (one.missing for one in evaluations if one.counts and one.missing)
        parts.append(sum_up_missing(lacking))
    elif verdict.kind == "differs" and not verdict.of_the_time:
        said_by = claim.document.said_by
        when = f"by {parse_month(said_by):%B %Y}" if said_by else "at an unknown date"
        parts.append(
            f"The claim was made {when}; no edition published by then is available, and later "
            "ones are revised."
        )
    parts += [
        f"{reading_words(one.reading, kpis)} would fit "
        f"({say_value(one.latest, claim.figure.unit, one.reading.measure)})"
        f", but is not what was said: {(one.reading.only_shown or '').rstrip('.')}."
        for one in evaluations
        if not one.counts and one.latest is not None and fits(claim, one.latest)
    ]
    return " ".join(part for part in [*parts, claim.figure.note or ""] if part)


def _carried_forward(verdict: Verdict, kpis: dict[str, Kpi]) -> str:
    """Describe how old the figures are, if the month is more than a cadence after their edition."""
    main = verdict.main
    if main is None or main.latest is None or main.reading.kpi_id is None:
        return ""
    feeds = feeds_of(main.reading, kpis[main.reading.kpi_id])
    between = [months for feed in feeds if (months := contracts()[feed].cadence.months)]
    edition, month = parse_month(main.known[-1].edition), main.reading.period.span[-1]
    age = months_apart(edition, month)
    if not between or age <= max(between):
        return ""
    return (
        f"The newest edition of {' and '.join(feeds)} that it uses is of {edition:%B %Y}, "
        f"{age} months before {month:%B %Y}."
    )


def _measured_by(claim: Claim, verdict: Verdict, kpis: dict[str, Kpi]) -> str:
    main, unit = verdict.main, claim.figure.unit
    if main is None or verdict.kind == "cannot be true":
        return ""
    if main.latest is None and verdict.kind == "not computable":
        return ""
    measure = main.reading.measure
    compared_with = f"stated {claim.figure.written}, {claim.stated.because}"
    words = reading_words(main.reading, kpis)
    if verdict.kind == "since revised" and verdict.true_in:
        once = say_value(verdict.true_in.value, unit, measure)
        then = say_edition(verdict.true_in.edition, verdict.true_in.revision)
        now = say_value(main.latest, unit, measure) if main.latest is not None else "not known"
        return f"{words}: {once} in edition {then}, now {now} ({compared_with})."
    return f"{words}: {say_value(main.latest, unit, measure)} ({compared_with})."
