"""Roles, teams and bodies are told from persons' names."""

import pytest

from warehouse.plan.roles import NO_ROLE, PERSON, not_a_role

ROLES = """
Head of primary care
Head of Primary Care Transformation
Head of primary care, city
Director of integration
Deputy Director of Primary Care (acting)
Chief Medical Officer
Workforce lead
PCN Clinical Director
Practice manager
Clinical lead - respiratory
LLR Digital Team
Primary Care Commissioning Committee
Strategic commissioning group
ICB Board
UHL
NHS England regional team
Community Pharmacy Leicestershire (LPC)
Head of Digital & IT
SRO for telephony
GP partner
Locality manager for Charnwood
Programme manager, Hinckley and Bosworth
Oadby & Wigston PCN manager
Associate director: access and urgent care
Practices
Care co-ordinators
MLCSU business intelligence analysts
Head of Nursing/AHPs
Plan manager
ICB-wide programme office
Frailty lead
Healthwatch Rutland
Trust's medical director
Governance and risk officer
Care Navigation Lead
DHU Healthcare
Transformation Programme Director
Practice Managers' Forum
PCN Digital & Transformation Leads
Business manager - Bosworth PCN
Senior Responsible Officer
""".strip().splitlines()
NAMES = """
Jane Smith
Dr A Patel
Mary Jones (PCN lead)
Dr. Priya Patel, clinical director
J Smith
A. Patel (lead)
SMITH, Jane
jane smith
mary jones pcn lead
Mr Brown
Prof Siân Evans
Siân Evans
Zoë Müller
José García
Łukasz Nowak, digital lead
Nguyễn Thị Hoa
O'Neill
Seán Ó Briain - practice manager
王芳
محمد علي
Wojciech
Practice manager: Kwame Mensah
Head of primary care (Jane)
Patel
PCN lead, Okonkwo
Jean-Luc Picard
Sarah-Jane Taylor (team lead)
Cllr Khan
Team lead Mohammed Ali
Director Wilson
Lead: Ngozi Adichie
Olga Petrova / Head of digital
Ravi
Emma Wright (Head of Digital)
Sunil R.
Kate / Priya
Gill, H
Prof K Khunti
Nikolaos Papadopoulos
Bhavna Head of IT
""".strip().splitlines()


@pytest.mark.parametrize("text", ROLES)
def test_a_role_is_accepted(text: str) -> None:
    assert not_a_role("owner_role", text) is None


@pytest.mark.parametrize("text", NAMES)
def test_a_name_is_not(text: str) -> None:
    found = not_a_role("owner_role", text)
    assert found is not None and found.column == "owner_role"
    assert text not in found.expected and "role_words" in found.expected


def test_what_is_expected_fits_what_was_found() -> None:
    name, unknown = not_a_role("a", "Mary Jones (PCN lead)"), not_a_role("a", "reablement")
    assert name is not None and unknown is not None
    assert (name.expected, unknown.expected) == (PERSON, NO_ROLE)
    assert not_a_role("a", None) is None and not_a_role("a", " ") is None


def test_a_home_adds_words_and_phrases() -> None:
    assert not_a_role("a", "Reablement") is not None
    assert not_a_role("a", "Reablement", ["reablement"]) is None
    assert not_a_role("a", "Head at Quorn Medics", ["quorn"]) is None
    assert not_a_role("a", "Okonkwo Trust lead", ["okonkwo trust lead"]) is None
    assert not_a_role("a", "Jane Smith", ["reablement"]) is not None
