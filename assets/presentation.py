"""How a feed stands in Dagster's pages: its group, the kinds of its files. Not here: its keys
(`asset_keys`), its columns (`column_metadata`)."""

import re
from collections.abc import Iterator
from functools import cache

from assets.asset_keys import brought_by
from warehouse.contract.discovery import Discovery
from warehouse.contract.model import Contract, contracts
from warehouse.kpi.catalogue import catalogue

REGISTERS = "organisations"  # lists of organisations, and other feeds without a KPI
MART_GROUP = "mart"
_WORKBOOK, _CSV = re.compile(r"\bxls|xls\[", re.IGNORECASE), re.compile(r"csv|zip", re.IGNORECASE)


@cache
def _themes() -> dict[str, str]:
    """Feed -> the theme of the first KPI that it gives the numerator of."""
    found: dict[str, str] = {}
    for kpi in catalogue().values():
        for source in kpi.sources:
            found.setdefault(source.numerator.partition(".")[0], kpi.theme)
    return found


def group_of(feed: str) -> str:
    """Return the group of a feed's assets: its theme, as in the KPI catalogue."""
    return REGISTERS if contracts()[feed].is_dated else _themes().get(feed, REGISTERS)


def file_kinds(contract: Contract) -> set[str]:
    """Return the kinds of a feed's files, `excel` and `csv`, by what its contract says of their
    names. Those of a local return may be either."""
    if contract.local_return:
        return {"csv", "excel"}
    if contract.across:  # only a workbook has a column per month
        return {"excel"}
    discovery = contracts()[brought_by(contract) or contract.feed].discovery
    if (
        discovery and discovery.is_made_on_request
    ):  # reports are CSV; several tables, a workbook too
        return {"csv", "excel"} if _in_workbook(contract) else {"csv"}
    told = " ".join(_names(discovery)) if discovery else ""
    kinds = {"excel": _WORKBOOK, "csv": _CSV}
    return {kind for kind, pattern in kinds.items() if pattern.search(told)} or {"csv"}


def _in_workbook(contract: Contract) -> bool:
    return any(
        contract.feed in (one.feed, one.beside) and one.beside for one in contracts().values()
    )


def _names(discovery: Discovery) -> Iterator[str]:
    """Yield what the patterns of a feed's files say, and their labels."""
    for source in discovery.sources:
        files = getattr(source, "files", ()) or (source,)
        for file in files:
            yield getattr(file, "label", "")
            for pattern in getattr(file, "patterns", ()):
                yield f"{pattern.name} {pattern.text}"
