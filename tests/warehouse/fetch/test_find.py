"""Finding an edition on the publishers' pages as they are, were, and should not be."""

from datetime import UTC, date, datetime
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from tests.fetch_pages import (
    File,
    blocked_page,
    listing_page,
    login_page,
    publication_page,
    publication_page_2018,
    upcoming_page,
)
from tests.warehouse.fetch.support_find import (
    DISPENSING,
    GPAD,
    SERIES,
    STORE,
    TODAY,
    WIDE,
    look,
    names,
    publisher,
)
from warehouse.contract.discovery import Discovery
from warehouse.contract.model import Contract, contracts
from warehouse.fetch.candidates import (
    Ambiguous,
    Found,
    NotFound,
    NothingToDownload,
    NotThePublisher,
    NotYet,
    Page,
)
from warehouse.fetch.find import find
from warehouse.fetch.html import address

CROSSTAB = File(
    "Annex 1 - Practice Level Crosstab (CSV)",
    f"{STORE}/AB/12CD34/Practice_Level_Crosstab_Nov_25.zip",
    "62.4 MB",
)
APP = "NHS App Management Information"
NOISE = [
    File("Summary", f"{STORE}/00/000001/GP_Appointment_Publication_Summary_November_2025.xlsx"),
    File("Regional CSV", f"{STORE}/00/000002/Appointments_GP_Regional_CSV_Nov_25.zip"),
    File("Daily CSV", f"{STORE}/00/000003/Appointments_GP_Daily_CSV_Nov_25.zip"),
]


def test_a_file_is_found_among_the_cards_of_its_edition() -> None:
    page = publication_page("Appointments, November 2025", [*NOISE, CROSSTAB, CROSSTAB])
    found = look("gp_appointments_practice", "2025-11", {f"{GPAD}/november-2025": page})
    assert (found.page, found.published_on) == (f"{GPAD}/november-2025", date(2025, 11, 27))
    [link] = found.links
    assert (link.url, link.text, link.bytes) == (CROSSTAB.href, CROSSTAB.title, 62_400_000)
    assert link.modified == datetime(2025, 11, 27, 9, 30, tzinfo=UTC)


@pytest.mark.parametrize(
    ("feed", "edition", "page", "file"),
    [
        (
            "gp_appointments_sub_icb",
            "2024-08",
            "august-2024",
            "Appointments_GP_Regional_CSV_Aug_24",
        ),
        ("gp_appointments_sub_icb", "2022-03", "march-2022", "Appointments_GP_Regional_Mar_22"),
        ("gp_appointments_sub_icb", "2018-11", "nov-2018", "Appointments_GP_Regional_Nov18"),
        ("gp_appointments_practice", "2026-02", "february-2026", "Practice_Level_Crosstab_Feb_26"),
        ("registered_patients", "2026-07", "july-2026", "gp-reg-pat-prac-all"),
        ("registered_patients", "2021-08", "august-2021", "gp-reg-pat-prac-all.csv"),
        ("registered_patients", "2018-06", "june-2018", "gp-reg-pat-prac-all-jun-18.csv"),
        ("registered_patients_map", "2026-07", "july-2026", "gp-reg-pat-prac-map"),
        ("nhs_app", "2025-08", "august-2025", f"{APP} Statistics - August 2025.xlsx"),
        ("nhs_app", "2026-04", "april-2026", f"{APP.replace(' ', '_')}_April_2026.xlsx"),
    ],
)
def test_every_name_that_was_ever_seen_is_found(
    feed: str, edition: str, page: str, file: str
) -> None:
    file = file if "." in file else f"{file}.zip"
    slug = contracts()[feed].landing_page
    others = ["gp-reg-pat-prac-quin-age.zip", "NHS_App_ICB.csv", "Annex_2_Nov_25.xlsx"]
    files = [
        File(name, f"{STORE}/0A/1B2C3D/{name.replace(' ', '%20')}") for name in (file, *others)
    ]
    assert names(look(feed, edition, {f"{slug}/{page}": publication_page("A", files)})) == [file]


def test_a_drifted_name_is_found_by_the_text_of_its_link() -> None:
    named = File("Annex 1 - Practice Level Crosstab (CSV)", f"{STORE}/AB/12CD34/PLC%20final.zip")
    page = publication_page("Appointments", [*NOISE, named])
    found = look("gp_appointments_practice", "2025-11", {f"{GPAD}/november-2025": page})
    assert names(found) == ["PLC final.zip"]


def test_the_file_of_another_month_on_the_page_is_not_taken() -> None:
    october = CROSSTAB.href.replace("Nov_25", "Oct_25")
    page = publication_page("Appointments", NOISE, related=[File(CROSSTAB.title, october)])
    with pytest.raises(NotFound) as error:
        look("gp_appointments_practice", "2025-11", {f"{GPAD}/november-2025": page})
    for name in ("Practice_Level_Crosstab_Oct_25.zip", "Appointments_GP_Regional_CSV_Nov_25.zip"):
        assert name in error.value.reason
    assert "assets/feeds/gp_appointments_practice/contract.yaml" in error.value.remedy


@pytest.mark.parametrize("feed", ["gp_appointments_practice", "registered_patients"])
def test_an_edition_without_a_page_is_not_yet_published(feed: str) -> None:
    with pytest.raises(NotYet, match=r"2025-11 is not published yet at .*/november-2025"):
        look(feed, "2025-11", {})


def test_a_page_that_only_announces_is_not_yet_published() -> None:
    with pytest.raises(NotYet):
        look(
            "nhs_app", "2025-11", {f"{SERIES}/nhs-app-statistics/november-2025": upcoming_page("A")}
        )


def test_two_matching_files_are_both_reported() -> None:
    second = CROSSTAB.href.replace("12CD34", "99EE99")
    page = publication_page("Appointments", [CROSSTAB, File("Annex 1", second)])
    with pytest.raises(Ambiguous) as error:
        look("gp_appointments_practice", "2025-11", {f"{GPAD}/november-2025": page})
    assert CROSSTAB.href in error.value.reason and second in error.value.reason


def test_a_file_that_is_issued_again_comes_after_the_first() -> None:
    again = File("Annex 1", CROSSTAB.href.replace("Nov_25", "Nov_25_v2").replace("AB/", "00/"))
    page = publication_page("Appointments", [again, CROSSTAB])
    found = look("gp_appointments_practice", "2025-11", {f"{GPAD}/november-2025": page})
    first = "Practice_Level_Crosstab_Nov_25"
    assert names(found) == [f"{first}.zip", f"{first}_v2.zip"]


def test_a_page_of_2018_is_read_and_what_is_relative_is_made_whole() -> None:
    name = "Appointments_GP_Regional_Oct18.zip?a=1&b=2"
    files = [
        File("CSV & more", f"/binaries/content/{name}#top", "541.2 kB"),
        File("Summary", f"{STORE}/excel/a/b/summary.xlsx"),
    ]
    page = publication_page_2018("Appointments", files, "6 December 2018")
    found = look("gp_appointments_sub_icb", "2018-10", {f"{GPAD}/october-2018": page})
    assert found.published_on == date(2018, 12, 6)
    [link] = found.links
    assert link.url == f"https://digital.nhs.uk/binaries/content/{name}"
    assert (link.text, link.bytes, link.modified) == ("CSV & more", 541_200, None)


@pytest.mark.parametrize(
    ("page", "day"),
    [
        (publication_page("A", [CROSSTAB], published=None), None),
        (publication_page("A", [CROSSTAB], published="Nov 2025"), None),
        (publication_page("A", [CROSSTAB], published="31 Nov 2025"), None),
        (publication_page("A", [CROSSTAB], published="27 November 2025"), date(2025, 11, 27)),
        (publication_page("A", [CROSSTAB], published="2025-11-27"), date(2025, 11, 27)),
    ],
)
def test_a_day_of_publication_is_read_and_never_guessed(page: bytes, day: date | None) -> None:
    found = look("gp_appointments_practice", "2025-11", {f"{GPAD}/november-2025": page})
    assert found.published_on == day


@pytest.mark.parametrize("host", ["evil.example", "files.digital.nhs.uk.evil.example"])
def test_a_link_to_another_host_is_reported_and_not_followed(host: str) -> None:
    href = f"https://{host}/AB/12CD34/Practice_Level_Crosstab_Nov_25.zip"
    page = publication_page("A", [File("Annex 1", href)])
    with pytest.raises(NotFound, match=f"leads to {host} and was not followed") as error:
        look("gp_appointments_practice", "2025-11", {f"{GPAD}/november-2025": page})
    assert "hosts:" in error.value.remedy


@pytest.mark.parametrize(
    ("answer", "said"),
    [
        (login_page(), "a login form, titled `Sign in`"),
        (blocked_page(), "a page titled `Access denied` that is not the publisher's"),
        (
            Page("https://login.example/sso", 200, login_page(), ""),
            "redirected to https://login.ex",
        ),
        (Page(f"{GPAD}/november-2025", 403, b"", ""), "status 403"),
    ],
)
def test_an_answer_from_another_server_is_reported_as_such(answer: bytes | Page, said: str) -> None:
    with pytest.raises(NotThePublisher) as error:
        look("gp_appointments_practice", "2025-11", {f"{GPAD}/november-2025": answer})
    assert said in error.value.reason and "browser" in error.value.remedy


@pytest.mark.parametrize("url", [WIDE, DISPENSING])
def test_a_login_form_in_place_of_a_listing_or_json_is_reported(url: str) -> None:
    with pytest.raises(NotThePublisher, match="a login form"):
        look("pharmacy_first", "2024-01" if url == WIDE else "2025-11", {url: login_page()})


def test_a_web_page_in_place_of_json_is_reported() -> None:
    with pytest.raises(NotThePublisher, match="a web page instead of JSON"):
        look("pharmacy_first", "2025-11", {DISPENSING: listing_page([])})


def with_discovery(said: dict[str, Any]) -> Contract:
    """A feed that is published elsewhere."""
    discovery = Discovery.model_validate(said)
    return contracts()["nhs_app"].model_copy(update={"discovery": discovery})


def report(edition: str) -> Found:
    contract = with_discovery(
        {"sources": [{"kind": "report", "service": "https://ods.example", "report": "epraccur"}]}
    )
    return find(contract, edition, publisher({}), TODAY)


def test_a_report_is_of_the_current_month_without_a_request() -> None:
    [link] = report("2026-11").links
    url = "https://ods.example/api/getReport?report=epraccur"
    assert (link.url, link.file_name) == (url, "epraccur-2026-11.csv")


def test_a_report_of_another_month_is_not_taken_for_this_months() -> None:
    with pytest.raises(NotFound, match=r"as at 2026-11, not 2026-10.*Import a copy"):
        report("2026-10")
    with pytest.raises(NotYet, match="2026-12 can be requested from that month on"):
        report("2026-12")


def test_an_edition_before_the_first_and_a_feed_without_sources_are_reported() -> None:
    with pytest.raises(NotFound, match="2022-04 is in no source"):
        look("gp_appointments_practice", "2022-04", {})
    for feed in ("gp_appointments_mapping", "nhs_app_practice"):
        with pytest.raises(ValueError, match=f"{feed} has no lookup"):
            look(feed, "2025-11", {})


CARDS = [*NOISE, CROSSTAB, File("Annex 1", CROSSTAB.href, None), File("", CROSSTAB.href, "62 MB")]


@settings(max_examples=25, deadline=None)
@given(st.permutations(CARDS), st.lists(st.sampled_from(CARDS), max_size=4), st.booleans())
def test_order_and_repetition_of_links_change_nothing(
    cards: list[File], repeated: list[File], below: bool
) -> None:
    mixed = [*cards, *repeated]
    page = publication_page("A", [] if below else mixed, related=mixed if below else [])
    plain = publication_page("A", [] if below else CARDS, related=CARDS if below else [])
    looks = [
        look("gp_appointments_practice", "2025-11", {f"{GPAD}/november-2025": one})
        for one in (page, plain)
    ]
    assert looks[0] == looks[1]


BROKEN = [
    "<a href='http://[bad/Practice_Level_Crosstab_Nov_25.zip'>",
    "<a href='mailto:x@y.zip'>1.2.3 MB",
    "<a href='//files.digital.nhs.uk/a.zip'>\u0663 MB</a>",
    "<![if",
    "Last edited: 32 November 2025 9:75 pm",
    "Publication Date: 99 Nov 2025",
    '{"success": true, "result": {"resources": [{"url": "http://[", "size": Infinity}]}}',
    "[" * 9999,
]


@settings(max_examples=15, deadline=None)
@given(st.lists(st.sampled_from(BROKEN) | st.text(max_size=9), max_size=4), st.booleans())
def test_whatever_is_answered_there_is_a_reason_and_something_to_do(
    parts: list[str], marked: bool
) -> None:
    answer = "".join(["<html data-uipath='x'>nhsbsa" if marked else "", *parts]).encode()
    for feed, edition, url in (
        ("gp_appointments_practice", "2025-11", f"{GPAD}/november-2025"),
        ("pharmacy_first", "2025-11", DISPENSING),
        ("pharmacy_first", "2024-01", WIDE),
    ):
        with pytest.raises(NothingToDownload) as error:
            look(feed, edition, {url: answer or b" "})
        assert error.value.reason and error.value.remedy


@pytest.mark.parametrize(
    ("written", "asked"),
    [
        ("/a/b (1).zip", "/a/b%20(1).zip"),
        ("/a/b%20%281%29.zip", "/a/b%20%281%29.zip"),
        ("/a%2Fb/c+d.zip", "/a%2Fb/c+d.zip"),
        ("/a/\N{EN DASH}.zip", "/a/%E2%80%93.zip"),
    ],
)
def test_an_address_is_requested_as_written(written: str, asked: str) -> None:
    assert address(written, "https://digital.nhs.uk/page") == f"https://digital.nhs.uk{asked}"
