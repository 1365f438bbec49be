"""Send messages by e-mail, Teams, webhook, or anything else that apprise supports.

Does not: the text (`message`), which alerts were sent already (`delivery`). An address contains a
password or a key: only its kind and host are ever shown, logged or raised.
"""

from __future__ import annotations

import logging
import os
import re
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING
from urllib.parse import urlsplit

if TYPE_CHECKING:
    from apprise.result import AppriseResult

ADDRESSES_VARIABLE = "ACCESS_RECOVERY_ALERTS"
FILE_VARIABLE = "ACCESS_RECOVERY_ALERTS_FILE"
SET_UP = (
    f"No alert recipients are set. Set {ADDRESSES_VARIABLE} to one or more addresses such as "
    "mailtos://user:password@smtp.example.org?to=team@example.org, or the https address of a "
    "Teams workflow or a webhook (jsons://example.org/hook); or name a file of them in "
    f"{FILE_VARIABLE}. Then: access-recovery alerts --test"
)
TIMEOUT = 30.0  # seconds
# Kinds of addresses that begin with a host. Others begin with a key.
HAVE_HOSTS = (
    "mailto", "mailtos", "json", "jsons", "xml", "xmls", "form", "forms",
    "http", "https", "syslog", "mqtt", "mqtts", "ntfys", "gotifys", "mmosts", "rockets",
)  # fmt: skip
HOST = re.compile(r"[a-z0-9.-]+\.[a-z0-9-]+|localhost")
STATUS = re.compile(r"error=(\d{3})\b")


@dataclass(frozen=True)
class Address:
    """A recipient's address. `name`, its kind and host, may be shown; `url` may not."""

    name: str
    url: str = field(repr=False)


@dataclass(frozen=True)
class Sent:
    """The result of sending. `trouble`: why the message was not accepted; None if it was."""

    name: str
    trouble: str | None = None


def addresses(environment: Mapping[str, str] | None = None) -> list[Address]:
    """Return the addresses from the environment. Raises ValueError for an unreadable file."""
    given = os.environ if environment is None else environment
    text = given.get(ADDRESSES_VARIABLE, "")
    if named := given.get(FILE_VARIABLE, "").strip():
        try:
            text += "\n" + Path(named).read_text(encoding="utf-8-sig")
        except (OSError, UnicodeError) as error:
            why = error.strerror if isinstance(error, OSError) else "it is not UTF-8 text"
            raise ValueError(f"{FILE_VARIABLE} names {named}, which can't be read: {why}") from None
    lines = [line for line in text.splitlines() if not line.lstrip().startswith("#")]
    urls = dict.fromkeys(url for line in lines for url in line.split())
    names = [_shown(url) for url in urls]
    return [
        Address(name if names.count(name) == 1 else f"{name} ({names[: place + 1].count(name)})", u)
        for place, (name, u) in enumerate(zip(names, urls, strict=True))
    ]


def _shown(url: str) -> str:
    """Return kind and host of an address, or the kind alone: `mailtos smtp.example.org`."""
    kind, there, _ = url.partition("://")
    if not there or not re.fullmatch(r"[a-zA-Z][a-zA-Z0-9+.-]{0,30}", kind):
        return "an address without a kind (mailtos://, jsons://, ...)"
    try:
        host = urlsplit(url).hostname or ""
    except ValueError:  # its text quotes the address
        host = ""
    return f"{kind} {host}" if kind.lower() in HAVE_HOSTS and HOST.fullmatch(host) else kind


def send(address: Address, title: str, body: str) -> Sent:
    """Send a message in plain text to one address. Raises nothing: errors are returned."""
    with _quietly():
        try:
            import apprise

            # No pictures: a mail program would fetch them from apprise's site.
            asset = apprise.AppriseAsset(
                app_id="access-recovery",
                app_desc="access-recovery",
                app_url="",
                image_url_mask="",
                image_url_logo="",
                async_mode=False,
            )
            service = apprise.Apprise(asset=asset)
            if not service.add(address.url):
                return Sent(
                    address.name,
                    "the kind of address is unknown, or the address is incomplete. Formats: "
                    "https://appriseit.com/services/",
                )
            done = service.notify(body=body, title=title, body_format="text", timeout=TIMEOUT)
            return Sent(address.name, None if done else _trouble(done))
        except Exception as error:  # must not stop the other messages; its text may quote keys
            return Sent(address.name, f"sending failed ({type(error).__name__})")


def _trouble(done: AppriseResult) -> str:
    """Return why a message was not accepted, without quoting the address."""
    log = " ".join(entry.message for result in done for entry in result.logs())
    if status := STATUS.search(log):
        return f"the server answered with HTTP status {status[1]}"
    if "onnection error" in log:
        return "the server could not be reached, or refused user and password"
    return "the server did not accept the message in time"


@contextmanager
def _quietly() -> Iterator[None]:
    """Keep addresses out of the logs of apprise and its libraries."""
    library = logging.getLogger("apprise")
    library.propagate = False  # warnings are read for the status only
    library.setLevel(logging.WARNING)
    if not library.handlers:
        library.addHandler(logging.NullHandler())
    below = [logging.getLogger(name) for name in ("urllib3", "urllib3.connectionpool")]
    levels = [one.level for one in below]
    for one in below:
        one.setLevel(logging.CRITICAL + 1)
    try:
        yield
    finally:
        for one, level in zip(below, levels, strict=True):
            one.setLevel(level)
