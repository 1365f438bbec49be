"""Copies of a home's suites and validation results that Great Expectations can read, in a scratch
folder for its site builder. Anything else is named. Not here: the site (`build_site`)."""

from __future__ import annotations

import json
import re
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from warehouse.base.errors import Refusal
from warehouse.base.home import Home
from warehouse.editions.check_history import VALIDATIONS
from warehouse.store import Store

SUITES, RESULTS = "gx/suites", VALIDATIONS
# Feed (or more, for a suite with a dot in its name), edition, time, batch.
RESULT_NAME = re.compile(RESULTS + r"/(?:[^/]+/)+[^/]+/\d{8}T\d{6}\.\d{6}Z/[^/]+\.json")
# Parts that hold values of files, or free text: the library writes both into pages as they are.
VALUES, TEXTS = ("result", "exception_info"), ("description", "notes")
ROWS, NAMES = "partial_unexpected_index_list", "unexpected_index_column_names"


class NoResults(Refusal):
    """No validation result that can be shown."""


@dataclass
class Readable:
    """What was copied: names of suites and results below their folders, without `.json`; `failed`:
    results with an unmet expectation; `left_out`: keys of what can't be read; `earlier`: how many
    results were not copied, because a newer one of the same batch was."""

    suites: list[str] = field(default_factory=list)
    results: list[str] = field(default_factory=list)
    failed: set[str] = field(default_factory=set)
    left_out: list[str] = field(default_factory=list)
    earlier: int = 0


def copy_readable(home: Home, scratch: Path, every: bool = False) -> Readable:
    """Copy suites to `suites/` and results to `results/` of a folder, with markup in values made
    harmless: the newest readable result of each batch of an edition, or `every` one. A file that
    disappears meanwhile (a purge) is skipped."""
    found, target = Readable(), Store(scratch)
    for key in home.store.list_keys(SUITES, ".json"):
        if kept := _read(home, key, found):
            name = key.removeprefix(f"{SUITES}/").removesuffix(".json")
            target.replace(f"suites/{name}.json", json.dumps(kept))
            found.suites.append(name)
    shown: set[tuple[str, str]] = set()
    for key in reversed(home.store.list_keys(RESULTS, ".json")):  # the newest of each batch first
        run, _, batch = key.removeprefix(f"{RESULTS}/").rpartition("/")
        same = (run.rpartition("/")[0], batch)
        if same in shown and not every:
            found.earlier += 1
        elif kept := _read(home, key, found):
            shown.add(same)
            name = key.removeprefix(f"{RESULTS}/").removesuffix(".json")
            target.replace(f"results/{name}.json", json.dumps(kept))
            found.results.append(name)
            if not kept["success"]:
                found.failed.add(name)
    return found


def _read(home: Home, key: str, found: Readable) -> dict[str, Any] | None:
    """A suite or result, ready to be shown; None, and named in `left_out`, if it is neither."""
    is_result = key.startswith(f"{RESULTS}/")
    try:
        kept = _harmless(json.loads(home.store.read(key)))
        if is_result and RESULT_NAME.fullmatch(key) and "success" in kept:
            _name_asset(kept, home.root)
        elif is_result or "expectations" not in kept:
            raise ValueError(f"{key} is no result of a batch, and no suite")
    except FileNotFoundError:
        return None
    except (ValueError, AttributeError, TypeError, KeyError):
        found.left_out.append(key)  # truncated, or of something else
        return None
    return kept


def _harmless(kept: dict[str, Any]) -> dict[str, Any]:
    """The same suite or result, without markup in what the library would not escape."""
    for one in kept.get("results") or ():
        for part in VALUES:
            one[part] = escaped(one.get(part))
        _escape_texts(one["expectation_config"])
        _leave_out_condition(one["expectation_config"])
        _show_rows(one["result"] or {}, one["expectation_config"]["kwargs"])
    for one in kept.get("expectations") or ():
        _escape_texts(one)
        _leave_out_condition(one)
    return kept


def _show_rows(result: dict[str, Any], kwargs: dict[str, Any]) -> None:
    """Give the library the first rows that were kept, by what names them: it shows rows only if it
    has all of them, and some expectations do not say which columns name a row."""
    rows = result.get(ROWS)
    if not rows:
        return
    checked = {str(kwargs.get(name)) for name in ("column", "column_A", "column_B")}
    checked |= {*kwargs.get("column_list", ())}
    given = result.get(NAMES) or [name for name in rows[0] if name not in checked]
    names = [name for name in given if any(row.get(name) is not None for row in rows)]
    if names:
        result[NAMES] = names
        kept = checked.union(names)
        shown = [{name: row.get(name) for name in sorted(kept & {*rows[0]})} for row in rows]
        result.setdefault("unexpected_index_list", shown)


def _name_asset(kept: dict[str, Any], root: Path) -> None:
    """Put the asset where the pages look for it, and the path of its file as it is in the home."""
    meta = kept["meta"]
    batch = meta.get("batch_spec") or {}
    if path := batch.get("path"):
        batch["path"] = str(path).removeprefix(f"{root}/")
    asset = (meta.get("active_batch_definition") or {}).get("data_asset_name")
    meta["batch_spec"] = {**batch, "data_asset_name": asset}


def _leave_out_condition(expectation: dict[str, Any]) -> None:
    """Leave out the condition that chooses the rows of a check: its title says which they are."""
    condition = json.dumps(expectation.get("kwargs", {}).get("row_condition"))
    if expectation.get("notes") and '"name": "check"' in condition:
        del expectation["kwargs"]["row_condition"]


def _escape_texts(expectation: dict[str, Any]) -> None:
    for part in TEXTS:
        if part in expectation:
            expectation[part] = escaped(expectation[part])


def escaped(value: Any) -> Any:
    """The same value, at any depth, with `<` and `>` of its texts as HTML entities."""
    if isinstance(value, str):
        return value.replace("<", "&lt;").replace(">", "&gt;")
    if isinstance(value, list):
        return [escaped(one) for one in value]
    if isinstance(value, dict):
        return {escaped(name): escaped(one) for name, one in value.items()}
    return value
