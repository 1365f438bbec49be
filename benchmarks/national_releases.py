"""Make synthetic releases of national size: practice crosstab, 42 regional files,
coverage and patient list.

Each release restates the two months before its own. They have as many practices, labels and rows as
England, in the publishers' layouts. Codes above practice level are real; practices, networks and
figures are invented. The same arguments produce the same bytes; what is already there is kept.
"""

from __future__ import annotations

import argparse
import os
from collections.abc import Iterable, Mapping
from datetime import date
from pathlib import Path

import polars as pl

from assets.feeds.gp_appointments_practice.sample import COLUMNS as CROSSTAB
from assets.feeds.gp_appointments_practice.sample import MAPPING_COLUMNS as MAPPING
from assets.feeds.gp_appointments_practice.sample import MONTH
from assets.feeds.gp_appointments_sub_icb.sample import COLUMNS as REGIONAL
from assets.feeds.gp_appointments_sub_icb.sample import SPELLINGS
from assets.sample.profile import (
    AREA_LABELS,
    COUNT,
    LABELS,
    PRACTICE,
    TRAITS,
    draw,
    draw_cells,
    profile_frame,
)
from assets.sample.world import AREA
from assets.sample.writer import csv_bytes, short, stamp, write_zip
from warehouse.base.months import add_months
from warehouse.reference.organisations import reference

FIRST, MOST = date(2023, 6, 1), 30  # the first release, and how many there may be
RESTATED = 3  # months in a release
ROWS_PER_PRACTICE = 178  # a month, on average, as published in 2025
APPOINTMENTS = 7_000  # per practice and month, for about as many rows
PATIENTS_PER_APPOINTMENT = 1.9
PRACTICES_PER_NETWORK = 5
NATIONAL_ROWS = 3_300_000
MIDLANDS_AND_NORTH = ["Y60", "Y62", "Y63"]
SUPPLIERS = ("TPP", "EMIS", "TPP", "EMIS", "EMIS/EVERGREENLIFE")
FACE_TO_FACE = 0.65
LATE_PER_1000 = (8, 2, 0)  # of every third practice, by how often a month was restated
MARK = "SYNTHETIC"


def releases(count: int) -> list[date]:
    """Return the months of the first releases, oldest first."""
    return [add_months(FIRST, number) for number in range(count)]


def places() -> pl.DataFrame:
    """Return the sub-ICBs of the last release with their ICB and region, in code order."""
    last = add_months(FIRST, MOST - 1)
    valid = reference().filter(
        (pl.col("effective_from") <= last) & (pl.col("effective_to") >= last)
    )
    found = {(row["org_level"], row["org_code"]): row for row in valid.iter_rows(named=True)}
    rows = []
    for (level, code), row in sorted(found.items()):
        if level == "sub_icb":
            icb = found["icb", row["parent_code"]]
            region = found["region", icb["parent_code"]]
            rows.append(
                {
                    AREA: code,
                    "SUB_ICB_LOCATION_NAME": f"{row['org_name']} ({MARK})",
                    "SUB_ICB_LOCATION_ONS_CODE": row["ons_code"],
                    "ICB_CODE": icb["org_code"],
                    "ICB_NAME": icb["org_name"],
                    "ICB_ONS_CODE": icb["ons_code"],
                    "REGION_CODE": region["org_code"],
                    "REGION_NAME": region["org_name"],
                    "REGION_ONS_CODE": region["ons_code"],
                }
            )
    return pl.DataFrame(rows)


def practices(rows: int, area: pl.DataFrame) -> pl.DataFrame:
    """Return the columns of the mapping and of `places`, and `size`, the mean appointments, for
    about `rows` rows in a release."""
    wanted = max(1, round(rows / RESTATED / ROWS_PER_PRACTICE))
    own, rng = area.to_dicts(), draw(1, "national")
    made = []
    for i in range(wanted):
        network = i // PRACTICES_PER_NETWORK
        made.append(
            {
                PRACTICE: f"Z{20_001 + i}",
                "GP_NAME": f"{MARK} SURGERY {i + 1}",
                "SUPPLIER": SUPPLIERS[i % len(SUPPLIERS)],
                "PCN_CODE": f"U{90_001 + network}",
                "PCN_NAME": f"{MARK} NETWORK {network + 1} PCN",
                **own[i * len(own) // wanted],
                "size": APPOINTMENTS * rng.lognormvariate(-0.1, 0.45),
            }
        )
    return pl.DataFrame(made)


def month_cells(month: date, surgeries: pl.DataFrame) -> pl.DataFrame:
    """Return PRACTICE, LABELS and COUNT of a month as last stated, practices in code order."""
    profile, level = profile_frame(FACE_TO_FACE), (0.0,) * len(TRAITS)
    cells = []
    for (area,), own in surgeries.group_by(AREA, maintain_order=True):
        people = [(code, size, level) for code, size in own.select(PRACTICE, "size").iter_rows()]
        cells.append(draw_cells(people, profile, draw(1, "national", area, month)))
    return pl.concat(cells).select(PRACTICE, *LABELS, COUNT)


def as_stated(cells: pl.DataFrame, months_after: int, surgeries: pl.DataFrame) -> pl.DataFrame:
    """Return a month's cells as a release states them so many months later: late returns lack."""
    missing = LATE_PER_1000[months_after]
    late = pl.col(PRACTICE).is_in(surgeries[PRACTICE][::3].to_list())
    return cells.with_columns(pl.col(COUNT) - late * ((pl.col(COUNT) * missing + 500) // 1000))


def crosstab(stated: Mapping[date, pl.DataFrame], surgeries: pl.DataFrame) -> dict[str, bytes]:
    """Return the members of a practice-level release: oldest month first, the newest in halves."""
    members = {}
    north = pl.col("REGION_CODE").is_in(MIDLANDS_AND_NORTH)
    for month, cells in stated.items():
        rows = cells.join(surgeries, on=PRACTICE, maintain_order="left").with_columns(
            pl.lit(f"01{stamp(month)}").alias(MONTH)
        )
        parts = {short(month): pl.lit(True)}
        if month == max(stated):
            parts = {
                f"London_East_South_{short(month)}": ~north,
                f"Midlands_North_{short(month)}": north,
            }
        for part, chosen in parts.items():
            content = csv_bytes(rows.filter(chosen).select(CROSSTAB))
            members[f"Practice_Level_Crosstab_{part}.csv"] = content
    return members | {"Mapping.csv": csv_bytes(surgeries.select(MAPPING))}


def regional(stated: Mapping[date, pl.DataFrame], surgeries: pl.DataFrame) -> dict[str, bytes]:
    """Return the members of a regional release: one per ICB, sums of its practices."""
    keys = [AREA, *AREA_LABELS]
    of_practice = surgeries.select(PRACTICE, AREA)
    months = [
        cells.join(of_practice, on=PRACTICE)
        .group_by(keys)
        .agg(pl.col(COUNT).sum())
        .with_columns(APPOINTMENT_MONTH=pl.lit(stamp(month)))
        for month, cells in stated.items()
    ]
    about = surgeries.unique(AREA).with_columns(
        pl.col("SUB_ICB_LOCATION_NAME").str.replace(",", "")
    )
    rows = (
        pl.concat(months)
        .with_columns(pl.col("APPT_MODE", "TIME_BETWEEN_BOOK_AND_APPT").replace(SPELLINGS))
        .join(about, on=AREA)
        .sort(AREA, *REGIONAL[7:12])
    )
    return {
        f"Regional_CSV_{code}.csv": csv_bytes(own.select(REGIONAL))
        for (code,), own in rows.sort("ICB_CODE", maintain_order=True).group_by(
            "ICB_CODE", maintain_order=True
        )
    }


def patients(month: date) -> pl.Expr:
    """Return the patients of each practice in a month: a few more each month."""
    grown = 1 + 0.0005 * ((month.year - FIRST.year) * 12 + month.month - FIRST.month)
    return (pl.col("size") * PATIENTS_PER_APPOINTMENT * grown).round().cast(pl.Int64)


def coverage(months: Iterable[date], surgeries: pl.DataFrame) -> dict[str, bytes]:
    """Return the member of a coverage release: every practice is open and included."""
    rows = [
        surgeries.group_by(AREA, "ICB_ONS_CODE", "REGION_ONS_CODE", maintain_order=True)
        .agg(pl.len().alias("practices"), patients(month).sum().alias("patients"))
        .select(
            AREA,
            "ICB_ONS_CODE",
            pl.col("REGION_ONS_CODE").alias("REGION_CODE"),
            pl.lit(f"01{stamp(month)}").alias("Appointment_Month"),
            pl.col("practices").alias("Included Practices"),
            pl.col("practices").alias("Open Practices"),
            pl.col("patients").alias("Patients registered at included practices"),
            pl.col("patients").alias("Patients registered at open practices"),
        )
        for month in months
    ]
    return {"APPOINTMENTS_GP_COVERAGE.csv": csv_bytes(pl.concat(rows))}


def patient_list(month: date, surgeries: pl.DataFrame) -> bytes:
    """Return the list of patients of a month."""
    return csv_bytes(
        surgeries.select(
            PUBLICATION=pl.lit("GP_PRAC_PAT_LIST"),
            EXTRACT_DATE=pl.lit(month.isoformat()),
            TYPE=pl.lit("GP"),
            SUB_ICB_LOCATION_CODE=AREA,
            ONS_SUB_ICB_LOCATION_CODE="SUB_ICB_LOCATION_ONS_CODE",
            CODE=PRACTICE,
            POSTCODE=pl.lit("ZZ1 1ZZ"),
            SEX=pl.lit("ALL"),
            AGE=pl.lit("ALL"),
            NUMBER_OF_PATIENTS=patients(month),
        ),
        line_end="\n",
    )


def write_releases(work: Path, rows: int, count: int) -> None:
    """Write the releases that are missing to `work/YYYY-MM`; a folder appears when it is whole."""
    area = places()
    surgeries = practices(rows, area)
    known: dict[date, pl.DataFrame] = {}
    for release in releases(count):
        folder = work / f"{release:%Y-%m}"
        if folder.exists():
            continue
        window = [add_months(release, -before) for before in reversed(range(RESTATED))]
        known = {m: known[m] if m in known else month_cells(m, surgeries) for m in window}
        stated = {
            month: as_stated(cells, RESTATED - 1 - place, surgeries)
            for place, (month, cells) in enumerate(known.items())
        }
        part = work / f"{folder.name}.part"
        part.mkdir(parents=True, exist_ok=True)
        name = short(release)
        write_zip(part / f"Practice_Level_Crosstab_{name}.zip", crosstab(stated, surgeries))
        write_zip(part / f"Appointments_GP_Regional_CSV_{name}.zip", regional(stated, surgeries))
        write_zip(part / f"Appointments_GP_Daily_CSV_{name}.zip", coverage(window, surgeries))
        # The first release brings the lists of all its months, later ones that of their own.
        for month in window if release == FIRST else [release]:
            named = short(month).lower().replace("_", "-")
            listed = part / f"gp-reg-pat-prac-all-{named}.csv"
            listed.write_bytes(patient_list(month, surgeries))
        os.replace(part, folder)


def main() -> None:
    """Write what the arguments name."""
    parser = argparse.ArgumentParser(description=__doc__.partition("\n")[0])
    parser.add_argument("work", type=Path)
    parser.add_argument("--rows", type=int, default=NATIONAL_ROWS)
    parser.add_argument("--count", type=int, default=1)
    given = parser.parse_args()
    write_releases(given.work, given.rows, given.count)


if __name__ == "__main__":
    main()
