"""Synthetic dispensing contractors' data: a wide CSV per month to November 2024, then long ones,
with the publisher's odd headings and file names, and CPCS and Pharmacy First side by side. The
first long ones have no pharmaceutical committees; one contractor has no board. One long month is
issued twice, the second time with late claims."""

import os
from collections.abc import Iterator
from datetime import UTC, date, datetime
from pathlib import Path

from assets.sample.pharmacies import (
    CPCS,
    FIRST_CLAIMS,
    PATHWAYS,
    REISSUED,
    Claims,
    Dispensing,
    Pharmacy,
    claims,
    dispensing,
    trading,
)
from assets.sample.world import World
from assets.sample.writer import MONTH_NAMES, rows_bytes
from warehouse.base.months import month_text

LONG_ERA = date(2024, 12, 1)
SAVED_FIRST = datetime(2025, 6, 1, tzinfo=UTC)  # files are ordered by when they were saved
ODD_NAMES = {
    date(2024, 1, 1): "Dispensing Data Jan 24 - CSV v2.csv",
    date(2024, 2, 1): "Dispensing Data Feb 24 v2 - CSV.csv",
    date(2024, 3, 1): "Dispensing Data Mar 24 - CSV - update.csv",
    date(2024, 7, 1): "Dispensing Data July 24 \u2013 CSV.csv",
}
TYPES = {"DAC": "Appliance"}
COMMITTEES = date(2025, 2, 1)  # the first long file with columns of pharmaceutical committees
LPC = ("LPC_CODE", "LPC_NAME")
NO_BOARD = "ZE045"  # its long rows name no health and wellbeing board; the list does

# The 45 headings of November 2023 to July 2024, three of them blank.
WIDE = (
    "ICBCode", "ICB", "Contractor Type", "ContractorCode", "ContractorName", "Address", "", "", "",
    "Postcode",
)  # fmt: skip
FEES = "NumberofPrescriptions(ProfessionalFees)"
PHARMACY = "NumberofCommunityPharmacy"
# Heading -> what the sample has of it; nothing is zero.
OTHERS = {
    "NumberofForms": "forms",
    "NumberofItems": "items",
    "TotalnumberofPrescriptions(ProfessionalFees)": "items",
    f"{FEES}(Standarddiscountrate)": "items",
    f"{FEES}(Zerodiscountrate)": "",
    "NumberofformsforElectronicPrescriptionService(EPS)": "forms",
    "NumberofItemsprocessedviaElectronicPrescriptionService(EPS)": "electronic",
    "NumberofMedicineUseReviews(MURs)declared": "",
    "NumberofNewMedicineService(NMS)interventionsdeclared": "new_medicines",
    "NumberofApplianceUseReviews(AURs)conductedinusershomes": "",
    "NumberofApplianceUseReviews(AURs)conductedatpremises": "",
    "NumberofStomaCustomisationFees": "",
    "NumberofCOVID19HomeDeliveryFees": "",
}
AFTER_CPCS = {
    f"{PHARMACY}HepatitisCAntibodyTestingServiceFees": "",
    f"{PHARMACY}CompletedTransactionsforCovid-19LateralFlowDeviceDistributionService": "",
    f"{PHARMACY}ClinicBloodPressurechecks": "blood_pressure",
    f"{PHARMACY}AmbulatoryBloodPressureMonitoring(ABPM)": "",
    f"{PHARMACY}SmokingCessationConsultations": "",
    "NumberofCompleteDischargeMedicinesServices": "",
    "NumberofIncompleteDischargeMedicinesServices": "",
    "NumberofSeriousShortageProtocol(SSP)Fees": "",
    "NumberofInfluenzaAdministeredFees": "vaccinations",
    f"{PHARMACY}ContraceptiveOngoingConsultations": "contraception",
    f"{PHARMACY}ContraceptiveInitiationConsultations": "",
    "NumberofLateralFlowDevice(LFD)TestSupplyServiceFees": "",
}
PATHWAY, FIRST = "NumberofPharmacyFirstClinicalPathwaysConsultations", "NumberofPharmacyFirst"
WIDE_SERVICES = {
    "Acute Otitis Media": f"{PATHWAY}-AcuteOtitisMedia",
    "Acute Sore Throat": f"{PATHWAY} -AcuteSoreThroat",  # with a stray space, as published
    "Impetigo": f"{PATHWAY}-Impetigo",
    "Infected Insect Bites": f"{PATHWAY}-InfectedInsectBites",
    "Shingles": f"{PATHWAY}-Shingles",
    "Sinusitis": f"{PATHWAY}-Sinusitis",
    "Uncomplicated UTI": f"{PATHWAY}-UncomplicatedUTI",
    "Urgent Medicine Supply": f"{FIRST}UrgentMedicineSupplyConsultations",
    "Minor Illness Referral": f"{FIRST}MinorIllnessReferralConsultations",
}
WIDE_CPCS = {CPCS: "NumberofCommunityPharmacistConsultationService(CPCS)Fees"}

LONG = (
    "YEAR_MONTH", "ICB_CODE", "ICB_NAME", "HWB_CODE", "HWB_NAME", "LPC_CODE", "LPC_NAME",
    "PHARMACY_ACCOUNT_TYPE", "CONTRACTOR_CODE", "CONTRACTOR_NAME", "ADDRESS_1", "ADDRESS_2",
    "ADDRESS_3", "ADDRESS_4", "POSTCODE", "CONTENT_GROUP", "CONTENT", "VALUE",
)  # fmt: skip
COUNTED, ADVANCED = "Prescription Count", "Advanced Services"
LONG_BEFORE = (
    (COUNTED, "Forms", "forms"),
    (COUNTED, "Items", "items"),
    (COUNTED, "Items processed via Electronic Prescription Service (EPS)", "electronic"),
    (ADVANCED, "New Medicine Service (NMS) interventions declared", "new_medicines"),
    (ADVANCED, "Blood Pressure Clinic Checks", "blood_pressure"),
)
LONG_SERVICES = {
    **{name: f"Pharmacy First Clinical Pathways Consultations - {name}" for name in PATHWAYS},
    "Minor Illness Referral": "Pharmacy First Minor Illness Referral Consultations",
    "Urgent Medicine Supply": "Pharmacy First Urgent Medicine Supply Consultations",
}
LONG_AFTER = (
    (ADVANCED, "Community Pharmacy Contraceptive Ongoing Consultations", "contraception"),
    (ADVANCED, "Community Pharmacy Adult Influenza Administered Fees", "vaccinations"),
)


def write(world: World, out: Path) -> list[Path]:
    """Write one file per month of the window, and the re-issue."""
    written: list[Path] = []
    for month in world.months_since(FIRST_CLAIMS):
        if month < LONG_ERA:
            written.append(_write_wide(world.seed, out, month))
        elif month == REISSUED:
            name = f"DISPENSING_DATA_{month:%Y%m}"
            written.append(_write_long(world.seed, out / f"{name}.csv", month, first_issue=True))
            written.append(_write_long(world.seed, out / f"{name}_REISSUED.csv", month))
            os.utime(written[-2], (SAVED_FIRST.timestamp(), SAVED_FIRST.timestamp()))
        else:
            path = out / f"DISPENSING_DATA_{month:%Y%m}.csv"
            written.append(_write_long(world.seed, path, month))
    return written


def _write_wide(seed: int, out: Path, month: date) -> Path:
    claimed, other = claims(seed, month), dispensing(seed, month)

    def counted(pharmacy: Pharmacy) -> Iterator[int]:
        mine, figures = claimed.get(pharmacy.code, {}), other[pharmacy.code]
        yield from (getattr(figures, field, 0) for field in OTHERS.values())
        yield from (mine.get(service, 0) for service in WIDE_CPCS)
        yield from (getattr(figures, field, 0) for field in AFTER_CPCS.values())
        yield from (mine.get(service, 0) for service in WIDE_SERVICES)

    rows = [
        (
            *(p.board.icb, p.board.icb_name, _type(p), p.code, p.name, *p.address, p.postcode),
            *counted(p),
        )
        for p in trading(seed, month)
    ]
    usual = f"Dispensing Data {MONTH_NAMES[month.month - 1]} {month:%y} - CSV.csv"
    path = out / ODD_NAMES.get(month, usual)
    headings = (*WIDE, *OTHERS, *WIDE_CPCS.values(), *AFTER_CPCS, *WIDE_SERVICES.values())
    path.write_bytes(rows_bytes(headings, rows))
    return path


def _write_long(seed: int, path: Path, month: date, first_issue: bool = False) -> Path:
    claimed = claims(seed, month, first_issue)
    other = dispensing(seed, month)
    kept = [n for n, heading in enumerate(LONG) if month >= COMMITTEES or heading not in LPC]
    rows = (
        tuple(row[n] for n in kept)
        for pharmacy in trading(seed, month)
        for who in [_contractor(pharmacy, month)]
        for content in _contents(pharmacy, claimed, other[pharmacy.code])
        for row in [(*who, *content)]
    )
    headings = [LONG[n] for n in kept]
    path.write_bytes(rows_bytes(headings, rows, line_end="\n", encoding="utf-8-sig"))
    return path


def _contents(
    pharmacy: Pharmacy, claimed: Claims, other: Dispensing
) -> Iterator[tuple[str, str, int]]:
    """Yield group, content and value of a contractor's rows, without zeros."""
    before = [(group, text, getattr(other, field)) for group, text, field in LONG_BEFORE]
    mine = claimed.get(pharmacy.code, {})
    first = [(ADVANCED, text, mine.get(service, 0)) for service, text in LONG_SERVICES.items()]
    after = [(group, text, getattr(other, field)) for group, text, field in LONG_AFTER]
    yield from (row for row in (*before, *first, *after) if row[2])


def _contractor(pharmacy: Pharmacy, month: date) -> tuple[str, ...]:
    board = pharmacy.board
    where = ("", "") if pharmacy.code == NO_BOARD else (board.code, board.name)
    return (
        *(month_text(month), board.icb, board.icb_name, *where),
        *(board.committee_code, board.committee, _type(pharmacy), pharmacy.code, pharmacy.name),
        *(*pharmacy.address, pharmacy.postcode),
    )


def _type(pharmacy: Pharmacy) -> str:
    return TYPES.get(pharmacy.contract, "Pharmacy")
