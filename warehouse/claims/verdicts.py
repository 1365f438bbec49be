"""The verdict on a claim, from its stated figure and the values of its readings.

Belongs here: rules that apply to every claim, as pure functions. Does not: queries on the mart
(`evidence`), tables (`claim_tables`).
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from typing import Literal

from warehouse.base.months import months_apart, parse_month
from warehouse.base.number_format import say_number
from warehouse.claims.evidence import REFUTING_MONTHS, KnownValue, People
from warehouse.claims.in_words import say_edition, say_value
from warehouse.claims.not_computable import NotComputable
from warehouse.claims.register_entries import Claim, Reading
from warehouse.claims.stated import within

Kind = Literal["confirmed", "since revised", "differs", "cannot be true", "not computable"]
SYNTHETIC = (
    "The mart contains only synthetic sample data, on which claims are not evaluated. "
    "Import real files."
)
INVENTED = "The statement is invented for practice; it is evaluated with the synthetic sample only."
TOO_FAR = (
    f"The available figures are more than {REFUTING_MONTHS} months away from the statement's own "
    "month; they can't refute it."
)


@dataclass(frozen=True)
class Evaluation:
    """A reading and its value as known with each edition, oldest first.

    `missing`: why the latest figures give no value; None if they do. `of_the_time`: whether any of
    these editions was published when the claim was made.
    """

    reading: Reading
    known: tuple[KnownValue, ...]
    missing: NotComputable | None
    of_the_time: bool = False

    @property
    def latest(self) -> float | None:
        """The value by the latest figures."""
        return self.known[-1].value if self.known else None

    @property
    def counts(self) -> bool:
        """Whether the words support this reading."""
        return self.reading.only_shown is None


@dataclass(frozen=True)
class Verdict:
    """A claim's verdict, the reading that decided it (`main`), and the edition with which it was
    true. `of_the_time`: whether an edition published when the claim was made was used; None if
    there were no figures."""

    kind: Kind
    main: Evaluation | None
    true_in: KnownValue | None = None
    reason: str = ""
    of_the_time: bool | None = None

    @property
    def words(self) -> str:
        """Return the verdict as the mart has it."""
        if self.kind == "since revised" and self.true_in:
            then = say_edition(self.true_in.edition, self.true_in.revision)
            return f"confirmed in edition {then}, since revised"
        if self.kind == "differs" and not self.of_the_time:
            return "differs, edition of the time not available"
        return self.kind


def judge(
    claim: Claim, evaluations: Sequence[Evaluation], people: Sequence[Sequence[People]]
) -> Verdict:
    """Return the verdict on a claim. `people`: per organisation and month of any reading, its
    people around that month by each source.

    The reading shown is one that confirms the claim, else one that once did, else the first in
    the register that has a value (the nearest would flatter the claim). A claim differs only if
    every reading has a value, with figures near the claim's own month.
    """
    ours = [one for one in evaluations if one.counts]
    valued = [one for one in ours if one.latest is not None]
    first = next(iter(valued or ours), None)
    of_the_time = any(one.of_the_time for one in valued) if valued else None
    if reason := impossible(claim, people):
        return Verdict("cannot be true", first, reason=reason, of_the_time=of_the_time)
    for one in valued:
        if one.latest is not None and fits(claim, one.latest):
            return Verdict("confirmed", one, of_the_time=of_the_time)
    for one in ours:
        for known in one.known:
            if known.value is not None and fits(claim, known.value):
                return Verdict("since revised", one, known, of_the_time=of_the_time)
    refuting = [one for one in valued if can_refute(claim, one)]
    if not refuting or len(valued) < len(ours):
        why = "" if refuting or not valued else TOO_FAR
        return Verdict("not computable", first, reason=why, of_the_time=of_the_time)
    return Verdict("differs", refuting[0], of_the_time=all(one.of_the_time for one in refuting))


def own_months(claim: Claim, reading: Reading) -> tuple[date, ...]:
    """Return the months of a statement by this reading: its last one, or all of `each`."""
    period = claim.figure.period
    if period.each is None:
        return period.span[-1:]
    asked = reading.period.span if reading.period.each else reading.period.span[-1:]
    return tuple(min(max(month, period.span[0]), period.span[-1]) for month in asked)


def can_refute(claim: Claim, evaluation: Evaluation) -> bool:
    """Whether a reading's value uses figures near enough to the statement's own month: its last
    month, and its edition, which may be of a list that was carried forward."""
    if evaluation.latest is None:
        return False
    evidence = min(parse_month(evaluation.known[-1].edition), evaluation.reading.period.span[-1])
    own = own_months(claim, evaluation.reading)
    return all(abs(months_apart(month, evidence)) <= REFUTING_MONTHS for month in own)


def fits(claim: Claim, value: float) -> bool:
    """Whether a value rounds to the stated one."""
    return within(value, claim.stated.value, claim.stated.tolerance)


def impossible(claim: Claim, people: Sequence[Sequence[People]]) -> str:
    """Return why a claim can't be true; empty if it can."""
    stated, unit = claim.stated, claim.figure.unit
    least = stated.value - stated.tolerance
    if unit == "share" and least > 1:
        return f"A share can't be more than the whole: {claim.figure.written} is above 100%."
    if unit == "share" and stated.value + stated.tolerance < 0:
        return f"A share can't be negative: {claim.figure.written}."
    if claim.whole and least > claim.whole.value + claim.whole.tolerance:
        part = f"{claim.figure.written} of {claim.figure.whole}"
        return f"A part can't be more than its whole: {part}."
    if unit == "people" and claim.figure.aspect != "growth" and people:
        most = [max(of, key=lambda one: one.number) for of in people if of]
        if len(most) == len(people) and all(least > one.number for one in most):
            counts = "; ".join(_say_people(of) for of in _most_of_each(people))
            return f"{say_value(stated.value, unit)} people are more than there are: {counts}."
    return ""


def _most_of_each(people: Sequence[Sequence[People]]) -> list[list[People]]:
    """Return, per organisation, the most people that each source counted there in any month."""
    most: dict[str, dict[str, People]] = {}
    for one in (one for of in people for one in of):
        found = most.setdefault(one.org_code, {})
        if one.what not in found or one.number > found[one.what].number:
            found[one.what] = one
    return [list(of.values()) for of in most.values()]


def _say_people(sources: Sequence[People]) -> str:
    """`QK1 had at most 1,237,002 registered patients (November 2025, edition 2025-11)`."""
    counts = " and ".join(
        f"{say_number(one.number)} {one.what} ({one.month:%B %Y}, edition {one.edition})"
        for one in sources
    )
    return f"{sources[0].org_code} had at most {counts}"
