"""Evidence on corrections: each still matches its error, and no error remains after its expiry. Not
here: applying corrections (`warehouse.transform.corrections`)."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from dataclasses import replace

import polars as pl

from checks.check_evidence import Evidence, listed, offences, skipped
from checks.edition_view import EditionView
from warehouse.transform.corrections import CORRECTIONS, Correction, corrections


def found(view: EditionView) -> Evidence:
    """Find corrections in force that match no row: the publisher has corrected the error, or it is
    written otherwise."""
    matched = _matched(view)
    in_force = [
        one
        for one in _concerned(view)
        if one.is_in_force(view.month) and not (one.intermittent and not matched[one.correction_id])
    ]
    idle = [one for one in in_force if not matched[one.correction_id]]
    if not in_force:
        return skipped("corrections_found", f"no correction applies to {view.edition}")
    evidence = offences(
        "corrections_found",
        [one.correction_id for one in idle],
        expected="each correction matches its error",
        observed=listed([f"{one.correction_id} matches no row" for one in idle])
        or f"{sum(matched[one.correction_id] for one in in_force):,} row(s) corrected",
        total=len(in_force),
        message=f"if the publisher has corrected the error, let the correction expire with "
        f"{view.edition} in {view.contract.feed}/{CORRECTIONS}; otherwise match the error as it "
        "is written now",
    )
    return replace(evidence, frame=_rows_matched(in_force, matched))


def expired(view: EditionView) -> Evidence:
    """Find corrections that have expired while the error remains."""
    matched = _matched(view)
    past = [one for one in _concerned(view) if not one.is_in_force(view.month)]
    alive = [one for one in past if matched[one.correction_id]]
    if not past:
        return skipped("corrections_expired", f"no correction has expired by {view.edition}")
    evidence = offences(
        "corrections_expired",
        [one.correction_id for one in alive],
        expected="no error of an expired correction",
        observed=listed(
            [f"{one.correction_id} ({matched[one.correction_id]:,} row(s))" for one in alive]
        )
        or "none",
        total=len(past),
        message="these rows are used as published, uncorrected; to correct them further, set a "
        f"later `expires` in {view.contract.feed}/{CORRECTIONS}",
        failed=len(alive),
    )
    return replace(evidence, frame=_rows_matched(past, matched))


def _rows_matched(named: Sequence[Correction], matched: Counter[str]) -> pl.DataFrame:
    """Return `item, number`: each correction, and the rows that it matches."""
    rows = [(one.correction_id, float(matched[one.correction_id])) for one in named]
    return pl.DataFrame(rows, schema={"item": pl.String, "number": pl.Float64}, orient="row")


def _concerned(view: EditionView) -> list[Correction]:
    return [one for one in corrections(view.contract.feed) if one.concerns(view.month)]


def _matched(view: EditionView) -> Counter[str]:
    """Correction id -> rows that it matched in all files of the edition."""
    total: Counter[str] = Counter()
    for fact in view.facts:
        total.update(fact.corrected)
    return total
