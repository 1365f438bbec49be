"""Dispensing contractors' data in every layout: what is read, what is refused."""

import csv
import io
import json
from collections.abc import Sequence
from pathlib import Path

import pytest

from assets.feeds.pharmacy_first import sample
from assets.feeds.pharmacy_first.testing import AGAIN, LONG, SERVICES, claims_again, long_claims
from tests.support import CPCS_FEES, imported, wide_claims, write
from tests.warehouse.transform.test_tidy_access import taken
from warehouse.base.home import Home

# Headings of the first month of each layout, as published. Blanks follow `Address`.
BLANKS = ("Address", "", "", "", "Postcode")
SPACED = (
    "Area Team Code", "Area Team ", "Contractor Code", "Contractor Name", *BLANKS,
    "Number of Forms", "Number of Items", "Number of Stoma Customisation fees",
)  # fmt: skip
AREA = (
    "AreaCode", "Area ", "Contractor Type", "ContractorCode", "ContractorName", *BLANKS,
    "NumberofForms", "NumberofItems", "NumberofStomaCustomisationFees",
)  # fmt: skip
STP = ("STPCode", "STP ", *AREA[2:], "NumberofCOVID19HomeDeliveryFees")
WHOLE_WIDE = (
    *sample.WIDE, *sample.OTHERS, *sample.WIDE_CPCS.values(), *sample.AFTER_CPCS,
    *sample.WIDE_SERVICES.values(),
)  # fmt: skip


def a_file(headings: Sequence[str], **values: object) -> bytes:
    """One contractor under any headings: text where it is a text, else 5."""
    texts = {"code": "QK1", "stp": "LLR", "area": "LLR", "ICBCode": "QK1"}

    def cell(heading: str) -> object:
        plain = heading.replace(" ", "").replace("_", "").casefold()
        if "contractorcode" in plain:
            return " FA001 "
        text = next((text for part, text in texts.items() if part in plain), "a text")
        return values.get(heading, 5 if plain.startswith("number") else text)

    out = io.StringIO()
    csv.writer(out).writerows([headings, [cell(heading) for heading in headings]])
    return out.getvalue().encode("cp1252")


@pytest.mark.parametrize("headings", [SPACED, AREA, STP])
def test_a_month_before_the_services_is_refused_in_plain_words(
    headings: Sequence[str], home: Home, tmp_path: Path
) -> None:
    path = write(tmp_path / "Dispensing Data Apr 20 \N{EN DASH} CSV.csv", a_file(headings))
    [outcome] = imported(home, path)
    assert outcome.verdict == "refused"
    assert "without columns for Pharmacy First" in outcome.message and "CPCS" in outcome.message
    assert "2014 to September 2020" in outcome.remedy and "contract.yaml" in outcome.remedy


def test_every_heading_that_was_published_is_refused_or_read(home: Home, real_more: Path) -> None:
    """Each of 78 months of 2014 to 2020, as it was headed."""
    found = real_more / "pharmacy_first" / "wide_era_headers_2014_2020.json"
    months = json.loads(found.read_text())
    assert len(months) == 78
    layouts = {tuple(month["columns"]): month["original_filename"] for month in months.values()}
    for headings, name in layouts.items():
        shown = ["" if one.startswith("Unnamed") else one for one in headings]
        [outcome] = imported(home, write(home.root.parent / name, a_file(shown)))
        assert "without columns for Pharmacy First" in outcome.message, name


def test_cpcs_of_the_time_of_stps_is_read(home: Home) -> None:
    """STPs had the codes that their ICBs have."""
    content = a_file((*STP, CPCS_FEES))
    found = taken(home, "Dispensing Data Nov 20 - CSV.csv", content)
    [cell] = found.measures.to_dicts()
    assert (cell["org_code"], cell["cpcs"], cell["consultations"]) == ("FA001", 5, None)
    assert found.rows["icb_code"].to_list() == ["QK1"]


def test_an_area_team_is_not_taken_for_an_icb(home: Home) -> None:
    content = claims_again({}, {"CONTRACTOR_CODE": "FA002", "AREA_TEAM_CODE": "Q55"})
    found = taken(home, "x.csv", content)
    assert {rule for _, rule, _ in found.told()} == {"code_pattern"}
    assert set(found.rows["pharmacy_code"]) == {"FA001"}


@pytest.mark.parametrize("month", ["Nov 23", "Jan 24"])
def test_both_services_stand_side_by_side_before_the_launch(month: str, home: Home) -> None:
    zeros = dict.fromkeys(sample.WIDE_SERVICES.values(), 0)
    content = a_file(WHOLE_WIDE, **{**zeros, CPCS_FEES: 12})
    [cell] = taken(home, f"Dispensing Data {month} - CSV.csv", content).measures.to_dicts()
    assert (cell["cpcs"], cell["consultations"], cell["active_pharmacies"]) == (12, None, None)


def test_from_the_launch_on_only_pharmacy_first_counts(home: Home) -> None:
    content = a_file(WHOLE_WIDE, **{CPCS_FEES: 3})
    [cell] = taken(home, "Dispensing Data Feb 24 v2 - CSV.csv", content).measures.to_dicts()
    assert (cell["cpcs"], cell["consultations"], cell["clinical_pathways"]) == (None, 45, 35)


def test_columns_are_found_by_name_in_any_order(home: Home) -> None:
    values = {heading: n for n, heading in enumerate(sample.WIDE_SERVICES.values(), 1)}
    forth = taken(home, "Dispensing Data Mar 24.csv", a_file(WHOLE_WIDE, **values))
    back = taken(home, "Dispensing Data Apr 24.csv", a_file(WHOLE_WIDE[::-1], **values))
    counted = ["consultations", "clinical_pathways", "minor_illness", "urgent_supply"]
    assert forth.measures.select(counted).rows() == back.measures.select(counted).rows()
    assert forth.measures.select(counted).rows() == [(45, 28, 9, 8)]


def test_a_month_issued_again_in_capitals_is_read_by_its_words(home: Home) -> None:
    found = taken(home, "again.csv", claims_again())
    assert (found.file.edition, found.file.edition_basis) == ("2024-02", "content")
    [cell] = found.measures.to_dicts()
    assert (cell["consultations"], cell["clinical_pathways"]) == (45, 28)
    assert (cell["minor_illness"], cell["urgent_supply"]) == (9, 8)
    whole = taken(home, "Dispensing Data Feb 24 - CSV.csv", wide_claims())
    same = ["org_code", "month", "consultations", "clinical_pathways", "active_pharmacies"]
    assert found.measures.select(same).equals(whole.measures.select(same))


def test_a_month_issued_again_without_the_services_is_refused(home: Home, tmp_path: Path) -> None:
    lacking = [name for name in AGAIN if "PHARMACY_FIRST" in name or "CPCS" in name]
    [outcome] = imported(home, write(tmp_path / "a.csv", claims_again(lacking=lacking)))
    assert "without columns for Pharmacy First" in outcome.message


def test_two_headings_of_one_service_are_refused(home: Home, tmp_path: Path) -> None:
    both = claims_again().replace(b"CPCS_FEES", b"PHARMACY_FIRST_IMPETIGO_CONSULTATIONS", 1)
    [outcome] = imported(home, write(tmp_path / "a.csv", both))
    assert "Two headings for one column: `PHARMACY_FIRST_IMPETIGO" in outcome.message


def test_money_and_new_services_are_no_consultations(home: Home) -> None:
    content = claims_again().replace(b"CPCS_FEES", b"PHARMACY_FIRST_SHINGLES_PAYMENT_GBP", 1)
    found = taken(home, "a.csv", content)
    assert found.measures["consultations"].to_list() == [45]
    assert found.facts.extra_headings == ["PHARMACY_FIRST_SHINGLES_PAYMENT_GBP"]


def test_long_files_without_committees_are_read(home: Home) -> None:
    early = {name: value for name, value in LONG.items() if not name.startswith("LPC")}
    rows = [early | {"CONTENT": content} for content in SERVICES.values()]
    out = io.StringIO()
    writer = csv.DictWriter(out, list(early))
    writer.writeheader()
    writer.writerows(rows)
    found = taken(home, "DISPENSING_DATA_202504.csv", out.getvalue().encode("utf-8-sig"))
    assert found.measures["consultations"].to_list() == [90]
    later = taken(home, "later.csv", long_claims(*({"CONTENT": c} for c in SERVICES.values())))
    assert found.measures.drop("digest").equals(later.measures.drop("digest"))


def test_stray_spaces_and_appliance_contractors_do_no_harm(home: Home) -> None:
    stray = {"CONTRACTOR_CODE": " FA001", "ICB_CODE": "QK1 ", "HWB_NAME": "LEICESTER CITY "}
    other = {"CONTRACTOR_CODE": "FA009", "PHARMACY_ACCOUNT_TYPE": "Appliance", "VALUE": 0}
    content = long_claims(stray | {"PHARMACY_ACCOUNT_TYPE": "Pharmacy "}, other)
    found = taken(home, "x.csv", content)
    assert set(found.rows["icb_code"]) == {"QK1"}
    assert found.measures["active_pharmacies"].to_list() == [1, 0]
