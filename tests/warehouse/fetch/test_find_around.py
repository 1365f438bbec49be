"""Finding workbooks of online consultations and telephony on their pages, under the names seen."""

import pytest

from tests.fetch_pages import File, publication_page
from tests.warehouse.fetch.support_find import SERIES, STORE, look, names
from warehouse.base.months import parse_month
from warehouse.contract.model import contracts

ONLINE = f"{SERIES}/submissions-via-online-consultation-systems-in-general-practice"
TELEPHONY = f"{SERIES}/cloud-based-telephony-data-in-general-practice"
OLD, NEW = "Submissions via Online Consultation Systems in", "Submissions via OC Systems in"
SUMMARY = "Cloud Based Telephony Publication Summary"
OTHERS = (
    File("Submissions by Day and Time CSV", f"{STORE}/00/000001/OC_Day_and_Time_Nov_25.zip"),
    File("By Durations", f"{STORE}/00/000002/cbt_by_durations.zip"),
    File("Metadata", f"{STORE}/00/000003/metadata.xlsx"),
)


@pytest.mark.parametrize(
    ("page", "edition", "name"),
    [
        (f"{ONLINE}/april-2024", "2024-04", f"{OLD} General Practice - April 2024.xlsx"),
        (f"{ONLINE}/november-2025", "2025-11", f"{NEW} General Practice - November 2025.xlsx"),
        (f"{ONLINE}/may-2026", "2026-05", "Submissions_via_OC_Systems_May_2026.zip"),
        (f"{TELEPHONY}/october-2025", "2025-10", f"{SUMMARY} October 2025_v2.xlsx"),
        (f"{TELEPHONY}/december-2025", "2025-12", f"{SUMMARY} December 2025.xlsx"),
    ],
)
def test_the_workbook_is_found_among_the_other_files(page: str, edition: str, name: str) -> None:
    file = File("A file", f"{STORE}/AB/12CD34/{name.replace(' ', '%20')}")
    feed = "online_consultations" if page.startswith(ONLINE) else "cloud_telephony"
    found = look(feed, edition, {page: publication_page("A month", [*OTHERS, file])})
    assert names(found) == [name]


@pytest.mark.parametrize(
    ("page", "edition", "name"),
    [
        ("30-june-2026", "2026-06", "GPWPracticeCSV.062026.zip"),
        ("29-february-2024", "2024-02", "GPWPracticeCSV.022024.zip"),
        ("31-december-2021", "2021-12", "GPWPracticeCSV.122021.zip"),
    ],
)
def test_the_practice_workforce_is_found_by_the_last_day(
    page: str, edition: str, name: str
) -> None:
    others = [
        File("Individual-level CSV", f"{STORE}/00/000004/GPWIndividualCSV.{name[-10:-4]}.zip"),
        File("Bulletin tables", f"{STORE}/00/000005/GPWBulletinTables.xlsx"),
    ]
    file = File("Practice-level CSV", f"{STORE}/AB/12CD34/{name}")
    published = publication_page("A month", [*others, file])
    series = f"{SERIES}/general-and-personal-medical-services"
    assert names(look("gp_workforce", edition, {f"{series}/{page}": published})) == [name]


@pytest.mark.parametrize(
    ("page", "edition"), [("30-june-2026", "2026-06"), ("31-july-2023", "2023-07")]
)
def test_the_network_workforce_is_found_and_its_pdf_is_not_imported(
    page: str, edition: str
) -> None:
    named = f"PCNWFIndividualCSV.{edition[-2:]}{edition[:4]}.zip"
    others = [
        File("Bulletin tables", f"{STORE}/00/000006/PCNWFBulletinTables.xlsx"),
        File("Guide", f"{STORE}/00/000007/Guide.pdf"),
    ]
    file = File("Individual-level CSV", f"{STORE}/AB/12CD34/{named}")
    published = publication_page("A month", [*others, file])
    series = f"{SERIES}/primary-care-network-workforce"
    found = look("pcn_workforce", edition, {f"{series}/{page}": published})
    assert names(found) == [named]
    assert [link.members for link in found.links] == [r"\.csv$"]


@pytest.mark.parametrize(
    ("feed", "bearer"),
    [
        ("pcn_workforce_networks", "pcn_workforce"),
        ("online_consultations_england", "online_consultations"),
        ("cloud_telephony_england", "cloud_telephony"),
        ("cloud_telephony_waits", "cloud_telephony"),
    ],
)
def test_tables_of_the_same_file_have_no_lookup_of_their_own(feed: str, bearer: str) -> None:
    discovery = contracts()[feed].discovery
    assert discovery is not None
    assert (discovery.comes_with, discovery.looked_up) == (bearer, False)
    assert contracts()[feed].beside == bearer


@pytest.mark.parametrize(("edition", "day"), [("2025-10", "2025-11-27"), ("2025-11", "2025-12-18")])
def test_both_are_due_with_the_appointments(edition: str, day: str) -> None:
    for feed in ("online_consultations", "cloud_telephony", "gp_appointments_practice"):
        due = contracts()[feed].cadence.due
        assert due is not None
        assert due.of(parse_month(edition)).isoformat() == day
