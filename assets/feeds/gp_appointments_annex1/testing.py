"""Hand-made tables of Annex 1, for tests: appointments and patients."""

from __future__ import annotations

from assets.feeds.testing import Row, table

PLACE: dict[str, object] = {
    "month_appointment_month_start_date": "Oct-2025",
    "gp_code_gp_code": "C82001",
    "gp_name_gp_name": "A SURGERY",
    "supplier_supplier": "TPP",
    "pcn_code_pcn_code": "U12345",
    "pcn_name_pcn_name": "A PCN",
    "sub_icb_location_code_sub_icb_location_code": "04C",
    "sub_icb_location_name_sub_icb_location_name": "NHS LEICESTER - 04C",
}
TOTALS: dict[str, object] = {
    "month_appointment_month": "Oct-2025",
    **{name: value for name, value in PLACE.items() if not name.startswith("month")},
    "appointments_appointments": 10,
    "list_size_list_size": 1000,
    "appointments_per_1_000_patients_appointments_per_1000_patients": 10.0,
}


def totals(*rows: Row) -> bytes:
    """Table 1."""
    return table(TOTALS, rows, end="\n")


build = totals
