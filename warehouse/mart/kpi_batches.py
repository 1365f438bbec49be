"""How many KPIs are worked out together in frames, so that memory does not grow with how many there
are. Not here: what is worked out."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping

from warehouse.kpi.catalogue import Kpi


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
