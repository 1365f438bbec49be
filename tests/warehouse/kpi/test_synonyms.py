"""What people look for, in their own words."""

import pytest

from warehouse.kpi.catalogue import catalogue
from warehouse.kpi.synonyms import matched, plain_words, sought, synonyms


def titles(asked: str) -> set[str]:
    """KPIs of which id and title have all that is asked for."""
    things = sought([asked])
    return {
        kpi.kpi_id
        for kpi in catalogue().values()
        if matched(things, kpi.kpi_id, kpi.title) == len(things)
    }


@pytest.mark.parametrize(
    ("asked", "found"),
    [
        ("dna", "appointments_dna_share"),
        ("DNA rate", "appointments_dna_share"),
        ("missed appointments", "appointments_dna_share"),
        ("did-not-attend", "appointments_dna_share"),
        ("two-week", "appointments_within_two_weeks_share"),
        ("within 14 days", "appointments_within_two_weeks_share"),
        ("Face-To-Face", "appointments_face_to_face_share"),
        ("in person", "appointments_face_to_face_share"),
        ("same day", "appointments_same_day_share"),
        ("app logins", "nhs_app_logins"),
        ("list size", "registered_patients"),
        ("phone calls missed", "cloud_telephony_missed_share"),
        ("patients per doctor", "patients_per_gp_fte"),
    ],
)
def test_a_kpi_is_found_by_what_people_call_it(asked: str, found: str) -> None:
    assert found in titles(asked)


def test_a_short_word_is_not_a_part_of_another() -> None:
    """`app` is the NHS App, not the beginning of appointments."""
    assert titles("app") and all("app" in kpi.split("_") for kpi in titles("app"))


def test_a_word_without_synonyms_may_be_a_part_of_one() -> None:
    assert "nhs_app_prescription_orders" in titles("prescri")
    assert titles("zebra") == set()


def test_each_group_names_something_in_the_catalogue_and_no_phrase_stands_twice() -> None:
    texts = [plain_words(f"{one.title} {one.description}") for one in catalogue().values()]
    assert synonyms()
    idle = [group for group in synonyms() if not any(matched([group], text) for text in texts)]
    assert idle == []
    phrases = [phrase for group in synonyms() for phrase in group]
    assert len(phrases) == len(set(phrases))
