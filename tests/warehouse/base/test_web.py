"""Addresses that people give: which are taken, and what a link to them opens."""

import pytest

from warehouse.base.web import contact_address, contact_link


@pytest.mark.parametrize(
    ("said", "taken", "opens"),
    [
        (" access@example.nhs.uk ", "access@example.nhs.uk", "mailto:access@example.nhs.uk"),
        ("a.b+c@x.org", "a.b+c@x.org", "mailto:a.b+c@x.org"),
        ("https://example.org/ask/", "https://example.org/ask", "https://example.org/ask"),
    ],
)
def test_a_contact_is_an_e_mail_or_a_web_address(said: str, taken: str, opens: str) -> None:
    assert contact_address(said) == taken
    assert contact_link(taken) == opens


@pytest.mark.parametrize(
    "said",
    [
        "",
        "the press office",
        "javascript:alert(1)",
        "mailto:a@b.org",
        "a@b",
        "a@b.org?bcc=c@d.org",
        "a%0Abcc:c@b.org",
        "https://me:secret@b.org",
        'https://b.org/ "onclick=',
    ],
)
def test_anything_else_is_refused(said: str) -> None:
    with pytest.raises(ValueError, match=r"neither an e-mail|contains a user") as caught:
        contact_address(said)
    assert "secret" not in str(caught.value)
