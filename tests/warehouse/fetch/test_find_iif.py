"""Finding the file of a financial year on its page."""

import pytest

from tests.fetch_pages import File, publication_page
from tests.warehouse.fetch.support_find import SERIES, STORE, look, names
from warehouse.contract.model import contracts

PAGE = f"{SERIES}/mi-network-contract-des/2023-24-iif"
NAMES = ("IIF_indicators_annual_pub_2023_24.csv", "IIF_indicators_annual_pub_2023_24_v2.csv")
OTHERS = (
    File("Data dictionary", f"{STORE}/00/000001/IIF_Data_Dictionary_23_24.xlsx"),
    File("Indicators of the year before", f"{STORE}/00/000002/IIF_indicators_2022_23.csv"),
)


@pytest.mark.parametrize("name", NAMES)
def test_the_file_of_the_year_is_found_among_the_others(name: str) -> None:
    page = publication_page("A year", [*OTHERS, File("Indicators", f"{STORE}/C3/0F8B0D/{name}")])
    assert names(look("iif", "2024-03", {PAGE: page})) == [name]


def test_no_later_year_is_looked_up() -> None:
    discovery = contracts()["iif"].discovery
    assert discovery is not None
    assert [bool(discovery.sources_of(f"{year}-03")) for year in (2023, 2024, 2025)] == [
        False,
        True,
        False,
    ]
