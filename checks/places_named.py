"""The place of each reporting organisation, as named by the files of an edition and of those before
it."""

from __future__ import annotations

from functools import lru_cache

import polars as pl

from checks.edition_view import EditionView
from checks.parents import parent_at
from warehouse.archive.source_files import SourceFile
from warehouse.base.home import Home
from warehouse.reference.levels import KEY_COLUMNS, OrgLevel
from warehouse.reference.organisations import ENGLAND, ods_codes
from warehouse.transform.derived import scan_derived

NO_NETWORK = "U"  # shared by practices without one


@lru_cache(maxsize=2)  # both rules on new months use them
def places_of(view: EditionView, codes: tuple[str, ...]) -> dict[OrgLevel, list[str | None]]:
    """Return level -> the place of each organisation, in the codes of the mart, as named by the
    newest file that has it."""
    unit = view.contract.reporting_unit
    assert unit is not None  # noqa: S101 - only feeds with a reporting unit are judged
    named = [_newest(one.home, one.made, unit.level) for one in (*view.before[::-1], view)]
    rows = {row["org_code"]: row for row in _of_last_month(pl.concat(named)).iter_rows(named=True)}
    edition = view.month
    sub_icbs: list[str | None] = [
        code if unit.level == "sub_icb" else rows.get(code, {}).get("sub_icb_code")
        for code in codes
    ]
    found: dict[OrgLevel, list[str | None]] = {
        level: [rows.get(code, {}).get(column) for code in codes]
        for level, column in KEY_COLUMNS.items()
    }
    found |= {"sub_icb": sub_icbs, "england": [ENGLAND] * len(codes)}
    above = [parent_at(sub_icb, edition) if sub_icb else None for sub_icb in sub_icbs]
    found["icb"] = [a or said for a, said in zip(above, found["icb"], strict=True)]
    found["pcn"] = [None if code == NO_NETWORK else code for code in found["pcn"]]
    found[unit.level] = list(codes)
    return found


@lru_cache(maxsize=32)  # an edition is compared with by many later ones
def _newest(home: Home, made: tuple[tuple[SourceFile, str], ...], level: OrgLevel) -> pl.DataFrame:
    """Return the newest row of each organisation of a level in an edition's files."""
    coded = ("org_code", *KEY_COLUMNS.values())
    return _of_last_month(
        scan_derived(home, "organisations", [file for file, _ in made])
        .filter(pl.col("org_level") == level)
        .select("month", *coded)
        .collect()
        .with_columns(pl.col(name).replace(ods_codes()) for name in coded)
    )


def _of_last_month(observed: pl.DataFrame) -> pl.DataFrame:
    """Return one row per organisation: of its last month, and there the last."""
    return observed.sort("month", maintain_order=True).unique(
        "org_code", keep="last", maintain_order=True
    )
