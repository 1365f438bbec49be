"""Web addresses as text: validate them, and show them without passwords. Not here: requests
(`warehouse.fetch.client`)."""

from __future__ import annotations

import re
from urllib.parse import urlsplit, urlunsplit


def web_address(text: str) -> str:
    """An address as typed, without a slash at its end.

    Raises ValueError unless it is http or https, with a host and without a password.
    """
    at = urlsplit(text.strip())
    if at.scheme not in ("http", "https") or not at.hostname:
        said = text.rpartition("@")[2]  # what stands before it may be a password
        raise ValueError(f"`{said}` is no address (http://... or https://...)")
    if "@" in at.netloc:
        raise ValueError(f"`{plain(text)}` carries a user or password: leave that out")
    return text.strip().rstrip("/")


def plain(url: str) -> str:
    """An address without the user and password that it may carry."""
    at = urlsplit(url)
    return urlunsplit(at._replace(netloc=at.netloc.rpartition("@")[2]))


def without_query(url: str) -> str:
    """An address without what may be secret in it: user, password, and what follows its path."""
    return urlunsplit(urlsplit(plain(url))._replace(query="", fragment=""))


def host_of(url: str) -> str:
    """`host`, or `host:port` where the address states the port; in small letters."""
    return urlsplit(url).netloc.rpartition("@")[2].casefold()


def without_passwords(text: str) -> str:
    """Any text, with the user and password of every address in it left out."""
    return re.sub(r"(?<=://)[^/\s@'\"]*@", "", text)
