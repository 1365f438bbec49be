"""Pharmacy First, the pharmaceutical list and the NHS App: from published bytes to measures."""

from datetime import date
from pathlib import Path
from typing import Any

import polars as pl
import pytest

from assets.feeds.enhanced_access.testing import build as enhanced_access
from assets.feeds.funding.testing import build as funding
from tests.support import (
    APP,
    CPCS_FEES,
    SERVICES,
    WIDE,
    all_services,
    app_workbook,
    imported,
    long_claims,
    pharmacy_list,
    referrals,
    wide_claims,
    workbook,
    write,
    zipped,
)
from warehouse.base.home import Home
from warehouse.transform.lake import TidyFacts, lake_paths
from warehouse.transform.tidy import tidy

FEB, OCTOBER = date(2024, 2, 1), date(2025, 10, 1)
CONTENT, GROUP, VALUE = "CONTENT", "CONTENT_GROUP", "VALUE"
WIDE_ORDER = [*list(SERVICES)[:7], "Urgent Medicine Supply", "Minor Illness Referral"]
SORE_THROAT = "NumberofPharmacyFirstClinicalPathwaysConsultations -AcuteSoreThroat"
NO_ROWS = pl.DataFrame(
    schema={
        "source_row": pl.UInt32,
        "rule": pl.String,
        "column_name": pl.String,
        "reason": pl.String,
    }
)


class Taken:
    """What tidying one file left behind."""

    def __init__(self, home: Home, path: Path, **said: Any) -> None:
        [outcome] = imported(home, path, **said)
        assert outcome.file is not None, outcome.message + outcome.remedy
        self.file = outcome.file
        self.facts: TidyFacts = tidy(home, self.file)
        paths = lake_paths(home, self.file)
        self.rows = pl.read_parquet(paths.tidy)
        broken = self.facts.quarantined > 0
        self.quarantine = pl.read_parquet(paths.quarantine) if broken else NO_ROWS
        self.measures = pl.read_parquet(paths.measures)
        self.organisations = pl.read_parquet(paths.organisations)

    def told(self) -> list[tuple[int, str, str]]:
        return self.quarantine.select("source_row", "rule", "reason").rows()


def taken(home: Home, name: str, content: bytes, **said: Any) -> Taken:
    return Taken(home, write(home.root.parent / name, content), **said)


def test_the_wide_era_has_a_column_per_service_and_its_month_in_the_name(home: Home) -> None:
    found = taken(home, "Dispensing Data Feb 24 v2 - CSV.csv", wide_claims())
    assert (found.file.feed, found.file.edition) == ("pharmacy_first", "2024-02")
    assert found.file.edition_basis == "file_name"
    counts = dict(found.rows.select(pl.col("service").cast(str), "consultations").iter_rows())
    assert counts == dict(zip(WIDE_ORDER, range(1, 10), strict=True))
    assert set(found.rows["month"]) == {FEB} and set(found.rows["source_row"]) == {2}
    [cell] = found.measures.to_dicts()
    assert (cell["consultations"], cell["clinical_pathways"]) == (45, 28)
    assert (cell["minor_illness"], cell["urgent_supply"]) == (9, 8)
    assert (cell["cpcs"], cell["active_pharmacies"]) == (None, 1)
    assert (found.facts.rows, found.facts.read, found.facts.quarantined) == (9, 1, 0)


@pytest.mark.parametrize(
    ("name", "edition"),
    [
        ("Dispensing Data Apr 24 - CSV.csv", "2024-04"),
        ("Dispensing%20Data%20Apr%2024%20-%20CSV.csv", "2024-04"),
        ("Dispensing Data Mar 24 - CSV - update.csv", "2024-03"),
        ("Dispensing Data June 24 \N{EN DASH} CSV.csv", "2024-06"),
        ("Dispensing Data Sept 24 CSV v2.csv", "2024-09"),
        ("dispensing_data_december_2024.csv", "2024-12"),
        ("DISPENSING_DATA_202501.csv", "2025-01"),
    ],
)
def test_irregular_names_of_the_wide_era(name: str, edition: str, home: Home) -> None:
    found = taken(home, name, wide_claims())
    assert found.file.edition == edition
    assert set(found.rows["month"].dt.strftime("%Y-%m")) == {edition}


def test_a_wide_file_without_a_month_in_its_name_needs_an_edition_argument(home: Home) -> None:
    path = write(home.root.parent / "data.csv", wide_claims())
    [outcome] = imported(home, path)
    assert outcome.verdict == "refused" and "--edition YYYY-MM" in outcome.remedy
    assert Taken(home, path, edition="2024-05").file.edition_basis == "argument"


def test_before_pharmacy_first_there_is_cpcs_and_no_zero_for_what_was_not_yet(home: Home) -> None:
    lacking = [name for name in WIDE if "PharmacyFirst" in name]
    content = wide_claims({CPCS_FEES: 12}, lacking=lacking)
    [cell] = taken(home, "Dispensing Data Jan 24 - CSV.csv", content).measures.to_dicts()
    assert cell["cpcs"] == 12
    assert cell["consultations"] is None and cell["active_pharmacies"] is None


def test_the_launch_day_is_in_no_figure(home: Home) -> None:
    content = wide_claims({CPCS_FEES: 12, SORE_THROAT: 3})
    [cell] = taken(home, "Dispensing Data Jan 24 - CSV.csv", content).measures.to_dicts()
    assert (cell["cpcs"], cell["consultations"]) == (12, None)


def test_a_blank_cell_of_the_wide_era_states_nothing_and_a_wrong_one_is_named(home: Home) -> None:
    content = wide_claims({SORE_THROAT: ""}, {"ContractorCode": "FA002", SORE_THROAT: "2.5"})
    found = taken(home, "Dispensing Data Apr 24 - CSV.csv", content)
    assert found.facts.rows == 8 + 8
    [(row, rule, reason)] = found.told()
    assert (row, rule) == (3, "count_whole") and "`2.5`" in reason
    assert found.measures.filter("unreliable")["org_code"].to_list() == ["FA002"]


def test_the_long_era_is_read_for_this_service_alone(home: Home) -> None:
    other = {CONTENT: "New Medicine Service (NMS) interventions declared"}
    money = [row | {GROUP: "Payments"} for row in all_services(VALUE="99")]
    content = long_claims(*all_services(), other, *money, {GROUP: "Prescription Count"} | other)
    found = taken(home, "DISPENSING_DATA_202510.csv", content)
    assert (found.file.edition, found.file.edition_basis) == ("2025-10", "content")
    assert found.facts.read == 9 + 1 + 9 + 1
    assert (found.facts.rows, found.facts.quarantined) == (9, 0)
    [cell] = found.measures.to_dicts()
    assert (cell["consultations"], cell["clinical_pathways"]) == (90, 70)


def test_both_eras_give_the_same_figures(home: Home, tmp_path: Path) -> None:
    wide = taken(home, "Dispensing Data Oct 25 - CSV.csv", wide_claims())
    values = dict(wide.rows.select(pl.col("service").cast(str), "consultations").iter_rows())
    rows = [{CONTENT: text, VALUE: values[service]} for service, text in SERVICES.items()]
    other = Home(tmp_path / "other")
    long = Taken(other, write(tmp_path / "x" / "long.csv", long_claims(*rows)))
    assert wide.measures.drop("rows").equals(long.measures.drop("rows"))


def test_a_new_service_of_pharmacy_first_is_quarantined_not_ignored(home: Home) -> None:
    new = "Pharmacy First Clinical Pathways Consultations - Conjunctivitis"
    found = taken(home, "x.csv", long_claims(*all_services(), {CONTENT: new}))
    [(row, rule, reason)] = found.told()
    assert (row, rule) == (11, "label_known") and "Conjunctivitis" in reason
    assert reason.endswith("list it in the feed's contract")


@pytest.mark.parametrize(
    ("name", "content"),
    [
        ("long.csv", long_claims({}, {VALUE: "x"})),
        ("Dispensing Data Apr 24 - CSV.csv", wide_claims({SORE_THROAT: "x"})),
        ("consol_pharmacy_list_202324q3.csv", pharmacy_list({"CONTRACT_TYPE": "?"}, {})),
    ],
)
def test_no_address_is_kept_not_even_in_quarantine(name: str, content: bytes, home: Home) -> None:
    found = taken(home, name, content)
    assert found.facts.quarantined == 1 and found.facts.extra_headings == []
    kept = str(found.rows.to_dicts()) + str(found.quarantine.to_dicts())
    assert "SECRET" not in kept and "LE1" not in kept


def test_a_garbled_pharmacy_code_makes_unreliable_its_icb_only(home: Home) -> None:
    there = {"CONTRACTOR_CODE": "FB001", "ICB_CODE": "QJ2"}
    found = taken(home, "x.csv", long_claims({}, there, {"CONTRACTOR_CODE": "F?"}))
    assert dict(found.measures.select("org_code", "unreliable").iter_rows()) == {
        "FA001": True,
        "FB001": False,
    }


def test_pharmacies_are_organisations_under_icb_and_local_authority(home: Home) -> None:
    found = taken(home, "long.csv", long_claims())
    seen = {row["org_level"]: row for row in found.organisations.to_dicts()}
    assert seen.keys() == {"pharmacy", "local_authority", "icb"}
    pharmacy = seen["pharmacy"]
    assert (pharmacy["org_code"], pharmacy["org_name"]) == ("FA001", "A PHARMACY")
    assert (pharmacy["icb_code"], pharmacy["local_authority"]) == ("QK1", "LEICESTER CITY")


@pytest.mark.parametrize(
    ("name", "edition"),
    [
        ("consol_pharmacy_list_202324q3.csv", "2023-12"),
        ("CONSOL_PHARMACY_LIST_202425Q4.csv", "2025-03"),
        ("Consolidated Pharmaceutical List 2024-25 Quarter 1.csv", "2024-06"),
        ("Consolidated Pharmaceutical List - 2024/25 Q2.csv".replace("/", "-"), "2024-09"),
        ("pharmacy_list_2025-06.csv", "2025-06"),
    ],
)
def test_the_list_is_dated_by_the_end_of_its_quarter(name: str, edition: str, home: Home) -> None:
    found = taken(home, name, pharmacy_list({}, {"PHARMACY_ODS_CODE_(F-CODE)": "FA002",
                                                 "CONTRACT_TYPE": "DAC"}))  # fmt: skip
    assert found.file.edition == edition
    assert dict(found.measures.select("org_code", "listed_pharmacies").iter_rows()) == {
        "FA001": 1,
        "FA002": 0,
    }


def test_headings_of_the_list_were_respelt(home: Home) -> None:
    content = pharmacy_list().replace(b"PHARMACY_ODS_CODE_(F-CODE)", b"PHARMACY_ODS_CODE_F_CODE")
    content = content.replace(b"ADDRESS_FIELD1", b"ADDRESS_FIELD_1")
    found = taken(home, "consol_pharmacy_list_202425q4.csv", content)
    assert found.facts.extra_headings == [] and found.measures.height == 1


def test_the_app_workbook_is_read_by_its_words(home: Home) -> None:
    rows = [{"Month": "2025-09-01"}, {}, {"ICB ODS Code [1,2]": "Unknown"}]
    found = taken(home, "app.xlsx", app_workbook(*rows))
    assert (found.file.feed, found.file.edition, found.file.rows) == ("nhs_app", "2025-10", 3)
    assert (found.file.sheet, found.file.header_row) == ("Table 2", 3)
    assert found.rows["source_row"].to_list() == [4, 5, 6]
    assert found.facts.quarantined == 0 and found.facts.extra_headings == []
    cells = found.measures.select("org_code", "month", "logins", "unique_users").rows()
    assert ("Unknown", OCTOBER, 1000, 200) in cells and len(cells) == 3


def test_any_decoration_of_a_workbook_is_taken(home: Home) -> None:
    """Other sheet names, a table further down and to the right, other footnote marks, a blank row
    and a total below."""
    headings = [name.replace("[1,2]", "[3]\n").upper() for name in APP]
    body = list(APP.values())
    blank: list[object] = []
    sheets = {
        "Notes": [["Read me"]],
        "ICB (new)": [
            *[["A title"]] * 8,
            ["", "", *headings],
            ["", "", *body],
            blank,
            ["", "", body[0], "QJG", *body[2:]],
            ["", "", body[0], "England", "", "", "", 2000, 400],
            ["", "", "Note: a remark"],
        ],
    }
    found = taken(home, "other.xlsx", workbook(sheets))
    assert (found.file.sheet, found.file.header_row) == ("ICB (new)", 9)
    assert found.rows.select("source_row", "icb_code").rows() == [(10, "QK1"), (12, "QJG")]
    [(row, rule, reason)] = found.told()
    assert (row, rule) == (13, "total_row") and "England" in reason
    assert not found.measures["unreliable"].any()


def test_later_measures_of_the_app_are_taken_by_contract(home: Home) -> None:
    headings = [*APP, "NHS App prescription orders [4]", "NHS App unique user logins in 12 months"]
    row = list(APP.values())
    sheets = {"T": [headings, [*row, 50, 900], [row[0], "QJG", *row[2:], "[x]", "[x]"]]}
    found = taken(home, "later.xlsx", workbook(sheets))
    wanted = ["org_code", "prescription_orders", "unique_users_12_months", "registrations"]
    assert found.measures.select(wanted).rows() == [
        ("QJG", None, None, None),
        ("QK1", 50, 900, None),
    ]
    assert found.facts.quarantined == 0 and found.facts.extra_headings == []


def test_a_workbook_in_a_zip_is_taken(home: Home, tmp_path: Path) -> None:
    path = zipped(tmp_path / "release.zip", {"NHS App - Oct 2025.xlsx": app_workbook()})
    found = Taken(home, path)
    assert (found.file.member, found.file.feed) == ("NHS App - Oct 2025.xlsx", "nhs_app")
    assert found.measures.height == 1


def test_a_local_return_may_be_a_workbook(home: Home) -> None:
    text = referrals({}, {"Practice code": "C82002"}).decode().splitlines()
    found = taken(home, "return.xlsx", workbook({"Sheet1": [line.split(",") for line in text]}))
    assert found.file.feed == "pharmacy_first_referrals"
    assert found.measures["org_code"].to_list() == ["C82001", "C82002"]


MISTAKES = [
    (
        {"Month": "Autumn 2025"},
        "month_readable",
        "Month: found `Autumn 2025`, expected the first of a month, like 2025-11",
    ),
    ({"Month": "10/01/2025"}, "month_readable", "it may be an American date"),
    ({"Month": "2025-10-15"}, "month_readable", "`2025-10-15`"),
    ({"Month": "25-Oct"}, "month_not_mangled", "format the column as text"),
    ({"Month": "45931"}, "month_not_mangled", "found `45931`"),
    ({"Month": "01/10/2025 00:00"}, "month_not_mangled", "format the column as text"),
    ({"Month": "#######"}, "month_not_mangled", "format the column as text"),
    ({"Month": ""}, "value_present", "Month: found nothing, expected a value"),
    ({"Practice code": "82001"}, "code_pattern", "Practice code: found `82001`"),
    ({"Referrals sent": "-3"}, "count_not_negative", "found `-3`, expected zero or more"),
    ({"Referrals sent": "2.5"}, "count_whole", "found `2.5`, expected a whole number"),
    ({"Referrals sent": "about ten"}, "count_whole", "found `about ten`"),
    ({"Referrals completed": "some"}, "count_whole", "Referrals completed: found `some`"),
    ({"Referring channel": ""}, "value_present", "Referring channel: found nothing"),
    ({"Month": "Total", "Practice code": ""}, "total_row", "leave them out of the file"),
    ({"Practice code": "Grand total:"}, "total_row", "found `Grand total:`"),
    ({"Month": "", "Practice code": "", "Referring channel": "TOTAL"}, "total_row", "`TOTAL`"),
    ({"Month": "", "Practice code": "", "Referring channel": ""}, "total_row", "not a total"),
]


@pytest.mark.parametrize(("mistake", "rule", "words"), MISTAKES)
def test_each_mistake_of_a_local_return_has_its_own_message(
    mistake: dict[str, object], rule: str, words: str, home: Home
) -> None:
    found = taken(home, "return.csv", referrals({}, {"Practice code": "C82002"}, mistake))
    [(row, broken, reason)] = found.told()
    assert (row, broken) == (4, rule)
    assert words in reason


def test_a_total_takes_nothing_from_the_rows_above_it(home: Home) -> None:
    found = taken(home, "return.csv", referrals({}, {"Month": "Total", "Practice code": ""}))
    assert not found.measures["unreliable"].any()


def test_a_completion_that_is_not_known_is_not_zero(home: Home) -> None:
    other = {"Referring channel": "NHSmail", "Referrals completed": ""}
    [cell] = taken(home, "return.csv", referrals({}, other)).measures.to_dicts()
    assert (cell["referrals"], cell["referrals_completed"]) == (20, None)


def test_the_real_workbooks(home: Home, real_feeds: Path) -> None:
    for path in sorted((real_feeds / "nhs_app").glob("*.xlsx")):
        found = Taken(home, path)
        months = found.measures["month"].n_unique()
        assert found.measures.height == 43 * months == found.file.rows
        assert found.facts.quarantined == 0 and found.facts.extra_headings == []
    july = found.measures.filter(month=date(2025, 7, 1), org_code="QK1")
    assert july.select("logins", "unique_users").rows() == [(961_793, 222_290)]


def test_the_real_list(home: Home, real_feeds: Path) -> None:
    found = Taken(home, real_feeds / "pharmacy_list" / "consol_pharmacy_list_202324q3.csv")
    city = found.rows.filter(local_authority_name="LEICESTER CITY")
    assert (found.file.edition, city.height) == ("2023-12", 81)
    assert found.facts.quarantined == 0 and found.facts.extra_headings == []


def test_a_provider_in_two_places_is_two_and_a_lost_row_is_of_one(home: Home) -> None:
    rows = [
        {},
        {"Sub-ICB code": "04V"},
        {"Provider code": "ABD"},
        {"Provider code": "ABD", "PCN code": "U12345", "Appointments offered": "some"},
    ]
    found = taken(home, "hubs.csv", enhanced_access(*rows))
    assert dict(found.measures.select("org_code", "unreliable").iter_rows()) == {
        "ABC-04C": False,
        "ABC-04V": False,
        "ABD-04C": True,
    }
    places = found.organisations.select("org_code", "sub_icb_code").rows()
    assert sorted(places) == [("ABC-04C", "04C"), ("ABC-04V", "04V"), ("ABD-04C", "04C")]


def test_practices_and_networks_of_one_return_are_read_apart(home: Home) -> None:
    rows = [{}, {"Organisation code": "u12345", "Scheme": "CAIP"}, {"Organisation code": "U123"}]
    path = write(home.root.parent / "paid.csv", funding(*rows))
    files = {one.file.feed: one.file for one in imported(home, path) if one.file}
    read = {feed: tidy(home, file) for feed, file in files.items()}
    assert {feed: (one.rows, one.quarantined) for feed, one in read.items()} == {
        "funding": (1, 0),
        "funding_networks": (1, 1),
        "funding_networks_icb": (1, 1),
    }
