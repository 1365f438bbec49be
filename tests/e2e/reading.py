"""An analyst in a process of their own: it loads DuckDB and nothing of ours, as analysts do."""

import time
from multiprocessing.synchronize import Event
from pathlib import Path
from queue import Queue

import duckdb


def read_on(
    path: str, stop: Event, told: "Queue[tuple[int, list[str]]]", pause: float = 0.05
) -> None:
    """An analyst, who reconnects and queries until stopped; reports queries and errors. `pause`:
    seconds between two connections."""
    queries, errors = 0, []
    while not stop.is_set():
        try:
            with duckdb.connect(path, read_only=True) as db:
                for _ in range(3):
                    [(rows, kpis)] = db.execute(
                        "SELECT count(*), count(DISTINCT kpi_id) FROM kpi_monthly"
                    ).fetchall()
                    if not rows or not kpis:
                        errors.append(f"half a mart: {rows} rows")
                    queries += 1
            time.sleep(pause)
        except duckdb.Error as error:
            errors.append(str(error))
    told.put((queries, errors))


def figures(mart: Path) -> dict[tuple[str, str | None], float | None]:
    """Appointments of 04C: month and edition -> value, both None for a month in between."""
    with duckdb.connect(str(mart), read_only=True) as db:
        rows = db.execute(
            "SELECT strftime(month, '%Y-%m'), edition, value FROM kpi_monthly "
            "WHERE kpi_id = 'appointments' AND org_code = '04C' ORDER BY 1"
        ).fetchall()
    return {(month, edition): value for month, edition, value in rows}
