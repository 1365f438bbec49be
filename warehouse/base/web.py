"""Web and e-mail addresses as text: validate them, and show them without passwords. Not here:
requests (`warehouse.fetch.client`)."""

from __future__ import annotations

import re
from urllib.parse import urlsplit, urlunsplit


def web_address(text: str) -> str:
    """A validated address, without a final slash.

    Raises ValueError unless it is http or https, with a host and without a password.
    """
    at = urlsplit(text.strip())
    if at.scheme not in ("http", "https") or not at.hostname:
        said = text.rpartition("@")[2]  # before it there may be a password
        raise ValueError(f"`{said}` is not a web address (http://... or https://...)")
    if "@" in at.netloc:
        raise ValueError(f"`{plain(text)}` contains a user or password: remove it")
    return text.strip().rstrip("/")


# Only what an address that people give in public has: a link opens it.
E_MAIL = re.compile(r"[A-Za-z0-9._+'-]+@[A-Za-z0-9-]+(\.[A-Za-z0-9-]+)+")


def contact_address(text: str) -> str:
    """A validated e-mail or web address for readers. Raises ValueError if it is neither."""
    said = text.strip()
    if E_MAIL.fullmatch(said):
        return said
    if re.search(r"\s", said) or not said.startswith(("http://", "https://")):
        raise ValueError("neither an e-mail address nor a web address (https://...)")
    return web_address(said)


def contact_link(address: str) -> str:
    """What a link to a contact address opens."""
    return f"mailto:{address}" if E_MAIL.fullmatch(address) else address


def plain(url: str) -> str:
    """An address without user and password."""
    at = urlsplit(url)
    return urlunsplit(at._replace(netloc=at.netloc.rpartition("@")[2]))


def without_query(url: str) -> str:
    """An address without what may be secret: user, password, query and fragment."""
    return urlunsplit(urlsplit(plain(url))._replace(query="", fragment=""))


def host_of(url: str) -> str:
    """`host`, or `host:port` if the address states the port; in lower case."""
    return urlsplit(url).netloc.rpartition("@")[2].casefold()


def without_passwords(text: str) -> str:
    """A text without the users and passwords of addresses in it."""
    return re.sub(r"(?<=://)[^/\s@'\"]*@", "", text)
