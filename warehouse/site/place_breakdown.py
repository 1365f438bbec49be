"""The breakdown that councillors asked for: appointments, NHS App and hubs of a place in one table,
each of the place itself or, where that is not published, of the smallest place around it."""

from __future__ import annotations

from collections.abc import Iterable

from warehouse.outputs.headline import headline_value
from warehouse.site.place_rows import PlaceRows
from warehouse.site.site_page import PageTable
from warehouse.site.site_paths import kpi_page
from warehouse.site.site_places import SitePlace

SHOWN = {
    "Appointments": (
        "appointments",
        "appointments_per_working_day",
        "appointments_per_1000_patients",
        "appointments_same_day_share",
        "appointments_within_two_weeks_share",
        "appointments_face_to_face_share",
        "appointments_telephone_share",
        "appointments_video_share",
        "appointments_home_visit_share",
        "appointments_mode_unknown_share",
        "appointments_gp_share",
        "appointments_dna_share",
    ),
    "NHS App": (
        "nhs_app_practice_registered_share",
        "nhs_app_practice_logins",
        "nhs_app_practice_prescription_orders",
        "nhs_app_logins_per_1000_patients",
    ),
    "Hubs": (
        "enhanced_access_offered",
        "enhanced_access_booked",
        "enhanced_access_attended",
        "enhanced_access_utilisation_booked",
        "enhanced_access_utilisation_attended",
    ),
}
HEADINGS = ("Part", "Figure", "Whose figure", "Period", "Value", "Status")


def breakdown(rows: PlaceRows, place: SitePlace) -> PageTable | None:
    """A row per figure; None if there is none."""
    figures = rows.figures
    cells: list[list[str]] = []
    links: dict[tuple[int, int], str] = {}
    own = False
    around = list(_around(rows, place))
    for part, kpi_ids in SHOWN.items():
        for kpi_id in kpi_ids:
            of = next((one for one in around if rows.newest(kpi_id, one)), None)
            facts = figures.facts(kpi_id, of) if of else None
            if of is None or facts is None:
                continue
            kpi, newest = figures.kpis[kpi_id], rows.newest(kpi_id, of) or {}
            whose = figures.places.title_of(of)
            value = headline_value({**newest, "unit": kpi["unit"]})
            links[len(cells), 1] = kpi_page(kpi_id)
            cells.append([part, kpi["title"], whose, facts.period, value, newest["status"]])
            own = own or of == place
    if not cells:
        return None
    name = figures.places.title_of(place)
    whose = f"{name}, else the smallest place around it" if own else f"places around {name}"
    caption = f"Appointments, NHS App and hubs: {whose}; each row says whose figure it is"
    return PageTable(caption, HEADINGS, cells, frozenset((4,)), links)


def _around(rows: PlaceRows, place: SitePlace) -> Iterable[SitePlace]:
    """The place and those around it, the smallest first."""
    places = rows.figures.places
    yield place
    for level in ("pcn", "sub_icb"):
        if level != place.level and (one := places.named(level, place.parents.get(level))):
            yield one
    if place.key != places.home.key:
        yield places.home
