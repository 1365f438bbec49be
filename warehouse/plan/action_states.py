"""The states of a plan's actions over all returns: the latest of each, and what changed.

Belongs here: their order, and what a change is. Does not: which rows are actions (`action_faults`),
ratings (`rating`).

No return replaces another. A state is of the day of its last update, so the order of import does
not matter; of two of one day the later return, or of one month the one imported later, is a
correction of the earlier one. When a file was saved says nothing.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from datetime import date
from typing import Any

import polars as pl

from warehouse.base.home import Home
from warehouse.editions.parts_and_revisions import EditionFile
from warehouse.plan.action_faults import faults_of_actions
from warehouse.plan.delivery_plan import aim_typed
from warehouse.plan.plan_returns import PLACE, WHERE_FROM, returned_rows
from warehouse.plan.row_faults import id_key
from warehouse.readers.raw_rows import SOURCE_ROW

ACTIONS = "actions"  # what a contract with such rows says at `plan:`
KEY = ("icb_code", "action_id")
OF_STATE = (
    *("title", "audience", "area", "commitment_no", "llr_aim", "source_document", "clause"),
    *("checklist_version", "scope_level", "scope_code", "owner_role", "start_date"),
    *("due_original", "due_current", "completed_on", "status", "self_rating", "evidence"),
    "evidence_documents",
)
# Name in the mart -> in the return, where they differ.
RENAMED = {"commitment_no": "commitment", "llr_aim": "aim", "evidence_documents": "documents"}
DATES = ("start_date", "due_original", "due_current", "completed_on", "last_update")
STATE = pl.Schema(
    {
        **dict.fromkeys((*KEY, *OF_STATE, "last_update", "updated_by", "reason"), pl.String()),
        **dict.fromkeys(DATES, pl.Date()),
        **{"commitment_no": pl.Int32()},
        **WHERE_FROM,
    }
)
CHANGE = pl.Schema(
    {
        **dict.fromkeys(KEY, pl.String()),
        **{"change_no": pl.Int32(), "kind": pl.String(), "column_name": pl.String()},
        **dict.fromkeys(("was", "became", "reason"), pl.String()),
        **{"changed_on": pl.Date(), "changed_by": pl.String(), "due_moves": pl.Int32()},
        **WHERE_FROM,
    }
)
CREATED, UPDATED, CORRECTED = "created", "update", "correction"
State = dict[str, Any]


def read_states(home: Home, placed: Iterable[EditionFile]) -> pl.DataFrame:
    """Every state in accepted returns, with the columns of `STATE`, in order: by action, then by
    day, return and row. Blank current due dates are the original ones."""
    frames = [
        rows.rename({old: new for new, old in RENAMED.items()})
        .with_columns(
            pl.col("action_id").map_elements(id_key, pl.String),
            pl.struct("icb_code", "llr_aim").map_elements(_aim, pl.String).alias("llr_aim"),
            pl.col("commitment_no").cast(pl.Int32),
            pl.col("due_current").fill_null(pl.col("due_original")),
        )
        .select(*STATE, PLACE)
        for rows in returned_rows(home, placed, ACTIONS, faults_of_actions)
    ]
    states = pl.concat([pl.DataFrame(schema={**STATE, PLACE: pl.Int32}), *frames])
    return states.sort(*KEY, "last_update", PLACE, SOURCE_ROW).drop(PLACE)


def _aim(typed: Mapping[str, str | None]) -> str | None:
    """The id of an aim that was typed; of an ICB whose aims are not known, as it was typed."""
    icb, text = typed["icb_code"], typed["llr_aim"]
    return aim_typed(icb, text) or text.casefold() if icb and text else None


def latest_states(states: pl.DataFrame) -> pl.DataFrame:
    """The last state of each action, with `due_moves`: how often its due date has moved. Its
    original due date is that of the first day, as last corrected: a later state can't change it."""
    moved = changes_of(states).group_by(KEY, maintain_order=True).agg(pl.col("due_moves").last())
    on_first_day = states.filter(pl.col("last_update") == pl.col("last_update").min().over(KEY))
    first = on_first_day.unique(KEY, keep="last", maintain_order=True)
    found = states.unique(KEY, keep="last", maintain_order=True).drop("due_original")
    for beside in (first.select(*KEY, "due_original"), moved):
        found = found.join(beside, on=KEY, how="left", maintain_order="left")
    return found.select(*states.columns, "due_moves")


def changes_of(states: pl.DataFrame) -> pl.DataFrame:
    """What changed from each state to the next, a row per column, with the columns of `CHANGE`.

    `kind`: created (the action's first state: `became` is its title; and its due date, if it had
    moved by then), update, or correction (of a state of the same day). A due date moves from one
    day to the next, first from the original one, as the first day's last correction has it; a
    correction moves none.
    """
    rows: list[State] = []
    before: State | None = None
    for state in states.iter_rows(named=True):
        if before is None or any(before[name] != state[name] for name in KEY):
            number, earlier, due, is_first_day = 1, 0, state["due_original"], True
            moves = int(state["due_current"] != due)
            rows.append(_change(state, 1, CREATED, "title", None, state["title"], moves))
            if moves:
                told = _text(due), _text(state["due_current"])
                rows.append(_change(state, 1, CREATED, "due_current", *told, moves))
        else:
            kind = CORRECTED if before["last_update"] == state["last_update"] else UPDATED
            is_first_day = is_first_day and kind == CORRECTED
            if is_first_day:
                due = state["due_original"]
            elif kind == UPDATED:  # what the day before ended with
                earlier, due = earlier + (before["due_current"] != due), before["due_current"]
            moves = earlier + (state["due_current"] != due)
            found = list(_differing(before, state))
            number += bool(found)
            rows += [_change(state, number, kind, *one, moves) for one in found]
        before = state
    return pl.DataFrame(rows, schema=CHANGE)


def _differing(before: State, state: State) -> Iterator[tuple[str, str | None, str | None]]:
    for name in OF_STATE:
        if before[name] != state[name]:
            yield name, _text(before[name]), _text(state[name])


def _text(value: object) -> str | None:
    return value.isoformat() if isinstance(value, date) else None if value is None else str(value)


def _change(
    state: Mapping[str, Any],
    number: int,
    kind: str,
    column: str,
    was: str | None,
    became: str | None,
    moves: int,
) -> State:
    return {
        **{name: state[name] for name in (*KEY, "reason", *WHERE_FROM)},
        "change_no": number,
        "kind": kind,
        "column_name": column,
        "was": was,
        "became": became,
        "changed_on": state["last_update"],
        "changed_by": state["updated_by"],
        "due_moves": moves,
    }
