"""Make a synthetic practice-level edition of national size: three months and Mapping.csv in a zip.

It has as many practices, labels and rows as England, in the publisher's layout. Codes above
practice level are real; practices, networks and figures are invented. The same `rows` produce the
same bytes.
"""

from __future__ import annotations

import argparse
import shutil
import zipfile
from datetime import date
from pathlib import Path

import polars as pl

from assets.sample.profile import COUNT, LABELS, PRACTICE, TRAITS, draw, draw_cells, profile_frame
from assets.sample.writer import ARCHIVE_COMMENT, short, stamp
from warehouse.reference.organisations import reference

MONTHS = (date(2025, 9, 1), date(2025, 10, 1), date(2025, 11, 1))
ROWS_PER_PRACTICE = 178  # a month, on average, as published in 2025
APPOINTMENTS = 7_000  # per practice and month, for about as many rows
PRACTICES_PER_NETWORK = 5
MIDLANDS_AND_NORTH = {"Y60", "Y62", "Y63"}
SUPPLIERS = ("TPP", "EMIS", "TPP", "EMIS", "EMIS/EVERGREENLIFE")
FACE_TO_FACE = 0.65
MARK = "SYNTHETIC"
COLUMNS = [
    "APPOINTMENT_MONTH_START_DATE", PRACTICE, "GP_NAME", "SUPPLIER", "PCN_CODE", "PCN_NAME",
    "SUB_ICB_LOCATION_CODE", "SUB_ICB_LOCATION_NAME", "HCP_TYPE", "APPT_MODE",
    "NATIONAL_CATEGORY", "TIME_BETWEEN_BOOK_AND_APPT", COUNT, "APPT_STATUS",
]  # fmt: skip
MAPPING = [
    PRACTICE, "GP_NAME", "SUPPLIER", "PCN_CODE", "PCN_NAME", "SUB_ICB_LOCATION_CODE",
    "SUB_ICB_LOCATION_NAME", "ICB_CODE", "ICB_NAME", "REGION_CODE", "REGION_NAME",
]  # fmt: skip


def areas() -> list[dict[str, str]]:
    """Return the sub-ICBs of the newest month with their ICB and region, in code order."""
    valid = reference().filter(
        (pl.col("effective_from") <= MONTHS[-1]) & (pl.col("effective_to") >= MONTHS[-1])
    )
    found = {(row["org_level"], row["org_code"]): row for row in valid.iter_rows(named=True)}
    rows = []
    for (level, code), row in sorted(found.items()):
        if level == "sub_icb":
            icb = found["icb", row["parent_code"]]
            region = found["region", icb["parent_code"]]
            rows.append(
                {
                    "SUB_ICB_LOCATION_CODE": code,
                    "SUB_ICB_LOCATION_NAME": row["org_name"],
                    "ICB_CODE": icb["org_code"],
                    "ICB_NAME": icb["org_name"],
                    "REGION_CODE": region["org_code"],
                    "REGION_NAME": region["org_name"],
                }
            )
    return rows


def practices(rows: int) -> pl.DataFrame:
    """Return MAPPING's columns and `size`, the mean appointments, for about `rows` rows in all."""
    wanted = max(1, round(rows / len(MONTHS) / ROWS_PER_PRACTICE))
    places, rng = areas(), draw(1, "national")
    made = []
    for i in range(wanted):
        place = places[i * len(places) // wanted]
        network = i // PRACTICES_PER_NETWORK
        made.append(
            {
                PRACTICE: f"Z{20_001 + i}",
                "GP_NAME": f"{MARK} SURGERY {i + 1}",
                "SUPPLIER": SUPPLIERS[i % len(SUPPLIERS)],
                "PCN_CODE": f"U{90_001 + network}",
                "PCN_NAME": f"{MARK} NETWORK {network + 1} PCN",
                **place,
                "size": APPOINTMENTS * rng.lognormvariate(-0.1, 0.45),
            }
        )
    return pl.DataFrame(made)


def month_rows(month: date, surgeries: pl.DataFrame) -> pl.DataFrame:
    """Return COLUMNS and REGION_CODE of a month, practices in code order, as published."""
    profile, level = profile_frame(FACE_TO_FACE), (0.0,) * len(TRAITS)
    cells = []
    for (area,), own in surgeries.group_by("SUB_ICB_LOCATION_CODE", maintain_order=True):
        people = [(code, size, level) for code, size in own.select(PRACTICE, "size").iter_rows()]
        cells.append(draw_cells(people, profile, draw(1, "national", area, month)))
    drawn = pl.concat(cells).select(PRACTICE, *LABELS, COUNT)
    return drawn.join(surgeries, on=PRACTICE, maintain_order="left").with_columns(
        pl.lit(f"01{stamp(month)}").alias(COLUMNS[0])
    )


def write_edition(work: Path, rows: int) -> Path:
    """Write the members to `work/members` and the archive beside them; return the archive."""
    members, archive = work / "members", work / f"Practice_Level_Crosstab_{short(MONTHS[-1])}.zip"
    shutil.rmtree(members, ignore_errors=True)
    members.mkdir(parents=True)
    surgeries = practices(rows)
    for month in MONTHS:
        drawn, name = month_rows(month, surgeries), short(month)
        north = pl.col("REGION_CODE").is_in(list(MIDLANDS_AND_NORTH))
        halves = {f"London_East_South_{name}": ~north, f"Midlands_North_{name}": north}
        for part, chosen in halves.items() if month == MONTHS[-1] else [(name, pl.lit(True))]:
            half = drawn.filter(chosen).select(COLUMNS)
            if half.height:
                half.write_csv(
                    members / f"Practice_Level_Crosstab_{part}.csv", line_terminator="\r\n"
                )
    surgeries.select(MAPPING).write_csv(members / "Mapping.csv", line_terminator="\r\n")
    with zipfile.ZipFile(archive, "w", zipfile.ZIP_DEFLATED, compresslevel=4) as target:
        target.comment = ARCHIVE_COMMENT
        for member in sorted(members.iterdir()):
            entry = zipfile.ZipInfo(member.name, date_time=(1980, 1, 1, 0, 0, 0))
            entry.compress_type, entry.file_size = zipfile.ZIP_DEFLATED, member.stat().st_size
            with member.open("rb") as source, target.open(entry, "w") as out:
                shutil.copyfileobj(source, out, 1 << 20)
    return archive


if __name__ == "__main__":
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("work", type=Path)
    parser.add_argument("rows", type=int)
    given = parser.parse_args()
    write_edition(given.work, given.rows)
