"""Sending: what arrives, how failures are reported, and that no key is ever shown."""

import logging
from email import message_from_bytes
from email.policy import default
from pathlib import Path

import pytest

from pipelines.alerts.send import Address, addresses, send
from tests.pipelines.alerts.support_alerts import SECRET, Inbox, mailbox

BODY = "⚠ Leicester: Société · 2025-11 is late\n\nWhat: it isn't in & nobody knows <why>"


@pytest.mark.parametrize(
    ("url", "name"),
    [
        (f"mailtos://me:{SECRET}@smtp.example.org?to=a@b.uk", "mailtos smtp.example.org"),
        (f"https://prod-1.logic.azure.com:443/workflows/{SECRET}?sig={SECRET}",
         "https prod-1.logic.azure.com"),
        (f"msteams://team/{SECRET}/x/y", "msteams"),
        (f"slack://{SECRET}.a/b/c", "slack"),
        (f"mailto://me:{SECRET}/x@smtp.example.org", "mailto"),
        (f"json://[{SECRET}", "json"),
        (SECRET, "an address without a kind (mailtos://, jsons://, ...)"),
    ],
)  # fmt: skip
def test_an_address_is_shown_by_its_kind_and_host(url: str, name: str) -> None:
    [address] = addresses({"ACCESS_RECOVERY_ALERTS": url})
    assert address.name == name
    assert SECRET not in repr(address)


def test_addresses_of_the_environment_and_of_a_file(tmp_path: Path) -> None:
    file = tmp_path / "alerts"
    file.write_text("# the team\njson://b.example\n\njson://c.example json://c.example/2\n")
    given = {"ACCESS_RECOVERY_ALERTS": "json://a.example json://b.example",
             "ACCESS_RECOVERY_ALERTS_FILE": str(file)}  # fmt: skip
    names = [one.name for one in addresses(given)]
    assert names == ["json a.example", "json b.example", "json c.example (1)", "json c.example (2)"]
    assert addresses({}) == []
    with pytest.raises(
        ValueError, match=r"_ALERTS_FILE names .*gone, which can't be read: No such"
    ):
        addresses({"ACCESS_RECOVERY_ALERTS_FILE": str(tmp_path / "gone")})


def test_a_webhook_gets_the_words_and_the_log_does_not_get_the_key(
    box: Inbox, caplog: pytest.LogCaptureFixture
) -> None:
    caplog.set_level(logging.DEBUG)
    address = Address("json 127.0.0.1", box.url)
    assert send(address, "Title", BODY).trouble is None
    [(path, body)] = box.received
    assert path.startswith("/hook/") and (body["title"], body["message"]) == ("Title", BODY)
    box.status = 401
    refused = send(address, "Title", BODY)
    assert refused.trouble == "the server answered with HTTP status 401"
    down = Address("json 127.0.0.1", f"json://robot:{SECRET}@127.0.0.1:9/{SECRET}")
    assert "could not be reached" in (send(down, "Title", BODY).trouble or "")
    unknown = Address("nonsense", f"nonsense://{SECRET}")
    assert "kind of address is unknown" in (send(unknown, "Title", BODY).trouble or "")
    assert SECRET not in caplog.text + repr(refused)
    logging.getLogger("urllib3").debug("audible")
    assert "audible" in caplog.text, "others may log again"


def test_an_e_mail_reads_well() -> None:
    with mailbox() as (port, taken):
        url = f"mailto://127.0.0.1:{port}?from=mart@nhs.example&to=team@nhs.example"
        assert send(Address("mailto 127.0.0.1", url), "2025-11 is late", BODY).trouble is None
    [raw] = taken
    mail = message_from_bytes(raw, policy=default)
    assert mail["subject"] == "2025-11 is late" and "team@nhs.example" in mail["to"]
    plain = mail.get_body(("plain",))
    assert plain is not None
    assert plain.get_content().split() == BODY.split()
    assert b"http" not in raw.lower(), "nothing to fetch from elsewhere"
