"""Hand-made lists of networks and their practices, for tests: CSV files without headings, and the
workbook with two tables."""

from __future__ import annotations

from collections.abc import Iterable

from assets.feeds.ods_pcn_details.testing import NETWORK
from assets.feeds.testing import Row, unheaded, workbook

MEMBER: dict[str, object] = {
    "Partner\nOrganisation\nCode": "C82001",
    "Partner\nName": "A SURGERY",
    "Practice\nParent\nSub ICB Loc Code": "04C",
    "Practice\nParent\nSub ICB Loc Name": "NHS LEICESTER, LEICESTERSHIRE AND RUTLAND ICB - 04C",
    "PCN Code": "U12345",
    "PCN Name": "A PCN",
    "PCN Parent\nSub ICB Loc Code": "04C",
    "PCN Parent\nSub ICB Loc Name": "NHS LEICESTER, LEICESTERSHIRE AND RUTLAND ICB - 04C",
    "Practice to PCN\nRelationship\nStart Date": "20191001",
    "Practice to PCN\nRelationship\nEnd Date": "",
    "Practice Sub ICB Loc and PCN Sub ICB Loc Match ": "TRUE",
}


def members(*rows: Row) -> bytes:
    """The CSV report, without headings."""
    return unheaded(MEMBER, rows)


def networks_workbook(members: Iterable[Row] = ({},), networks: Iterable[Row] = ({},)) -> bytes:
    """The workbook: networks, and their practices."""
    return workbook(
        {
            "PCNDetails": [list(NETWORK), *((NETWORK | dict(row)).values() for row in networks)],
            "PCN Core Partner Details": [
                list(MEMBER),
                *((MEMBER | dict(row)).values() for row in members),
            ],
        }
    )


build = members
