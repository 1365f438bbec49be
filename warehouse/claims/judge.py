"""Verdicts: a claim against its readings, by rules that know no claim by name.

Belongs here: pure functions from what was stated and what is known to a verdict. Does not: asking
the mart (`evidence`), tables (`tables`).
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Literal

from warehouse.claims.evidence import Known, People
from warehouse.claims.missing import Missing
from warehouse.claims.register import Claim, Reading
from warehouse.claims.words import say_edition, say_number, say_value
from warehouse.claims.written import within

Kind = Literal["confirmed", "since revised", "differs", "cannot be true", "not computable"]
SYNTHETIC = (
    "The mart holds synthetic sample data only: claims are never judged on it. Import real files."
)


@dataclass(frozen=True)
class Tried:
    """A reading with its value as known with each edition, oldest first; the last is the latest.

    `missing`: why the latest figures give no value; None if they do.
    """

    reading: Reading
    known: tuple[Known, ...]
    missing: Missing | None

    @property
    def latest(self) -> float | None:
        """The value by the latest figures."""
        return self.known[-1].value if self.known else None

    @property
    def counts(self) -> bool:
        """Whether it is a reading of the words, and not only shown beside them."""
        return self.reading.only_shown is None


@dataclass(frozen=True)
class Verdict:
    """What became of a claim: the reading that says so, and with which edition it was true."""

    kind: Kind
    main: Tried | None
    true_in: Known | None = None
    reason: str = ""

    @property
    def words(self) -> str:
        """The verdict as the mart has it."""
        if self.kind == "since revised" and self.true_in:
            then = say_edition(self.true_in.edition, self.true_in.revision)
            return f"confirmed in edition {then}, since revised"
        return self.kind


def judge(claim: Claim, tried: Sequence[Tried], people: Sequence[Sequence[People]]) -> Verdict:
    """The verdict on a claim. `people`: per organisation of the claim, its people by each source.

    The reading shown is one that confirms the claim, else one that once did, else the first in
    the order of the register that has a value. (The nearest would flatter the claim.)
    """
    ours = [one for one in tried if one.counts]
    valued = [one for one in ours if one.latest is not None]
    first = next(iter(valued or ours), None)
    if reason := impossible(claim, people):
        return Verdict("cannot be true", first, reason=reason)
    for one in valued:
        if one.latest is not None and fits(claim, one.latest):
            return Verdict("confirmed", one)
    for one in ours:
        for known in one.known:
            if known.value is not None and fits(claim, known.value):
                return Verdict("since revised", one, known)
    if valued:
        return Verdict("differs", first)
    return Verdict("not computable", first)


def fits(claim: Claim, value: float) -> bool:
    """Whether a value rounds to what was stated."""
    return within(value, claim.stated.value, claim.stated.tolerance)


def impossible(claim: Claim, people: Sequence[Sequence[People]]) -> str:
    """Why a claim can't be true whatever the data say of it; empty if it can."""
    stated, unit = claim.stated, claim.figure.unit
    least = stated.value - stated.tolerance
    if unit == "share" and least > 1:
        return f"A share can't be more than the whole: {claim.figure.written} is above 100 %."
    if unit == "share" and stated.value + stated.tolerance < 0:
        return f"A share can't be below nothing: {claim.figure.written}."
    if claim.whole and least > claim.whole.value + claim.whole.tolerance:
        return (
            f"A part can't be more than its whole: {claim.figure.written} of {claim.figure.whole}."
        )
    if unit == "people" and claim.figure.aspect != "growth" and people:
        most = [max(of, key=lambda one: one.number) for of in people if of]
        if len(most) == len(people) and all(least > one.number for one in most):
            told = "; ".join(_say_people(of) for of in people)
            return f"{say_value(stated.value, unit)} people are more than there are: {told}."
    return ""


def _say_people(sources: Sequence[People]) -> str:
    """`QK1 had at most 1,237,002 registered patients ... (November 2025, edition 2025-11)`."""
    told = " and ".join(
        f"{say_number(one.number)} {one.what} ({one.month:%B %Y}, edition {one.edition})"
        for one in sources
    )
    return f"{sources[0].org_code} had at most {told}"
