"""Finding a month's zip of the Network Contract DES on its page, under the names seen."""

import pytest

from tests.fetch_pages import File, publication_page
from tests.warehouse.fetch.support_find import SERIES, STORE, look, names
from warehouse.contract.discovery import Publication
from warehouse.contract.model import contracts
from warehouse.fetch.candidates import NotYet

FEED = "gp_pharmacy_referrals"
PAGES = f"{SERIES}/mi-network-contract-des"
OTHERS = (
    File("Data dictionary", f"{STORE}/28/BA6DA6/NCDes_Data_Dictionary_23_24_v2.0.xlsx"),
    File("Guidance", f"{STORE}/28/BA6DA7/NCDes_Guidance.pdf"),
)


@pytest.mark.parametrize(
    ("page", "edition", "name"),
    [
        ("england-april-2023", "2023-04", "NCDesApril23 v3.0.zip"),
        ("england-june-2023", "2023-06", "NCDesJune23.zip"),
        ("england-september-2023/content-copy", "2023-09", "NCDesSeptember23.zip"),
        ("england-may-2024", "2024-05", "NCDesMay24_v2.zip"),
        ("england-december-2024", "2024-12", "NCDesDecember24.zip"),
    ],
)
def test_the_zip_of_a_month_is_found(page: str, edition: str, name: str) -> None:
    file = File("NCDes", f"{STORE}/EE/504212/{name.replace(' ', '%20')}")
    pages = {f"{PAGES}/{page}": publication_page("A month", [*OTHERS, file])}
    assert names(look(FEED, edition, pages)) == [name]


def test_a_reissue_comes_after_the_first_issue() -> None:
    files = [
        File("NCDes", f"{STORE}/{number}/504212/{name}.zip")
        for number, name in (("EE", "NCDesMay24_v2"), ("EF", "NCDesMay24"))
    ]
    pages = {f"{PAGES}/england-may-2024": publication_page("A month", [*OTHERS, *files])}
    assert names(look(FEED, "2024-05", pages)) == ["NCDesMay24.zip", "NCDesMay24_v2.zip"]


def test_a_file_of_another_month_is_not_taken() -> None:
    file = File("NCDes", f"{STORE}/EE/504212/NCDesMay24.zip")
    pages = {f"{PAGES}/england-june-2024": publication_page("A month", [*OTHERS, file])}
    with pytest.raises(Exception, match="May24"):
        look(FEED, "2024-06", pages)
    with pytest.raises(NotYet):
        look(FEED, "2024-07", pages)


def test_nothing_is_looked_up_after_the_last_year() -> None:
    discovery = contracts()[FEED].discovery
    assert discovery is not None
    looked_up = {month: bool(discovery.sources_of(month)) for month in
                 ("2023-03", "2023-04", "2025-03", "2025-04")}  # fmt: skip
    assert list(looked_up.values()) == [False, True, True, False]
    [source] = discovery.sources_of("2024-11")
    assert isinstance(source, Publication)
    assert source.addresses("2024-11") == (
        f"{PAGES}/england-november-2024",
        f"{PAGES}/england-november-2024/content-copy",
    )
