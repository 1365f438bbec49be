"""The KPIs of one release as an analyst would work them out with pandas, without any check."""

from __future__ import annotations

import sys
from collections.abc import Mapping
from pathlib import Path

import pandas as pd

from benchmarks.analyst_rules import (
    CATEGORY,
    CATEGORY_KPIS,
    CATEGORY_MEASURES,
    COUNT,
    COVERAGE,
    COVERAGE_KPIS,
    ENGLAND,
    KPIS,
    LABELS,
    LIST_KPIS,
    MEASURES,
    OUTPUT,
    PLACES,
    RATE_KPIS,
    working_days,
)


def read(folder: Path, month: str, code: str, labels: list[str]) -> pd.DataFrame:
    """Return the rows of all files of a folder, labels as categories."""
    columns = [month, code, *labels, COUNT]
    types = dict.fromkeys([month, code, *labels], "category")
    files = [
        pd.read_csv(path, usecols=columns, dtype=types) for path in sorted(folder.glob("*.csv"))
    ]
    rows = pd.concat(files, ignore_index=True)
    return rows.astype(types)  # joining files with other labels gives text again


def counted(
    rows: pd.DataFrame, by: list[str], measures: Mapping[str, Mapping[str, list[str]]]
) -> pd.DataFrame:
    """Return the measures of rows by these columns."""
    counts = {}
    for name, labels in measures.items():
        chosen = pd.Series(True, index=rows.index)
        for column, values in labels.items():
            among = rows[column.removeprefix("not ")].isin(values)
            chosen &= ~among if column.startswith("not ") else among
        counts[name] = rows[COUNT].where(chosen, 0)
    keys = [rows[column] for column in by]
    return pd.DataFrame(counts).groupby(keys, observed=True).sum().reset_index()


def figures(
    measures: pd.DataFrame, level: str, code: str, kpis: Mapping[str, tuple[str, str | None]]
) -> pd.DataFrame:
    """Return a row per month, organisation and KPI; `code` names the organisation."""
    names = {name for pair in kpis.values() for name in pair if name} - {"working_days"}
    added = measures.groupby(["month", code], observed=True)[sorted(names)].sum().reset_index()
    days = {month: working_days(month) for month in added["month"].unique()}
    added["working_days"] = added["month"].map(days)
    found = []
    for kpi, (numerator, denominator) in kpis.items():
        part = pd.DataFrame({"month": added["month"], "org_code": added[code].astype(str)})
        part["org_level"], part["kpi_id"] = level, kpi
        part["numerator"] = added[numerator]
        part["value"] = added[numerator].astype(float)
        part["denominator"] = pd.array([None] * len(part), dtype="Int64")
        if denominator:
            times = 1000.0 if kpi in RATE_KPIS else 1.0
            part["denominator"] = added[denominator].astype("Int64")
            part["value"] = times * added[numerator] / added[denominator]
        found.append(part)
    return pd.concat(found)


def main() -> None:
    """Read a folder, write a Parquet file."""
    folder, out = Path(sys.argv[1]), Path(sys.argv[2])
    mapping = pd.read_csv(folder / "Mapping.csv").assign(england=ENGLAND)
    starts = "APPOINTMENT_MONTH_START_DATE"
    rows = read(folder / "crosstab", starts, "GP_CODE", [CATEGORY, *LABELS])
    crosstab = counted(rows, [starts, "GP_CODE"], MEASURES | CATEGORY_MEASURES)
    crosstab["month"] = pd.to_datetime(crosstab[starts].astype(str), format="%d%b%Y").dt.date
    area = "SUB_ICB_LOCATION_CODE"
    rows = read(folder / "regional", "APPOINTMENT_MONTH", area, LABELS)
    regional = counted(rows, ["APPOINTMENT_MONTH", area], MEASURES)
    named = "01" + regional["APPOINTMENT_MONTH"].astype(str)
    regional["month"] = pd.to_datetime(named, format="%d%b%Y").dt.date
    lists = pd.concat(pd.read_csv(path) for path in sorted((folder / "lists").glob("*.csv")))
    lists["month"] = pd.to_datetime(lists["EXTRACT_DATE"]).dt.date
    lists = lists.rename(columns={"CODE": "GP_CODE", "NUMBER_OF_PATIENTS": "patients"})
    lists = lists[["month", "GP_CODE", "patients"]]
    [covered] = (folder / "coverage").glob("*.csv")
    coverage = pd.read_csv(covered).rename(columns=COVERAGE)
    coverage["month"] = pd.to_datetime(coverage["Appointment_Month"], format="%d%b%Y").dt.date
    coverage = coverage[["month", area, *COVERAGE.values()]]

    levels = {"practice": "GP_CODE", "pcn": "PCN_CODE", **PLACES, "england": "england"}
    above = [level for level in levels if level not in ("practice", "pcn")]
    own = crosstab.merge(lists, on=["month", "GP_CODE"]).merge(mapping, on="GP_CODE")
    listed = lists.merge(mapping, on="GP_CODE")
    places = mapping[[*PLACES.values(), "england"]].drop_duplicates()
    regional[area] = regional[area].astype(str)
    areas = regional.merge(coverage, on=["month", area]).merge(places, on=area)
    by_practice = KPIS | CATEGORY_KPIS | RATE_KPIS
    by_place = KPIS | RATE_KPIS | COVERAGE_KPIS
    parts = [figures(own, level, levels[level], by_practice) for level in ("practice", "pcn")]
    parts += [figures(own, level, levels[level], CATEGORY_KPIS) for level in above]
    parts += [figures(areas, level, levels[level], by_place) for level in above]
    parts += [figures(listed, level, code, LIST_KPIS) for level, code in levels.items()]
    pd.concat(parts)[OUTPUT].to_parquet(out, index=False)


if __name__ == "__main__":
    main()
