"""The HTTP client for publishers: pages, files, retries, redirects, limits, one request at a time
per host. Not here: which addresses (`find`), the network (`network`), words for failures
(`failures`), what a file is (`download`)."""

from __future__ import annotations

import ssl
import time
from collections.abc import Callable, Collection, Iterator
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass
from http import HTTPStatus
from pathlib import Path
from typing import Self, TypeVar
from urllib.parse import urlsplit

import httpx

from warehouse.base.hashing import hash_file
from warehouse.base.home import Home
from warehouse.base.web import host_of, plain
from warehouse.contract.discovery import at_hosts
from warehouse.fetch.addresses import read_addresses
from warehouse.fetch.candidates import NotFound, Page
from warehouse.fetch.failures import Unreachable, led_away, of_error, of_status
from warehouse.fetch.network import proxy_of, tls, turn_at, user_agent
from warehouse.fetch.partial import PartialFile
from warehouse.fetch.retry import with_retries
from warehouse.fetch.safe_file_names import file_name
from warehouse.readers.refused import Refused
from warehouse.settings import read_settings

__all__ = ["Client", "Downloaded", "EarlierAnswer", "NotModified", "Unreachable"]

MAX_PAGE_BYTES = 20 << 20
MAX_FILE_BYTES = 4 << 30
MAX_REDIRECTS = 5

T = TypeVar("T")


@dataclass(frozen=True)
class EarlierAnswer:
    """The headers of a file's last download, to request it only if it has changed."""

    etag: str | None
    last_modified: str | None


@dataclass(frozen=True)
class Downloaded:
    """A whole file. `url`: its final address, after redirects; `bytes`: its size."""

    path: Path
    url: str
    sha256: str
    bytes: int
    etag: str | None
    last_modified: str | None
    content_type: str
    file_name: str


@dataclass(frozen=True)
class NotModified:
    """The publisher's file has not changed since the last download."""

    url: str


class Client:
    """Requests to publishers on behalf of one home. Close it, or use it in a `with` block.

    `sleep` waits between attempts. Raises ValueError for invalid settings.
    """

    def __init__(self, home: Home, sleep: Callable[[float], None] = time.sleep) -> None:
        settings = read_settings(home)
        self._addresses = read_addresses(home)
        self._timeout = httpx.Timeout(settings.timeouts.read, connect=settings.timeouts.connect)
        self._store = home.store
        self._sleep = sleep
        self._open = ExitStack()
        self._sessions: dict[tuple[bool, str | None], httpx.Client] = {}
        self._down: dict[str, Unreachable] = {}

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self.close()

    def close(self) -> None:
        """Close all connections."""
        self._open.close()
        self._sessions.clear()

    def get(self, url: str, hosts: Collection[str] = ()) -> Page:
        """Return a page, even with status 404 or 410.

        `hosts`: where redirects may lead beside the host of the address. Raises Unreachable, after
        retries of temporary errors; Refused for invalid answers.
        """
        return self._patiently(lambda: self._page(url, hosts))

    def download(
        self,
        url: str,
        folder: Path,
        known: EarlierAnswer | None = None,
        hosts: Collection[str] = (),
        name: str | None = None,
    ) -> Downloaded | NotModified:
        """Download a file into `folder`, resuming a partial one there.

        `known`: download only if it has changed since; `name`: its name if the headers give none.
        Raises as `get` does, and NotFound.
        """
        part = PartialFile(folder)
        final = self._patiently(lambda: self._into(part, url, known, hosts))
        if final is None:
            return NotModified(url)
        said = part.said
        assert said is not None  # noqa: S101 - a downloaded file has headers
        called = file_name(said.disposition, name or url)
        path = part.finish(called)
        return Downloaded(
            path,
            final,
            hash_file(path),
            path.stat().st_size,
            said.etag,
            said.last_modified,
            said.content_type,
            called,
        )

    def _patiently(self, ask: Callable[[], T]) -> T:
        try:
            return with_retries(ask, self._sleep)
        except Unreachable as error:
            if error.host_down:
                self._down[host_of(error.address)] = error
            raise

    def _page(self, url: str, hosts: Collection[str]) -> Page:
        with self._answer(url, {}, hosts) as (response, final):
            content = b""
            for chunk in response.iter_bytes():
                content += chunk
                if len(content) > MAX_PAGE_BYTES:
                    raise Refused(
                        f"The page {plain(url)} is larger than {MAX_PAGE_BYTES:,} bytes.",
                        "Open it in a browser and check that it is still a page.",
                    )
            kind = response.headers.get("content-type", "")
            return Page(final, response.status_code, content, kind)

    def _into(
        self, part: PartialFile, url: str, known: EarlierAnswer | None, hosts: Collection[str]
    ) -> str | None:
        """Complete a partial file; returns its final address, None if it has not changed."""
        headers = part.headers() or _conditions(known)
        with self._answer(url, {"Accept-Encoding": "identity"} | headers, hosts) as (answer, final):
            status = answer.status_code
            if status == HTTPStatus.NOT_MODIFIED:
                return None
            if status in (HTTPStatus.NOT_FOUND, HTTPStatus.GONE):
                raise NotFound(
                    f"The page lists {plain(url)}, but there is no such file ({status}).",
                    "Check the page: the publisher may be replacing the file.",
                )
            if status == HTTPStatus.REQUESTED_RANGE_NOT_SATISFIABLE and part.is_end(answer):
                return final
            if status == HTTPStatus.OK:
                part.begin(answer)
            elif not part.continues(answer):
                part.drop()
                raise self._broken(url, "it did not send the part that was requested")
            self._write(part, answer, url)
            return final

    def _write(self, part: PartialFile, answer: httpx.Response, url: str) -> None:
        with part.path.open("ab") as out:
            coded = answer.headers.get("content-encoding", "identity") != "identity"
            # Write chunks as they arrive: a buffered one is lost if the connection breaks.
            for chunk in answer.iter_bytes() if coded else answer.iter_raw():
                out.write(chunk)
                if out.tell() > MAX_FILE_BYTES:
                    part.drop()
                    raise Refused(
                        f"{plain(url)} is larger than the {MAX_FILE_BYTES:,} bytes allowed.",
                        "Check that it is the file you expect; then download and import it.",
                    )
        if not part.is_whole:
            raise self._broken(url, f"after {part.size:,} bytes")

    def _broken(self, url: str, why: str) -> Unreachable:
        asked = self._addresses.mapped(url)
        return of_error(httpx.RemoteProtocolError(why), asked, proxy_of(asked))

    @contextmanager
    def _answer(
        self, url: str, headers: dict[str, str], hosts: Collection[str]
    ) -> Iterator[tuple[httpx.Response, str]]:
        """Yield one answer and its final address (the publisher's), and reserve the host meanwhile.
        Redirects are followed within `hosts`."""
        at = url
        for _ in range(MAX_REDIRECTS + 1):
            asked = self._addresses.mapped(at)
            proxy = proxy_of(asked)
            if down := self._down.get(host_of(asked)):
                raise Unreachable(down.what, down.remedy, asked, proxy, passing=False)
            with turn_at(asked, self._store):
                try:
                    with self._session(asked, proxy).stream(
                        "GET", asked, headers=headers
                    ) as response:
                        if not response.next_request:
                            if trouble := of_status(response, asked, proxy):
                                raise trouble
                            yield response, at
                            return
                        to = str(response.next_request.url)
                except httpx.HTTPError as error:
                    raise of_error(error, asked, proxy) from error
                except httpx.InvalidURL as error:
                    raise Refused(
                        f"{plain(asked)} is not a valid address ({error}).",
                        "Check the link on the publisher's page.",
                    ) from error
            at = self._redirected(url, at, to, hosts)
        raise Refused(
            f"{plain(url)} redirects more than {MAX_REDIRECTS} times.",
            "Open it in a browser; the publisher's service may have a fault.",
        )

    def _redirected(self, url: str, at: str, to: str, hosts: Collection[str]) -> str:
        """The publisher's address that a redirect leads to. Raises Unreachable for another host."""
        there = self._addresses.published(to)
        ours = {urlsplit(one).hostname or "" for one in (url, at)} | set(hosts)
        safe = urlsplit(at).scheme == "http" or urlsplit(there).scheme == "https"
        if safe and at_hosts(there, ours):
            return there
        asked = self._addresses.mapped(at)
        raise led_away(to, asked, proxy_of(asked))

    def _session(self, asked: str, proxy: str | None) -> httpx.Client:
        key = asked.startswith("https:"), proxy
        if key not in self._sessions:
            session = httpx.Client(
                proxy=proxy,
                verify=tls() if key[0] else ssl.SSLContext(ssl.PROTOCOL_TLS_CLIENT),
                timeout=self._timeout,
                trust_env=False,  # the environment is read here, to name it in messages
                headers={
                    "User-Agent": user_agent(),
                    "Cache-Control": "no-cache",  # a proxy's copy may be outdated
                },
            )
            self._sessions[key] = self._open.enter_context(session)
        return self._sessions[key]


def _conditions(known: EarlierAnswer | None) -> dict[str, str]:
    """Headers that request a file only if it has changed."""
    if known and known.etag:
        return {"If-None-Match": known.etag}
    if known and known.last_modified:
        return {"If-Modified-Since": known.last_modified}
    return {}
