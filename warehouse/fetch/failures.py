"""Describe failures between this computer and a publisher, for whoever can fix them. Not here:
retries (`client`)."""

from __future__ import annotations

import socket
import ssl
from datetime import UTC, datetime
from email.utils import parsedate_to_datetime
from http import HTTPStatus

import httpx

from warehouse.base.errors import Refusal
from warehouse.base.exit_status import UNREACHABLE
from warehouse.base.web import host_of, plain, without_passwords, without_query
from warehouse.fetch.network import named_authorities

LONGEST_WAIT = 120.0  # seconds; if a publisher asks for more, this run does not retry
LATER = "Fetch again later; the schedules do so automatically."
BUSY = {HTTPStatus.REQUEST_TIMEOUT, HTTPStatus.TOO_EARLY, HTTPStatus.TOO_MANY_REQUESTS}
ANSWERS = {HTTPStatus.NOT_FOUND, HTTPStatus.GONE, HTTPStatus.REQUESTED_RANGE_NOT_SATISFIABLE}


class Unreachable(Refusal):
    """A publisher that can't be reached. `reason` includes the requested `address` (perhaps a
    mirror's) and `proxy`, without passwords.

    `passing`: worth retrying soon; `wait`: seconds that the publisher asks for; `host_down`: no
    request to that host can succeed.
    """

    exit_status = UNREACHABLE

    def __init__(
        self,
        what: str,
        remedy: str,
        address: str,
        proxy: str | None,
        *,
        passing: bool = True,
        wait: float = 0,
        host_down: bool = False,
    ) -> None:
        self.what = without_passwords(what)
        self.address, self.proxy = plain(address), plain(proxy) if proxy else None
        self.passing, self.wait, self.host_down = passing, wait, host_down
        self.attempts = 1
        super().__init__(self.what, remedy)

    @property
    def reason(self) -> str:
        """What happened, the address requested, and the proxy."""
        way = f"through the proxy {self.proxy}" if self.proxy else "without a proxy"
        times = f" {self.attempts} times" if self.attempts > 1 else ""
        return f"{self.what} Tried{times}: {self.address}, {way}."


def of_error(error: httpx.HTTPError, address: str, proxy: str | None) -> Unreachable:
    """`Unreachable` for an error of the network."""
    host, causes = host_of(address), _causes(error)
    for cause in causes:
        if isinstance(cause, ssl.SSLCertVerificationError):
            return _certificate(cause, address, proxy)
    if isinstance(error, httpx.ProxyError):
        what = f"The proxy refused ({_short(error)})."
        remedy = f"Check HTTPS_PROXY, and that the proxy lets this computer reach {host}."
        return Unreachable(what, remedy, address, proxy, passing=False, host_down=True)
    if isinstance(error, httpx.ConnectError | httpx.ConnectTimeout):
        in_tls = any(isinstance(cause, ssl.SSLError) for cause in causes)  # beyond the proxy
        whom = f"the proxy {host_of(proxy)}" if proxy and not in_tls else host
        what = f"No connection to {whom} ({_short(error)})."
        if any(isinstance(cause, socket.gaierror) for cause in causes):
            what = f"The name {host_of(proxy or address)} is not known to this network."
        elif isinstance(error, httpx.ConnectTimeout):
            what = f"{whom} did not answer in time."
        return Unreachable(what, _check(host, proxy), address, proxy, host_down=True)
    what = f"The connection to {host} broke off ({_short(error)})."
    if isinstance(error, httpx.TimeoutException):
        what = f"{host} stopped answering."
    return Unreachable(what, LATER, address, proxy)


def of_status(response: httpx.Response, address: str, proxy: str | None) -> Unreachable | None:
    """`Unreachable` for an error status; None for success, not found and not modified."""
    status, host = response.status_code, host_of(address)
    said = f"{host} answered {status}{_phrase(status)}."
    if status == HTTPStatus.PROXY_AUTHENTICATION_REQUIRED:
        remedy = "Put the user and password that your network team gives you into HTTPS_PROXY."
        what = "The proxy requires a user and password (407)."
        return Unreachable(what, remedy, address, proxy, passing=False, host_down=True)
    if status in BUSY or status >= HTTPStatus.INTERNAL_SERVER_ERROR:
        wait = _asked_to_wait(response)
        if wait > LONGEST_WAIT:
            what = f"{said} It asks to wait {wait:,.0f} seconds."
            return Unreachable(what, LATER, address, proxy, passing=False)
        return Unreachable(said, LATER, address, proxy, wait=wait)
    if status not in ANSWERS and status >= HTTPStatus.BAD_REQUEST:
        return Unreachable(said, closed(host), address, proxy, passing=False)
    return None


def led_away(to: str, address: str, proxy: str | None) -> Unreachable:
    """`Unreachable` for a redirect to a host that is not the publisher's."""
    what = (
        f"{host_of(address)} redirects to another host: {without_query(to)}. It may be a login "
        "page, of the publisher or of your network."
    )
    return Unreachable(what, closed(host_of(address)), address, proxy, passing=False)


def closed(host: str) -> str:
    """What to do if a filter or gateway allows browsers but not programs."""
    return (
        f"Open that address in a browser on this computer. If it opens there, {host} or a filter "
        "blocks programs: ask your network team to let this computer reach it."
    )


def _certificate(
    cause: ssl.SSLCertVerificationError, address: str, proxy: str | None
) -> Unreachable:
    why = getattr(cause, "verify_message", "") or "unknown authority"
    named = named_authorities()
    remedy = (
        "If your network inspects traffic, set SSL_CERT_FILE to the file with your organisation's "
        "CA certificates (PEM)."
    )
    if named:
        remedy = f"Trusted certificates are read from {named}: add your organisation's CA to it."
    if "not yet valid" in why or "expired" in why:
        remedy = f"Check that this computer's date and time are right. {remedy}"
    what = f"The certificate of {host_of(address)} could not be verified ({why})."
    return Unreachable(what, remedy, address, proxy, passing=False, host_down=True)


def _check(host: str, proxy: str | None) -> str:
    if proxy:
        return f"Check the network, and that the proxy lets this computer reach {host}."
    return "Check the network. If it needs a proxy, set HTTPS_PROXY (and NO_PROXY for exceptions)."


def _causes(error: BaseException) -> list[BaseException]:
    found: list[BaseException] = []
    now: BaseException | None = error
    while now is not None and now not in found:
        found.append(now)
        now = now.__cause__ or now.__context__
    return found


def _short(error: Exception) -> str:
    return without_passwords(str(error).strip().rstrip(".")) or type(error).__name__


def _phrase(status: int) -> str:
    try:
        return f" {HTTPStatus(status).phrase}"
    except ValueError:
        return ""


def _asked_to_wait(response: httpx.Response) -> float:
    """Seconds to wait by Retry-After, a number or a date; 0 without it."""
    said = response.headers.get("retry-after", "").strip()
    if said.isdigit():
        return float(said)
    try:
        until = parsedate_to_datetime(said)
    except ValueError:
        return 0
    until = until if until.tzinfo else until.replace(tzinfo=UTC)
    return max((until - datetime.now(UTC)).total_seconds(), 0)
