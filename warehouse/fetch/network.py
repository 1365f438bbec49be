"""The network of this computer: proxies, certificate authorities, one request per host at a time.
Not here: requests (`client`), words for failures (`failures`)."""

from __future__ import annotations

import os
import ssl
import urllib.request
from collections.abc import Iterator
from contextlib import contextmanager
from importlib.metadata import PackageNotFoundError, version
from pathlib import Path
from urllib.parse import urlsplit

import truststore

from warehouse.base.web import host_of
from warehouse.store import Store

CA_FILES = ("SSL_CERT_FILE", "REQUESTS_CA_BUNDLE")
PROXIES = "HTTPS_PROXY, HTTP_PROXY or ALL_PROXY"
CA_FOLDER = "SSL_CERT_DIR"


def proxy_of(url: str) -> str | None:
    """The proxy for an address, by HTTPS_PROXY, HTTP_PROXY, ALL_PROXY and NO_PROXY (on Windows and
    macOS also by the system's settings); None if there is none.

    Raises ValueError, without quoting a password, for an invalid one.
    """
    at = urlsplit(url)
    if urllib.request.proxy_bypass(at.netloc):
        return None
    said = urllib.request.getproxies()
    proxy = said.get(at.scheme) or said.get("all")
    if not proxy:
        return None
    proxy = proxy if "://" in proxy else f"http://{proxy}"
    _check_proxy(proxy)
    return proxy


def _check_proxy(proxy: str) -> None:
    at = urlsplit(proxy)
    try:
        fine = at.scheme in ("http", "https") and at.hostname and (at.port or True)
    except ValueError:  # its port is not a number; the message may quote a password
        fine = False
    if not fine:
        raise ValueError(
            f"The proxy in {PROXIES} can't be used: write http://host:port or "
            "http://user:password@host:port, with / : @ # ? of a password as %2F %3A %40 %23 %3F. "
            "SOCKS proxies are not supported."
        )


def tls() -> ssl.SSLContext:
    """The trusted certificates: those named by the environment, else the operating system's.

    Raises ValueError naming the variable if its certificates can't be used.
    """
    for name in (*CA_FILES, CA_FOLDER):
        if not (place := os.environ.get(name)):
            continue
        folder = Path(place).is_dir()
        try:
            return ssl.create_default_context(
                capath=place if folder else None, cafile=None if folder else place
            )
        except OSError as error:  # ssl.SSLError is one
            raise ValueError(
                f"{name} names {place}, which can't be used as certificates of authorities "
                f"({error.strerror or error}). Name a file in PEM format."
            ) from error
    return truststore.SSLContext(ssl.PROTOCOL_TLS_CLIENT)


def named_authorities() -> str | None:
    """`SSL_CERT_FILE (/etc/ca.pem)`: the certificates named by the environment, if any."""
    names = (name for name in (*CA_FILES, CA_FOLDER) if os.environ.get(name))
    return next((f"{name} ({os.environ[name]})" for name in names), None)


@contextmanager
def turn_at(url: str, store: Store) -> Iterator[None]:
    """Reserve a host: wait until no other process of this home requests from it."""
    name = "".join(letter if letter.isalnum() or letter in ".-" else "_" for letter in host_of(url))
    with store.lock(f"state/hosts/{name}.lock"):
        yield


def user_agent() -> str:
    """The User-Agent header, which identifies us in publishers' logs."""
    try:
        number = version("access-recovery")
    except PackageNotFoundError:  # run from a folder, not installed
        number = "0"
    return f"access-recovery/{number} (open data mart of NHS primary care statistics)"
