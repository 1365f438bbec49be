"""Tables that are worked out in frames, some KPIs at a time, so that memory does not grow with how
many there are. Not here: what is worked out."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence

import polars as pl

from warehouse.kpi.catalogue import Kpi
from warehouse.mart.hierarchy import Connection, create_from
from warehouse.mart.input_digests import unlogged


def batches_of(kpis: Iterable[Kpi], rows: Mapping[str, int], most: int) -> Iterator[list[Kpi]]:
    """The KPIs, so many at a time that they have at most `most` rows together, or one; one batch at
    least, so that there is a table. `rows`: of each KPI by its id."""
    some: list[Kpi] = []
    known = 0
    for kpi in kpis:
        if some and known + rows.get(kpi.kpi_id, 0) > most:
            yield some
            some, known = [], 0
        some.append(kpi)
        known += rows.get(kpi.kpi_id, 0)
    yield some


def create_from_frames(
    db: Connection,
    table: str,
    frames: Iterable[pl.DataFrame],
    others: str,
    origins: Mapping[str, str | Sequence[str]],
) -> None:
    """Create a table from frames with the same columns. `origins`: as for `create_from`; `others`:
    of all other columns. Lineage is that of the first frame."""
    for n, frame in enumerate(frames):
        if n == 0:
            create_from(
                db, table, frame, None, **{**dict.fromkeys(frame.columns, others), **origins}
            )
        else:
            db.register("incoming", frame.to_arrow())
            unlogged(db, f"INSERT INTO {table} BY NAME FROM incoming")
            db.unregister("incoming")
