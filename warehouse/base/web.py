"""Web addresses as text: validate them, and show them without passwords. Not here: requests
(`warehouse.fetch.client`)."""

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
