"""The place of each reporting organisation, as named by the files of an edition and of those before
it."""

from __future__ import annotations

import polars as pl

from checks.edition_view import EditionView
from checks.parents import parent_at
from warehouse.editions.parts_and_revisions import in_order
from warehouse.reference.levels import KEY_COLUMNS, OrgLevel
from warehouse.reference.organisations import ENGLAND, ods_codes
from warehouse.transform.lake import lake_paths

NO_NETWORK = "U"  # shared by practices without one


def places_of(view: EditionView, codes: list[str]) -> dict[OrgLevel, list[str | None]]:
    """Return level -> the place of each organisation, in the codes of the mart, as named by the
    newest file that has it."""
    unit = view.contract.reporting_unit
    assert unit is not None  # noqa: S101 - only feeds with a reporting unit are judged
    known = _observed(view).filter(pl.col("org_level") == unit.level)
    rows = {row["org_code"]: row for row in known.iter_rows(named=True)}
    sub_icbs: list[str | None] = [
        code if unit.level == "sub_icb" else rows.get(code, {}).get("sub_icb_code")
        for code in codes
    ]
    found: dict[OrgLevel, list[str | None]] = {
        level: [rows.get(code, {}).get(column) for code in codes]
        for level, column in KEY_COLUMNS.items()
    }
    found |= {"sub_icb": sub_icbs, "england": [ENGLAND] * len(codes)}
    above = [parent_at(sub_icb, view.month) if sub_icb else None for sub_icb in sub_icbs]
    found["icb"] = [a or said for a, said in zip(above, found["icb"], strict=True)]
    found["pcn"] = [None if code == NO_NETWORK else code for code in found["pcn"]]
    found[unit.level] = list(codes)
    return found


def _observed(view: EditionView) -> pl.DataFrame:
    """Return the newest row of each organisation in the files."""
    paths = [
        lake_paths(view.home, file).organisations
        for one in (*view.before[::-1], view)
        for file in in_order(one.files)
    ]
    coded = ("org_code", *KEY_COLUMNS.values())
    return (
        pl.concat(pl.read_parquet(path) for path in paths)
        .with_columns(pl.col(name).replace(ods_codes()) for name in coded)
        .sort("month", maintain_order=True)
        .unique(["org_level", "org_code"], keep="last", maintain_order=True)
    )
