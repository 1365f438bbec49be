"""Pages of places: context, ranges and reasons, and never a rank; hostile names stay text."""

import json
import re
from dataclasses import replace
from pathlib import Path

import pytest

from warehouse.base.home import Home
from warehouse.base.number_format import value_text
from warehouse.base.sql import open_mart, rows
from warehouse.site.lay_out import lay_out, table_as_csv
from warehouse.site.not_published import NotPublished
from warehouse.site.overview import overview
from warehouse.site.place_breakdown import breakdown
from warehouse.site.place_pages import place_groups, place_pages
from warehouse.site.place_rows import PlaceRow, PlaceRows, outside, position_words
from warehouse.site.place_search import search_data
from warehouse.site.range_strip import range_strip
from warehouse.site.site_figures import SiteFigures
from warehouse.site.site_page import PageTable, SitePage
from warehouse.site.site_paths import PLACES, place_page
from warehouse.site.site_places import read_places

SCRIPT, FORMULA = "<script>alert(1)</script> & 'sons'", "=cmd|' /C calc'!A0"
ORDINARY, SPECIAL, NETWORK = ("practice", "Z10002"), ("practice", "Z10031"), ("pcn", "U12169")


@pytest.fixture(scope="module")
def place_rows(figures: SiteFigures) -> PlaceRows:
    """Rows of the sample's places, read once."""
    figures.read_facts(figures.places.every)
    return PlaceRows(figures)


def of(found: PlaceRows, key: tuple[str, str]) -> dict[str, PlaceRow]:
    """KPI -> row of a place."""
    place = found.figures.places.named(*key)
    assert place
    return {row.line.kpi_id: row for row in found.of(place)}


def test_every_place_has_a_page_and_is_in_the_index(figures: SiteFigures, site: Path) -> None:
    index = (site / PLACES).read_text(encoding="utf-8")
    assert len(figures.places.paged) == 158
    for place in figures.places.paged:
        path = place_page(*place.key)
        assert (site / path).is_file(), path
        assert f'href="../{path}"' in index, path


def test_links_of_the_pages_lead_to_files(site: Path) -> None:
    keys = (ORDINARY, SPECIAL, NETWORK, ("sub_icb", "04C"), ("local_authority", "E06000016"))
    for path in ["index.html", PLACES, *(place_page(*key) for key in keys)]:
        text = (site / path).read_text(encoding="utf-8")
        links = re.findall(r'(?:href|src)="([^"#]+)(?:#[^"]*)?"', text)
        assert len(links) > 8
        assert not [one for one in links if not ((site / path).parent / one).is_file()], path


def test_no_practice_is_ranked(site: Path) -> None:
    for path in (site / "places").glob("practice-*.html"):
        text = path.read_text(encoding="utf-8")
        assert re.findall(r"\brank\w*\b", text) == ["ranked"], path.name  # "are never ranked"


def test_ranges_and_values_above_are_the_marts(place_rows: PlaceRows) -> None:
    row = of(place_rows, ORDINARY)["appointments_dna_share"]
    [mart] = rows(
        place_rows.figures.db,
        """SELECT * FROM kpi_comparison WHERE kpi_id = 'appointments_dna_share'
           AND org_level = 'practice' AND org_code = 'Z10002' ORDER BY month DESC LIMIT 1""",
    )

    def said(name: str) -> str:
        return value_text(mart[name], "share")

    assert row.line.value == said("value")
    assert row.above == (
        ("its sub-ICB", said("sub_icb_value")),
        ("its ICB", said("icb_value")),
        ("England", said("england_value")),
    )
    assert row.range_words == (
        f"8 in 10 practices: {said('p10')} to {said('p90')}, median {said('median')}"
    )
    assert row.peers == said("peer_median")
    assert row.position == position_words(mart["funnel"]) and row.strip


def test_of_the_values_above_the_first_alone_begins_with_a_capital(site: Path) -> None:
    text = (site / "places" / "practice-Z10002.html").read_text(encoding="utf-8")
    assert re.search(r"Its sub-ICB [^;<]+; its ICB [^;<]+; England ", text)
    assert "Signal or noise; on the year</th>" in text


def test_counts_are_not_compared(place_rows: PlaceRows) -> None:
    row = of(place_rows, ORDINARY)["appointments"]
    assert (row.above, row.strip, row.range_words, row.position) == ((), None, "", "")


def test_a_practice_has_charts_only_where_the_mart_made_them(
    place_rows: PlaceRows, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Of practices of other ICBs than the home's there are none, and their pages say so."""
    place = place_rows.figures.places.named(*ORDINARY)
    assert place and place_rows.is_charted(place)
    bare = {kpi: {**row, "basis": None} for kpi, row in place_rows._newest[place.key].items()}
    monkeypatch.setitem(place_rows._newest, place.key, bare)
    assert not place_rows.is_charted(place)


def test_a_special_service_stands_beside_no_others(place_rows: PlaceRows) -> None:
    every = of(place_rows, SPECIAL).values()
    assert every and not any(row.above or row.strip or row.position for row in every)
    assert outside(every) == (0, [])
    place = place_rows.figures.places.named(*SPECIAL)
    assert place and place_rows.peer_group(place) is None


def test_a_repeated_figure_counts_once_and_deprivation_is_context(place_rows: PlaceRows) -> None:
    found = of(place_rows, ORDINARY)
    assert found["annex1_dna_share"].repeats and not found["appointments_dna_share"].repeats
    assert (
        found["annex1_dna_share"].funnel and not found["imd_2025_quintile_1_patient_share"].funnel
    )
    counted = {name for name, row in found.items() if row.funnel and not row.repeats}
    assert outside(found.values())[0] == len(counted) < len([r for r in found.values() if r.funnel])
    alone = replace(found["annex1_dna_share"], repeats=False)
    assert outside([alone, found["annex1_dna_share"]])[0] == 1


def test_a_network_of_two_sub_icbs_has_all_its_practices(figures: SiteFigures) -> None:
    groups = {one.title: one for one in place_groups(figures.places)}
    across = {
        one.place.code: one
        for one in groups["Networks in more than one sub-ICB"].within
        if one.place
    }
    assert set(across) == {"U87499", "U63948"}
    assert "Z10042" in {one.code for one in across["U87499"].practices}
    assert set(across["U87499"].marks.values()) == {
        *("Leicester City", "West Leicestershire", "East Leicestershire and Rutland")
    }
    alone = [
        practice
        for group in groups.values()
        for one in group.within
        if one.place is None
        for practice in one.practices
    ]
    assert len(alone) == 3 and not any(one.parents.get("pcn") for one in alone)
    shown = [p for g in groups.values() for one in (g, *g.within) for p in one.practices]
    assert sorted(one.code for one in shown) == sorted(
        one.code for one in figures.places.at("practice")
    )


def test_a_network_has_the_range_of_its_practices(place_rows: PlaceRows) -> None:
    row = of(place_rows, NETWORK)["appointments_dna_share"]
    [mart] = rows(
        place_rows.figures.db,
        """SELECT min(value) AS least, max(value) AS most, count(*) AS number
           FROM kpi_monthly JOIN organisation_current USING (org_level, org_code)
           WHERE kpi_id = 'appointments_dna_share' AND org_level = 'practice' AND value IS NOT NULL
             AND pcn_code = 'U12169' AND month = DATE '2025-03-01'""",
    )
    least, most = (value_text(mart[name], "share") for name in ("least", "most"))
    assert row.within == f"{least} to {most} ({mart['number']} practices)"


def test_what_is_not_published_has_a_reason(place_rows: PlaceRows) -> None:
    missing, places = NotPublished(place_rows.figures), place_rows.figures.places
    practice, network = places.named(*ORDINARY), places.named(*NETWORK)
    assert practice and network
    assert "ICBs" in missing.why("nhs_app_logins", practice)
    withheld = "Returns that the ICB makes itself: figures of single "
    assert missing.why("nhs_app_practice_logins", practice).startswith(f"{withheld}practices")
    assert missing.why("pharmacy_first_referrals", network).startswith(f"{withheld}networks")
    assert missing.why("nhs_app_registrations", practice) == "No figure of any place yet"
    has = list(of(place_rows, ORDINARY))
    told = [title for titles in missing.of(practice, has).values() for title in titles]
    assert len(told) + len(has) == len(place_rows.figures.kpis)


def test_the_breakdown_names_whose_figure_it_is(place_rows: PlaceRows) -> None:
    place = place_rows.figures.places.named(*ORDINARY)
    assert place
    table = breakdown(place_rows, place)
    assert table
    whose = {(cells[0], cells[2]) for cells in table.cells}
    assert ("Appointments", place.name) in whose
    assert ("Hubs", "East Leicestershire and Rutland") in whose
    assert {part for part, _ in whose} == {"Appointments", "NHS App", "Hubs"}


def test_places_of_one_name_have_titles_of_their_own_and_name_each_other(
    place_rows: PlaceRows,
) -> None:
    places = place_rows.figures.places
    city, council = places.named("sub_icb", "04C"), places.named("local_authority", "E06000016")
    assert city and council and city.name == council.name
    assert places.namesakes(city) == (council,) and places.namesakes(council) == (city,)
    assert places.title_of(city) == "Leicester City (sub-ICB)"
    assert places.title_of(council) == "Leicester City (local authority)"
    practice = places.named(*ORDINARY)
    assert practice and places.title_of(practice) == practice.name
    has = list(of(place_rows, council.key))
    missing = NotPublished(place_rows.figures)
    told, reasons = missing.elsewhere(council, has), missing.of(council, has)
    assert {other.key for found in told.values() for other, _ in found} == {city.key}
    assert all(0 < number <= len(reasons[why]) for why in told for _, number in told[why])
    table = breakdown(place_rows, council)
    assert table and "each row says whose" in table.caption
    assert council.name not in {cells[2] for cells in table.cells}


def test_a_strip_has_all_four_on_one_scale() -> None:
    strip = range_strip(12.0, 0.0, 5.0, 10.0)
    assert strip.p10 == 5 < strip.median < strip.p90 < strip.own == 115
    same = range_strip(1.0, 1.0, 1.0, 1.0)
    assert (same.own, same.width) == (60, 1)


@pytest.fixture(scope="module")
def hostile(sample_home: Home) -> tuple[SiteFigures, list[SitePage]]:
    """The sample's figures under names that attack: of networks, of practices, and of the home."""
    with open_mart(sample_home.mart) as db:
        places = read_places(db, "pcn", NETWORK[1])
        renamed = tuple(replace(one, name=SCRIPT) for one in places.within[:1])
        others = tuple(replace(one, name=FORMULA) for one in places.within[1:])
        home = replace(places.home, name=SCRIPT, parents={})
        figures = SiteFigures(db, replace(places, home=home, within=(*renamed, *others)))
        pages = [overview(figures), *place_pages(figures)]
        assert figures.publication and len(pages) > 3
    return figures, pages


def test_hostile_names_are_text_on_every_page(
    hostile: tuple[SiteFigures, list[SitePage]],
) -> None:
    figures, pages = hostile
    paths = {page.path for page in pages}
    for page in pages:
        text = lay_out(page, figures, paths).decode()
        assert "alert(1)</script>" not in text
        assert "&lt;script&gt;alert(1)" in text
        assert text.count("<script ") == 2  # the site's own


def test_hostile_names_are_data_of_the_search(hostile: tuple[SiteFigures, list[SitePage]]) -> None:
    text = search_data(hostile[0].places).decode("ascii")
    assert not set("<>&'") & set(text)
    found = json.loads(text.removeprefix("window.sitePlaces=").removesuffix(";\n"))
    assert {one[0] for one in found} == {SCRIPT, FORMULA}
    assert all(re.fullmatch(r"places/[\w~-]+\.html", one[4]) for one in found)


def test_hostile_names_are_no_formulas() -> None:
    table = PageTable("t", ["Name"], [[FORMULA], [SCRIPT]])
    assert "\r\n'=cmd" in table_as_csv(table, "nobody", synthetic=False).decode("utf-8-sig")
