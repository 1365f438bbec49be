"""Statistical disclosure control: which figures of a table of sums must not be shown. Only the
algorithm, on plain numbers; `disclosure` applies it.

A table has the figures of organisations that add up to wholes: practices to sub-ICBs, those to
ICBs. A reader is assumed to know every published figure, that a suppressed figure is at least 1
(zeros are published), and which organisations make up which whole.
"""

from __future__ import annotations

from collections.abc import Mapping

import numpy as np

Cell = tuple[str, str]  # organisation level and code
Figures = Mapping[Cell, int]
Wholes = Mapping[Cell, tuple[Cell, ...]]


def protect(
    tables: list[Figures], wholes: Wholes, threshold: int, small: frozenset[Cell] = frozenset()
) -> set[Cell]:
    """Return the cells to suppress, the same in all tables.

    `tables`: the same figures as known at several times (editions), without cells that have no
    figure. `wholes`: whole -> its members. Figures from 1 to below `threshold` are small, as are
    the cells in `small`. Secondary suppression hides so many further members (or wholes) that no
    small figure can be calculated, or bounded to within less than the threshold.
    """
    hidden = set(small)
    for table in tables:
        hidden |= {cell for cell, count in table.items() if 0 < count < threshold}
    while True:
        more = {cell for table in tables for cell in _lacking(table, wholes, hidden, threshold)}
        more = more or {cell for table in tables for cell in _given_away(table, wholes, hidden)}
        if not more:
            return hidden
        hidden |= more


def _lacking(table: Figures, wholes: Wholes, hidden: set[Cell], threshold: int) -> set[Cell]:
    """Return one more cell for each whole whose hidden members are too few, or too narrowly
    bounded."""
    members = {whole: m for whole, m in wholes.items() if table.get(whole, 0) > 0}
    unknown = {
        whole: [one for one in inside if one in hidden and table.get(one, 0) > 0]
        for whole, inside in members.items()
    }
    # A hidden whole whose members are all shown is their sum: handle it first, because that leaves
    # the hidden whole more room in the sums above it.
    open_ones = [whole for whole in members if whole in hidden and not unknown[whole]]
    more = {cell for whole in open_ones for cell in _next(table, whole, members[whole], hidden)}
    if more:
        return more
    for whole, inside in members.items():
        # Each hidden member lies between its minimum and what the others' minimums leave it.
        rooms = [table[one] - _least(one, table, wholes, hidden) for one in unknown[whole]]
        enough = len(rooms) > 1 and sum(rooms) >= threshold - 1
        if rooms and not enough and whole not in hidden:
            more |= _next(table, whole, inside, hidden)
    return more


def _least(cell: Cell, table: Figures, wholes: Wholes, hidden: set[Cell]) -> int:
    """Return the minimum of a hidden cell for a reader who sees its shown members."""
    members = [one for one in wholes.get(cell, ()) if table.get(one, 0) > 0]
    known = sum(table[one] for one in members if one not in hidden)
    return max(1, known + sum(_least(o, table, wholes, hidden) for o in members if o in hidden))


def _next(table: Figures, whole: Cell, members: tuple[Cell, ...], hidden: set[Cell]) -> set[Cell]:
    """Return the smallest member that is still shown and not zero; without one, the whole if it is
    shown."""
    left = [(table[one], one) for one in members if one not in hidden and table.get(one, 0) > 0]
    if left:
        return {min(left)[1]}
    return set() if whole in hidden else {whole}


def _given_away(table: Figures, wholes: Wholes, hidden: set[Cell]) -> set[Cell]:
    """Return the smallest shown whole above each hidden figure that several sums together
    determine, as wholes that share members may."""
    cells = sorted(cell for cell in hidden if table.get(cell, 0) > 0)
    index = {cell: number for number, cell in enumerate(cells)}
    sums = []
    for whole, members in wholes.items():
        if whole in table:
            line = np.zeros(len(cells))
            for one in members:
                if one in index:
                    line[index[one]] += 1
            if whole in index:
                line[index[whole]] -= 1
            if line.any():
                sums.append(line)
    more: set[Cell] = set()
    for cell in _determined(sums, cells):
        shown = [
            (table[whole], whole)
            for whole, members in wholes.items()
            if cell in members and whole in table and whole not in hidden
        ]
        more |= {min(shown)[1]} if shown else set()
    return more


def _determined(sums: list[np.ndarray], cells: list[Cell]) -> list[Cell]:
    """Return the cells that are the same in all solutions of the sums."""
    if not sums:
        return []
    _, values, vectors = np.linalg.svd(np.array(sums))
    rank = int((values > 1e-9).sum())
    free = vectors[rank:]
    return [cell for number, cell in enumerate(cells) if not (abs(free[:, number]) > 1e-9).any()]
