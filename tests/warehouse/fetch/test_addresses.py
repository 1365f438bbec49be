"""Mirrors and other settings of the client: from `settings.yaml` and the environment."""

import pytest

from tests.local_server import Answer, LocalServer, redirect
from tests.support import write_text
from warehouse.base.home import Home
from warehouse.fetch.addresses import ADDRESSES_VARIABLE, read_addresses
from warehouse.fetch.client import Client, Unreachable


def test_a_mirror_is_used_under_the_publishers_address(
    server: LocalServer, home: Home, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("NO_PROXY", "*")
    write_text(home.settings, f"addresses: {{'https://digital.nhs.uk': '{server.url('/d')}/'}}\n")
    server.routes |= {"/d/old": redirect("/d/new"), "/d/new": Answer(body=b"<html>page</html>")}
    with Client(home) as client:
        assert client.get("https://digital.nhs.uk/old").url == "https://digital.nhs.uk/new"
        server.routes["/d/closed"] = Answer(403)
        with pytest.raises(Unreachable, match=f"Tried: {server.url('/d/closed')}, "):
            client.get("https://digital.nhs.uk/closed")


def test_the_environment_names_mirrors_too(home: Home, monkeypatch: pytest.MonkeyPatch) -> None:
    write_text(home.settings, "addresses: {'https://digital.nhs.uk': 'http://settings'}\n")
    assert read_addresses(home).mapped("https://digital.nhs.uk/a") == "http://settings/a"
    said = "https://digital.nhs.uk=http://127.0.0.1:1/d https://digital.nhs.uk/x=http://x:2"
    monkeypatch.setenv(ADDRESSES_VARIABLE, said)
    mapped = read_addresses(home).mapped
    assert mapped("https://digital.nhs.uk/a?b=c") == "http://127.0.0.1:1/d/a?b=c"
    assert mapped("https://digital.nhs.uk/x/y") == "http://x:2/y"
    assert mapped("https://digital.nhs.uk.other/a") == "https://digital.nhs.uk.other/a"


@pytest.mark.parametrize(
    ("said", "words"),
    [
        ("https://a", "`from=to` pairs"),
        ("https://a=ftp://b", "`ftp://b` is not a web address"),
        ("https://a=http://me:secret@b", "`http://b` contains a user or password"),
    ],
)
def test_mirrors_that_make_no_sense(
    said: str, words: str, home: Home, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv(ADDRESSES_VARIABLE, said)
    with pytest.raises(ValueError, match=words) as caught:
        Client(home)
    assert "secret" not in str(caught.value)


@pytest.mark.parametrize(
    ("said", "words"),
    [
        ("addresses: {https://a: 'http://me:secret@b'}", "`addresses`: .*contains a user or pass"),
        ("look: {cron: '99 10 * * 1-5'}", r"`look\.cron`: not a valid cron .*found '99 10"),
        ("timeouts: {connect: 0}", r"`timeouts\.connect`: .*found 0"),
        ("contact: the press office", "`contact`: .*neither an e-mail address nor a web address"),
        ("contact: 'https://me:secret@b'", "`contact`: .*contains a user or password"),
    ],
)
def test_settings_that_make_no_sense(said: str, words: str, home: Home) -> None:
    write_text(home.settings, said)
    with pytest.raises(ValueError, match=words) as caught:
        Client(home)
    assert "secret" not in str(caught.value) and "Possible keys" in str(caught.value)
