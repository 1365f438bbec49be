"""Synthetic ePCN workbooks: one per edition, with the networks of the sample's practices and every
practice's membership."""

from datetime import date, datetime
from pathlib import Path

import xlsxwriter  # type: ignore[import-untyped]

from assets.sample.places import NO_PCN, Area
from assets.sample.world import World
from assets.sample.writer import NOTE
from warehouse.base.months import days_of, month_text

FIRST_DAY = date(2019, 10, 1)
LEFT, ANEW = "20240930", "20241001"
NETWORKS = (
    "PCN Code", "PCN Name", "Current Sub ICB Loc Code", "Sub ICB Location", "Open Date",
    "Close Date", *(f"Address Line {n}" for n in range(1, 6)), "Postcode",
)  # fmt: skip
MEMBERS = (
    "Partner\nOrganisation\nCode", "Partner\nName", "Practice\nParent\nSub ICB Loc Code",
    "Practice\nParent\nSub ICB Loc Name", "PCN Code", "PCN Name",
    "PCN Parent\nSub ICB Loc Code", "PCN Parent\nSub ICB Loc Name",
    "Practice to PCN\nRelationship\nStart Date", "Practice to PCN\nRelationship\nEnd Date",
    "Practice Sub ICB Loc and PCN Sub ICB Loc Match ",
)  # fmt: skip


def write(world: World, out: Path) -> list[Path]:
    """Write one workbook per edition."""
    return [_write_edition(world, out, edition) for edition in world.editions]


def _write_edition(world: World, out: Path, edition: date) -> Path:
    members = _members(world, edition)
    leading: dict[str, tuple[str, Area]] = {}
    for _, (code, name), area, *_ in members:
        leading.setdefault(code, (name, area))
    path = out / f"ePCN_{month_text(edition)}.xlsx"
    with xlsxwriter.Workbook(str(path), {"in_memory": True}) as book:
        # Without a creation date the bytes would depend on the clock.
        created = datetime(edition.year, edition.month, 28)
        book.set_properties({"comments": f"SYNTHETIC. {NOTE}", "created": created})
        first, second = (book.add_worksheet(n) for n in ("PCNDetails", "PCN Core Partner Details"))
        first.write_row(0, 0, NETWORKS)
        for number, (code, (name, area)) in enumerate(sorted(leading.items()), 1):
            address = ("SYNTHETIC SURGERY", "1 INVENTED ROAD", "", "", "", "ZZ1 1ZZ")
            dates = (f"{FIRST_DAY:%Y%m%d}", "")
            first.write_row(number, 0, (code, name, area.code, area.name, *dates, *address))
        second.write_row(0, 0, MEMBERS)
        for number, (practice, pcn, area, since, until) in enumerate(members, 1):
            own = leading[pcn[0]][1]
            places = (area.code, area.name, *pcn, own.code, own.name)
            row = (*practice, *places, since, until, area == own)
            second.write_row(number, 0, row)
    return path


def _members(
    world: World, edition: date
) -> list[tuple[tuple[str, str], tuple[str, str], Area, str, str]]:
    """Return each practice in a network: code and name, network, place, and days of membership; of
    every tenth practice two rows, because it joined its network anew."""
    found = []
    for number, one in enumerate(world.practices):
        if one.pcn == NO_PCN or one.first > edition:
            continue
        closed = None if one.last >= edition else days_of(one.last)[-1]
        since, until = f"{max(one.first, FIRST_DAY):%Y%m%d}", f"{closed:%Y%m%d}" if closed else ""
        named = ((one.code, one.name), one.pcn, one.area)
        if number % 10 == 0 and since < ANEW:
            found.append((*named, since, LEFT))
            since = ANEW
        found.append((*named, since, until))
    return found
