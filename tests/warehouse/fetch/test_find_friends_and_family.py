"""Finding a month's workbook of GP practices on its page, among those of other settings."""

import pytest

from tests.fetch_pages import File, publication_page
from tests.warehouse.fetch.support_find import look, names
from warehouse.fetch.candidates import NotYet

FEED, SITE = "friends_and_family", "https://www.england.nhs.uk"
UPLOADS = f"{SITE}/wp-content/uploads/2026/02"
OTHERS = (
    File("Inpatient data", f"{UPLOADS}/FFT_Inpatient_MacroWebfile_Dec-25.xlsm"),
    File("A&E data", f"{UPLOADS}/friends-and-family-test-ae-data-december-2025.xlsm"),
    File("Dental data", f"{UPLOADS}/fft-dental-dec-25.xlsm"),
)


@pytest.mark.parametrize(
    ("page", "edition", "name"),
    [
        ("publication/friends-and-family-test-data-december-2025", "2025-12",
         "FFT_GP_MacroWebfile_Dec-25.xlsm"),
        ("publication/friends-and-family-test-data-april-2026", "2026-04", "ftt-gp-apr-26.xlsm"),
        ("friends-and-family-test-data-july-2022", "2022-07", "fft-gp-jul-22.xlsm"),
        ("publication/friends-and-family-test-data-june-2025", "2025-06",
         "friends-and-family-test-GP-data--june-2025.xlsm"),
        ("publication/friends-and-family-test-data-september-2025", "2025-09",
         "fft-gp-data-sept-25.xlsm"),
        ("publication/friends-and-family-test-data-june-2024", "2024-06",
         "Friends-and-Family-Test-FFT-GP-data-Jun-24.xlsm"),
        ("publication/friends-and-family-test-data-february-2023", "2023-02",
         "fft-gp-feb-23-v2.xlsm"),
        ("publication/friends-and-family-test-data-october-2025", "2025-10",
         "friends-and-family-gp-data-october-2025.xlsm"),
    ],
)  # fmt: skip
def test_the_workbook_of_practices_is_found(page: str, edition: str, name: str) -> None:
    file = File("GP data", f"{UPLOADS}/{name}")
    pages = {f"{SITE}/{page}": publication_page("Friends and Family Test data", [*OTHERS, file])}
    assert names(look(FEED, edition, pages)) == [name]


def test_a_page_of_another_site_of_the_publisher_is_read_by_its_links() -> None:
    """It has nothing of digital.nhs.uk but the links to its own uploads, and other settings."""
    links = "".join(f'<li><a href="{one.href}">{one.title}</a></li>' for one in OTHERS)
    own = f"{UPLOADS}/friends-and-family-test-gp-data-january-2026.xlsm"
    page = f'<html><body><ul>{links}<li><a href="{own}">GP data</a></li></ul></body></html>'
    address = f"{SITE}/publication/friends-and-family-test-data-january-2026"
    assert names(look(FEED, "2026-01", {address: page.encode()})) == [own.rpartition("/")[2]]


def test_nothing_is_found_before_the_page_is_there() -> None:
    with pytest.raises(NotYet):
        look(FEED, "2026-05", {})
