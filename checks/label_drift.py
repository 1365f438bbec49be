"""Evidence on labels: those that appeared or vanished since the nearest earlier accepted edition.
Not here: organisations and figures (`checks.drift`), labels unknown to the contract
(`checks.rows`)."""

from __future__ import annotations

import polars as pl

from checks.check_evidence import MEETING, Evidence, listed, numbers, skipped
from checks.comparison import Compared, compare
from checks.edition_view import EditionView
from warehouse.contract.model import Contract


def label_columns(contract: Contract) -> list[str]:
    """Return columns with a closed list of several labels."""
    columns = contract.columns.items()
    return [n for n, c in columns if c.type == "label" and len(contract.labels(n)) > 1]


def labels(view: EditionView) -> Evidence:
    """Find labels that appeared or vanished among the organisations that both editions have."""
    rule, both = "labels_as_before", compare(view)
    if isinstance(both, str):
        return skipped(rule, both)
    share, columns = view.check(rule).limit, label_columns(view.contract)
    found: list[str] = []
    pairs: list[tuple[str, int, int]] = []
    seen = _rows_by_label(view, both), _rows_by_label(both.before, both)
    for column in columns:
        now, then = (one[column] for one in seen)
        appeared, vanished = _missed(now, then, share), _missed(then, now, share)
        for word, labels, held in (("appeared", appeared, (1, 0)), ("vanished", vanished, (0, 1))):
            found += [f"`{label}` of {column} {word}" for label in labels]
            pairs += [(f"`{label}` of {column}", *held) for label in labels]
        pairs += [(f"`{label}` of {column}", 1, 1) for label in sorted({*now} & {*then})[:MEETING]]
    return numbers(
        rule,
        pairs,
        failed=len(found),
        expected=f"the labels of {both.before.edition}",
        observed=listed(found, mark="; ") or "the same labels",
        total=sum(len(seen[0][column] | seen[1][column]) for column in columns),
        message=f"{listed(found, mark='; ')} since {both.before.edition}: check for a renamed "
        "label or missing rows",
    )


def _missed(here: dict[str, int], there: dict[str, int], share: float) -> list[str]:
    """Return labels of one edition that the other has no row of, unless they are rare."""
    least = share * sum(here.values())
    return sorted(label for label, n in here.items() if label not in there and n >= least)


def _rows_by_label(view: EditionView, both: Compared) -> dict[str, dict[str, int]]:
    """Count rows by label column and label, of the organisations that both editions have; of a
    register, which has closed ones for ever, all rows."""
    contract, common = view.contract, both.now & both.then
    tidy = view.scan_tidy()
    others = (both.then if view is both.before else both.now) - common
    if contract.reporting_unit and others and not contract.is_dated:
        tidy = tidy.filter(pl.col(contract.reporting_unit.code).is_in(list(common)))
    every = [(name, one) for name in label_columns(contract) for one in contract.labels(name)]
    masks = [(pl.col(name) == one).sum().alias(str(i)) for i, (name, one) in enumerate(every)]
    counts = tidy.select(masks).collect(engine="streaming").row(0)
    found: dict[str, dict[str, int]] = {name: {} for name, _ in every}
    for (name, one), rows in zip(every, counts, strict=True):
        if rows:
            found[name][one] = int(rows)
    return found
