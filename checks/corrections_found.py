"""Evidence on corrections: each still matches its error, and no error remains after its expiry. Not
here: applying corrections (`warehouse.transform.corrections`)."""

from __future__ import annotations

from collections import Counter

from checks.edition_view import EditionView, Evidence, listed, offences, skipped
from warehouse.transform.corrections import CORRECTIONS, Correction, corrections


def found(view: EditionView) -> Evidence:
    """Return corrections in force that match nothing: the publisher has corrected the error, or its
    form has changed."""
    matched = _matched(view)
    in_force = [one for one in _concerned(view) if one.is_in_force(view.month)]
    idle = [one for one in in_force if not matched[one.correction_id]]
    if not in_force:
        return skipped("corrections_found", f"no correction is of {view.edition}")
    return offences(
        "corrections_found",
        [one.correction_id for one in idle],
        expected="each correction finds its error",
        observed=listed([f"{one.correction_id} matches no row" for one in idle])
        or f"{sum(matched[one.correction_id] for one in in_force):,} row(s) corrected",
        total=len(in_force),
        message=f"has the publisher put it right? Then let it expire with {view.edition} in "
        f"{view.contract.feed}/{CORRECTIONS}; else look how the error is written now",
    )


def expired(view: EditionView) -> Evidence:
    """Return corrections that have expired while the error remains."""
    matched = _matched(view)
    past = [one for one in _concerned(view) if not one.is_in_force(view.month)]
    alive = [one for one in past if matched[one.correction_id]]
    if not past:
        return skipped("corrections_expired", f"no correction has expired by {view.edition}")
    return offences(
        "corrections_expired",
        [one.correction_id for one in alive],
        expected="no error that was corrected until now",
        observed=listed(
            [f"{one.correction_id} ({matched[one.correction_id]:,} row(s))" for one in alive]
        )
        or "none",
        total=len(past),
        message="these rows are as published again; look at the error anew, and set a later "
        f"`expires` in {view.contract.feed}/{CORRECTIONS} if it is to be corrected further",
        failed=len(alive),
    )


def _concerned(view: EditionView) -> list[Correction]:
    return [one for one in corrections(view.contract.feed) if one.concerns(view.month)]


def _matched(view: EditionView) -> Counter[str]:
    """Correction id -> rows that it matched in all files of the edition."""
    total: Counter[str] = Counter()
    for fact in view.facts:
        total.update(fact.corrected)
    return total
