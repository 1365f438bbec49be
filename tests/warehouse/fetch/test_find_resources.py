"""Finding an edition among a portal's resources and in a listing."""

import json
from datetime import UTC, date, datetime
from typing import Any

import pytest

from tests.fetch_pages import File, Resource, listing_page, package_missing, package_show
from tests.warehouse.fetch.support_find import (
    DATA_SET,
    DISPENSING,
    PHARMACIES,
    PORTAL,
    WIDE,
    look,
    names,
)
from warehouse.fetch.candidates import Ambiguous, NotFound, NothingToDownload, NotYet, Page


def resource(name: str, **more: Any) -> Resource:
    """A resource with an address of its own."""
    return Resource(name, f"{PORTAL}/dataset/0/resource/1/download/{name.lower()}.csv", **more)


TWIN = Resource("DISPENSING_DATA_202509", f"{PORTAL}/dataset/0/resource/2/download/b.csv")


def test_a_resource_is_found_by_the_month_in_its_name() -> None:
    listed = [
        resource(f"DISPENSING_DATA_{month}", size=51_000_000) for month in (202508, 202509, 202510)
    ]
    found = look("pharmacy_first", "2025-09", {DISPENSING: package_show("d", listed)})
    assert names(found) == ["dispensing_data_202509.csv"]
    [link] = found.links
    assert (link.bytes, link.modified) == (51_000_000, datetime(2026, 1, 28, 9, 30, tzinfo=UTC))
    assert (found.page, found.published_on) == (DATA_SET, date(2026, 1, 28))


def test_invalid_resources_do_not_hide_the_others() -> None:
    portal = json.loads(package_show("d", [resource("DISPENSING_DATA_202509")]))
    portal["result"]["resources"] += [7, None, {"name": ["no", "text"]}, {"name": None}]
    found = look("pharmacy_first", "2025-09", {DISPENSING: json.dumps(portal).encode()})
    assert names(found) == ["dispensing_data_202509.csv"]


def test_an_edition_that_was_issued_again_is_wanted_both_times() -> None:
    listed = [
        resource("DISPENSING_DATA_202504_REISSUED", modified="2025-08-05T15:20:24.700109"),
        resource("DISPENSING_DATA_202504", modified=None, created=None),
        resource("DISPENSING_DATA_202505"),
    ]
    found = look("pharmacy_first", "2025-04", {DISPENSING: package_show("d", listed)})
    assert names(found) == ["dispensing_data_202504.csv", "dispensing_data_202504_reissued.csv"]
    assert found.published_on is None  # of the first issue, which the portal does not date
    assert found.links[1].modified == datetime(2025, 8, 5, 15, 20, 24, 700109, tzinfo=UTC)


@pytest.mark.parametrize(
    ("plain", "new", "order"),
    [
        ("2025-11-03", "2025-12-04", ["", "_new"]),
        ("2025-12-04", "2025-11-03", ["_new", ""]),  # the name does not tell which is newer
        (None, "2025-11-03", ["", "_new"]),
    ],
)
def test_of_two_uploads_the_later_one_counts_whatever_its_name(
    plain: str | None, new: str, order: list[str]
) -> None:
    listed = [
        resource("DISPENSING_DATA_202509_NEW", modified=f"{new}T09:00:00", created=None),
        resource("DISPENSING_DATA_202509", modified=plain and f"{plain}T09:00:00", created=None),
        resource("DISPENSING_DATA_202510"),
    ]
    found = look("pharmacy_first", "2025-09", {DISPENSING: package_show("d", listed)})
    assert names(found) == [f"dispensing_data_202509{end}.csv" for end in order]


def test_of_uploads_of_the_same_time_the_portal_says_which_is_last() -> None:
    listed = [resource(f"DISPENSING_DATA_202509_{end}") for end in ("UPDATED", "NEW")]
    listed += [resource("DISPENSING_DATA_202509")]
    found = look("pharmacy_first", "2025-09", {DISPENSING: package_show("d", listed)})
    ends = ["", "_updated", "_new"]
    assert names(found) == [f"dispensing_data_202509{end}.csv" for end in ends]


def test_quarters_are_found_final_or_not_and_notes_are_no_data() -> None:
    listed = [
        resource("CONSOL_PHARMACY_LIST_202526Q1FINAL"),
        resource("CONSOL_PHARMACY_LIST_202526Q2"),
        resource("CONSOL_PHARMACY_LIST_202606Q1"),
        Resource("CONSOL_PHARMACY_LIST_202526Q2", f"{PORTAL}/notes.pdf", format="PDF"),
    ]
    pages = {PHARMACIES: package_show("c", listed)}
    for edition, name in (
        ("2025-06", "202526q1final"),
        ("2025-09", "202526q2"),
        ("2026-06", "202606q1"),
    ):
        assert names(look("pharmacy_list", edition, pages)) == [f"consol_pharmacy_list_{name}.csv"]


@pytest.mark.parametrize("url", ["https://evil.example/dispensing_data_202509.csv", ""])
def test_a_resource_without_a_usable_address_is_not_taken(url: str) -> None:
    listed = [Resource("DISPENSING_DATA_202509", url), resource("DISPENSING_DATA_202508")]
    with pytest.raises(NotFound if url else NotYet, match="not followed" if url else "not publish"):
        look("pharmacy_first", "2025-09", {DISPENSING: package_show("d", listed)})


def test_a_resource_without_a_usable_address_is_taken_from_its_zip() -> None:
    zipped = f"{PORTAL}/zip/dispensing_data_202509.zip"
    strays = Resource("DISPENSING_DATA_202509", "https://evil.example/d.csv", zip_url=zipped)
    found = look("pharmacy_first", "2025-09", {DISPENSING: package_show("d", [strays])})
    assert [link.url for link in found.links] == [zipped]


@pytest.mark.parametrize(
    ("listed", "error"),
    [
        ([], NotYet),
        ([resource("DISPENSING_DATA_202508")], NotYet),
        ([resource("DISPENSING_DATA_202508"), resource("DISPENSING_DATA_202510")], NotFound),
        ([resource("Dispensing, all months")], NotFound),
        ([resource("DISPENSING_DATA_202509"), TWIN], Ambiguous),
    ],
)  # fmt: skip
def test_a_data_set_without_the_resource_is_reported(
    listed: list[Resource], error: type[NothingToDownload]
) -> None:
    with pytest.raises(NothingToDownload) as raised:
        look("pharmacy_first", "2025-09", {DISPENSING: package_show("d", listed)})
    assert type(raised.value) is error


@pytest.mark.parametrize(
    ("answer", "said"),
    [
        (Page(DISPENSING, 404, package_missing(), ""), "there is no data set `pharmacy-and-"),
        (b'{"success": true, "result": {"resources": "many"}}', "did not answer with a list"),
        (b'{"success": true}', "did not answer with a list"),
        (b"[1, 2", "did not answer with a list"),
    ],
)  # fmt: skip
def test_an_unexpected_answer_of_a_portal_is_reported(answer: bytes | Page, said: str) -> None:
    with pytest.raises(NotFound, match=said):
        look("pharmacy_first", "2025-09", {DISPENSING: answer})


ODD = {
    "2024-01": "Dispensing Data Jan 24 - CSV v2.csv",
    "2024-02": "Dispensing Data Feb 24 v2 - CSV.csv",
    "2024-03": "Dispensing Data Mar 24 - CSV - update.csv",
    "2024-04": "Dispensing Data Apr 24 - CSV.csv",
    "2021-05": "Dispensing Data May 21  \u2013 CSV.csv",
    "2024-07": "Dispensing Data July 24 - CSV_0.csv",
}


@pytest.mark.parametrize("edition", ODD)
def test_the_listing_is_read_in_spite_of_its_names(edition: str) -> None:
    folder = "/sites/default/files/2024-05/"
    listed = [File(name, folder + name.replace(" ", "%20")) for name in ODD.values()]
    found = look("pharmacy_first", edition, {WIDE: listing_page(listed)})
    [link] = found.links
    assert link.url.startswith(f"https://www.nhsbsa.nhs.uk{folder}Dispensing%20Data%20")
    assert link.file_name == " ".join(ODD[edition].replace("\u2013", "-").split())


def test_the_next_source_is_used_if_the_first_lacks_the_edition() -> None:
    files = [File("Jan 25", "/sites/default/files/Dispensing%20Data%20Jan%2025%20-%20CSV.csv")]
    portal = package_show("d", [resource("DISPENSING_DATA_202504")])
    pages = {DISPENSING: portal, WIDE: listing_page(files)}
    assert look("pharmacy_first", "2025-01", pages).page == WIDE
    with pytest.raises(
        NotFound, match=r"/dataset/.* has no file"
    ):  # one of them should have had it
        look("pharmacy_first", "2025-02", pages)
    assert names(look("pharmacy_first", "2025-04", pages)) == ["dispensing_data_202504.csv"]
