"""Hand-made claims of dispensing contractors, long and wide, for tests."""

from __future__ import annotations

from collections.abc import Iterable

from assets.feeds.testing import BOM, Row, table

LONG: dict[str, object] = {
    "YEAR_MONTH": "2025-10",
    "ICB_CODE": "QK1",
    "ICB_NAME": "NHS LEICESTER, LEICESTERSHIRE AND RUTLAND INTEGRATED CARE BOARD",
    "HWB_CODE": "E06000016",
    "HWB_NAME": "LEICESTER CITY",
    "LPC_CODE": "L01",
    "LPC_NAME": "AN LPC",
    "PHARMACY_ACCOUNT_TYPE": "Pharmacy",
    "CONTRACTOR_CODE": "FA001",
    "CONTRACTOR_NAME": "A PHARMACY",
    "ADDRESS_1": "1 SECRET STREET",
    "ADDRESS_2": "",
    "ADDRESS_3": "LEICESTER",
    "ADDRESS_4": "",
    "POSTCODE": "LE1 1AA",
    "CONTENT_GROUP": "Advanced Services",
    "CONTENT": "Pharmacy First Clinical Pathways Consultations - Sinusitis",
    "VALUE": 10,
}

SERVICES = {
    "Acute Otitis Media": "Pharmacy First Clinical Pathways Consultations - Acute Otitis Media",
    "Acute Sore Throat": "Pharmacy First Clinical Pathways Consultations - Acute Sore Throat",
    "Impetigo": "Pharmacy First Clinical Pathways Consultations - Impetigo",
    "Infected Insect Bites": "Pharmacy First Clinical Pathways Consultations - "
    "Infected Insect Bites",
    "Shingles": "Pharmacy First Clinical Pathways Consultations - Shingles",
    "Sinusitis": "Pharmacy First Clinical Pathways Consultations - Sinusitis",
    "Uncomplicated UTI": "Pharmacy First Clinical Pathways Consultations - Uncomplicated UTI",
    "Minor Illness Referral": "Pharmacy First Minor Illness Referral Consultations",
    "Urgent Medicine Supply": "Pharmacy First Urgent Medicine Supply Consultations",
}

WIDE: dict[str, object] = {
    "ICBCode": "QK1",
    "ICB": "NHS LEICESTER, LEICESTERSHIRE AND RUTLAND INTEGRATED CARE BOARD",
    "Contractor Type": "Pharmacy",
    "ContractorCode": "FA001",
    "ContractorName": "A PHARMACY",
    "Address": "1 SECRET STREET",
    " ": "",
    "  ": "LEICESTER",
    "   ": "",
    "Postcode": "LE1 1AA",
    "NumberofItems": 900,
    "NumberofCommunityPharmacistConsultationService(CPCS)Fees": "",
    "NumberofPharmacyFirstClinicalPathwaysConsultations-AcuteOtitisMedia": 1,
    "NumberofPharmacyFirstClinicalPathwaysConsultations -AcuteSoreThroat": 2,
    "NumberofPharmacyFirstClinicalPathwaysConsultations-Impetigo": 3,
    "NumberofPharmacyFirstClinicalPathwaysConsultations-InfectedInsectBites": 4,
    "NumberofPharmacyFirstClinicalPathwaysConsultations-Shingles": 5,
    "NumberofPharmacyFirstClinicalPathwaysConsultations-Sinusitis": 6,
    "NumberofPharmacyFirstClinicalPathwaysConsultations-UncomplicatedUTI": 7,
    "NumberofPharmacyFirstUrgentMedicineSupplyConsultations": 8,
    "NumberofPharmacyFirstMinorIllnessReferralConsultations": 9,
}

# Months of the wide era as they were issued again: with a month, in capitals. Headings of services
# were never seen.
AGAIN: dict[str, object] = {
    "YEAR_MONTH": "202402",
    "AREA_TEAM_CODE": "QK1",
    "AREA_TEAM_NAME": "LEICESTER, LEICESTERSHIRE AND RUTLAND",
    "CONTRACTOR_TYPE": "Pharmacy",
    "CONTRACTOR_CODE": "FA001",
    "CONTRACTOR_NAME": "A PHARMACY",
    "ADDRESS_1": "1 SECRET STREET",
    "POSTCODE": "LE1 1AA",
    "FORMS": 500,
    "ITEMS": 900,
    "CPCS_FEES": 0,
    "PHARMACY_FIRST_CLINICAL_PATHWAYS_ACUTE_OTITIS_MEDIA": 1,
    "PHARMACY_FIRST_CLINICAL_PATHWAYS_ACUTE_SORE_THROAT": 2,
    "PHARMACY_FIRST_CLINICAL_PATHWAYS_IMPETIGO": 3,
    "PHARMACY_FIRST_CLINICAL_PATHWAYS_INFECTED_INSECT_BITES": 4,
    "PHARMACY_FIRST_CLINICAL_PATHWAYS_SHINGLES": 5,
    "PHARMACY_FIRST_CLINICAL_PATHWAYS_SINUSITIS": 6,
    "PHARMACY_FIRST_CLINICAL_PATHWAYS_UNCOMPLICATED_UTI": 7,
    "PHARMACY_FIRST_URGENT_MEDICINE_SUPPLY": 8,
    "PHARMACY_FIRST_MINOR_ILLNESS_REFERRAL": 9,
}

CPCS_FEES = "NumberofCommunityPharmacistConsultationService(CPCS)Fees"


def long_claims(*rows: Row) -> bytes:
    """Dispensing contractors' data of today: a row per pharmacy and content, with a BOM."""
    return BOM + table(LONG, rows)


def all_services(**of: object) -> list[dict[str, object]]:
    """Rows of `long_claims` for the nine services of a pharmacy, other values as given."""
    return [{"CONTENT": content, **of} for content in SERVICES.values()]


def wide_claims(*rows: Row, lacking: Iterable[str] = ()) -> bytes:
    """Dispensing contractors' data of the wide era; three columns of the address have no name."""
    kept = {name: value for name, value in WIDE.items() if name not in set(lacking)}
    return table(kept, rows, [name.strip() for name in kept])


def claims_again(*rows: Row, lacking: Iterable[str] = ()) -> bytes:
    """A month of the wide era as it was issued again: wide, and told by having no content group."""
    kept = {name: value for name, value in AGAIN.items() if name not in set(lacking)}
    return table(kept, rows)


def build(*rows: Row) -> bytes:
    """Claims of a month: all services of one pharmacy, unless rows are given."""
    return long_claims(*(rows or all_services()))
