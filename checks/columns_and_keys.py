"""Evidence on columns, accepted rows and keys. Not here: single rows (`checks.rows`)."""

from __future__ import annotations

from datetime import date

import polars as pl

from checks.check_evidence import Evidence, skipped
from checks.edition_view import EditionView
from warehouse.archive.source_files import SourceFile
from warehouse.base.months import month_text
from warehouse.base.text import plural
from warehouse.contract.model import Contract
from warehouse.readers.matching import nearest_heading
from warehouse.readers.raw_rows import SOURCE_ROW
from warehouse.transform.conform import own_code, source_columns
from warehouse.transform.derived import scan_one

KEYS = 1_000  # so many repeated keys of a file are listed row by row

NOT_READ = "New columns are not read; add them to assets/feeds/{feed}/contract.yaml if they matter."
OWN_COLUMNS = "They are not read, which does no harm: a return may have columns of its own."


def present(view: EditionView) -> Evidence:
    """Check that each required column is present once; older layouts require fewer."""
    contract = view.contract
    headed: list[tuple[str, str, int]] = []  # file, column, headings
    for file in view.files:
        named = [contract.column_of(heading) for heading in file.headings]
        source = source_columns(contract, list(file.headings))
        wanted = [name for name in contract.columns if name in contract.required(file.headings)]
        headed += [(file.file_name, n, named.count(n) if n in source else 0) for n in wanted]
        headed += [(file.file_name, n, named.count(n)) for n in source if n not in wanted]
    missing = {name for _, name, headings in headed if headings == 0}
    doubled = {name for _, name, headings in headed if headings > 1}
    required = {name for file in view.files for name in contract.required(file.headings)}
    faults = [f"missing: {', '.join(sorted(missing))}"] if missing else []
    faults += [f"under two headings: {', '.join(sorted(doubled))}"] if doubled else []
    return Evidence(
        "columns_present",
        None,
        pl.DataFrame(
            {"item": [n for _, n, _ in headed], "number": [float(n) for *_, n in headed]}
        ).unique(maintain_order=True),
        expected=f"{len(required)} columns, each once",
        observed="; ".join(faults) or "all there",
        failed_rows=len(missing | doubled),
        total_rows=len(required),
        message=_renamed(view, missing) if missing else "",
    )


def _new_headings(view: EditionView) -> list[str]:
    """Return headings that are neither columns of the contract nor ignored columns."""
    known, headings = view.contract.is_known, {h for f in view.files for h in f.headings}
    return sorted(heading for heading in headings if heading.strip() and not known(heading))


def _renamed(view: EditionView, missing: set[str]) -> str:
    """Return the likely replacement of each missing column, by the words of its heading."""
    new, told = _new_headings(view), []
    for name in sorted(missing):
        wanted = view.contract.columns[name].published
        near = nearest_heading(wanted, new)
        told.append(f"`{wanted[0]}`" + (f" (is it now `{near}`?)" if near else ""))
    where = f"assets/feeds/{view.contract.feed}/contract.yaml"
    return (
        f"{', '.join(told)} not found; if the publisher renamed a column, add the heading to "
        f"{where}, otherwise download the file again"
    )


def unexpected(view: EditionView) -> Evidence:
    """List unexpected headings, and which missing column each may be."""
    contract, extra = view.contract, _new_headings(view)
    present = {contract.column_of(h) for file in view.files for h in file.headings}
    lost = [n for n in contract.columns if n not in present] if extra else []
    told = []
    for heading in extra:
        named = {h: name for name in lost for h in contract.columns[name].published}
        near = nearest_heading([heading], list(named))
        told.append(f"`{heading}` may be `{near}`, which is missing" if near else "")
    renamed = "; ".join(filter(None, told))
    return Evidence(
        "columns_expected",
        None,
        pl.DataFrame({"text": extra}, schema={"text": pl.String}),
        expected="no other column",
        observed=f"new: {', '.join(extra)}" if extra else "none",
        failed_rows=len(extra),
        total_rows=len(contract.columns) + len(extra),
        message=(f"{renamed}. " if renamed else "")
        + (OWN_COLUMNS if contract.local_return else NOT_READ.format(feed=contract.feed))
        if extra
        else "",
    )


def rows_accepted(view: EditionView) -> Evidence:
    """Count the rows that meet the contract: none is a wrong file. A local return that several
    feeds read need not have rows of each."""
    accepted = sum(fact.rows for fact in view.facts)
    if view.rows == 0 and view.contract.local_return and view.contract.row_filter:
        return skipped("rows_accepted", "the return has no rows of this kind")
    return Evidence(
        "rows_accepted",
        None,
        pl.DataFrame({"item": ["rows accepted"], "number": [float(accepted)]}),
        expected="at least one row",
        observed=f"{accepted:,} of {view.rows:,}",
        failed_rows=view.rows - accepted if accepted == 0 else 0,
        total_rows=view.rows,
        message="" if accepted else "no row meets the contract: check whether it is the right file",
    )


def keys(view: EditionView) -> Evidence:
    """Find keys that occur twice in one file: an error, unless the contract adds them up."""
    repeated, example, rows = 0, "", list[tuple[str, str]]()
    contract, key = view.contract, list(view.contract.key)
    for file in view.files:
        tidy = scan_one(view.home, "tidy", file)
        counted = tidy.select(
            pl.len().alias("rows"), pl.struct(key).hash(0).n_unique().alias("keys")
        ).collect(engine="streaming")
        if counted["rows"][0] == counted["keys"][0]:
            continue
        told = tidy.with_columns(own_code(contract, name).alias(name) for name in key)
        grouped = told.group_by(key).agg(pl.col(SOURCE_ROW).sort())
        twice = pl.col(SOURCE_ROW).list.len() > 1
        groups = grouped.filter(twice).collect(engine="streaming")
        repeated += groups.height
        rows += _rows_of_keys(groups.head(KEYS), file.file_name)
        example = example or _repeated_keys(groups, contract, file)
    summed = contract.repeated_keys == "sum"
    named = [contract.columns[one].published[0] for one in key] if contract.local_return else key
    note = "repeated keys are added up, as the contract requires" if summed else example
    return Evidence(
        "keys_unique",
        ", ".join(named),
        pl.DataFrame([] if summed else rows, schema=["item", "text"], orient="row"),
        expected="each key once" if not summed else "repeated keys, if any, are added up",
        observed=plural(repeated, "repeated key"),
        failed_rows=0 if summed else repeated,
        total_rows=view.rows,
        message=note if repeated else "",
    )


def _rows_of_keys(groups: pl.DataFrame, file_name: str) -> list[tuple[str, str]]:
    """Return rows of repeated keys, and the key of each."""
    return [
        (f"row {number} of {file_name}", " | ".join([file_name, *map(_as_text, values)]))
        for *values, numbers in groups.iter_rows()
        for number in numbers
    ]


def _repeated_keys(groups: pl.DataFrame, contract: Contract, file: SourceFile) -> str:
    """Describe the first repeated keys and their rows. The author of a local return is told of its
    headings, and what to do."""
    key, remedy, local = list(contract.key), "", contract.local_return
    if local:
        headings = contract.columns_in(file.headings)
        key = [headings.get(name, name) for name in key]
        remedy = "; delete one of the rows, or correct the column in which they should differ"
    told = []
    for *values, numbers in groups.sort(pl.col(SOURCE_ROW).list.first()).head(3).iter_rows():
        shown = " | ".join(map(_as_text, values))
        told.append(f"rows {_rows_listed(numbers)} have the same {', '.join(key)} ({shown})")
    return f"in {file.file_name} {'; '.join(told)}{remedy}" if told else ""


def _as_text(value: object) -> str:
    """Return a value of a key for a message."""
    if value is None:
        return "blank"
    return month_text(value) if isinstance(value, date) else str(value)


def _rows_listed(numbers: list[int]) -> str:
    """Describe rows: `5 and 9`, `5, 9 and 12`; the first five of many."""
    shown = [str(number) for number in numbers[:5]]
    if len(numbers) > len(shown):
        return f"{', '.join(shown)} and {len(numbers) - len(shown):,} more"
    return f"{', '.join(shown[:-1])} and {shown[-1]}"
