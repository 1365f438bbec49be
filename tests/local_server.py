"""A publisher on 127.0.0.1: routes as values or functions, good days and bad ones, and a log.

Belongs here: serving, cutting off, ranges, conditional requests, the log of what was asked.
Does not: what publishers' pages look like.

    with LocalServer() as server:
        server.routes["/page"] = Answer(body=b"<html>...")
        server.routes["/file.zip"] = Published(content, etag='"v1"', cut=1000)
        server.url("/file.zip")
"""

import ssl
import sys
import threading
import time
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Self
from urllib.parse import urlsplit

HTML = "text/html; charset=utf-8"


@dataclass(frozen=True)
class Asked:
    """A request: `target` as it was sent (a path, or through a proxy a whole address), `headers`
    with names in lower case, `query` without the question mark, seconds of `began`."""

    method: str
    target: str
    path: str
    query: str
    headers: Mapping[str, str]
    began: float


@dataclass(frozen=True)
class Answer:
    """What is sent. `cut`: the connection ends after that many bytes of the body, though the
    headers promise all of it. `chunked`: without Content-Length."""

    status: int = 200
    body: bytes = b""
    content_type: str = HTML
    headers: Mapping[str, str] = field(default_factory=dict)
    cut: int | None = None
    chunked: bool = False


Route = Answer | Callable[[Asked], Answer]


def redirect(to: str, status: int = 302) -> Answer:
    """An answer that sends the asker elsewhere."""
    return Answer(status, headers={"Location": to})


def in_turn(*answers: Route) -> Callable[[Asked], Answer]:
    """A route that answers differently each time; the last answer is given from then on."""
    left = list(answers)

    def answer(asked: Asked) -> Answer:
        return answered(left.pop(0) if len(left) > 1 else left[0], asked)

    return answer


def answered(route: Route, asked: Asked) -> Answer:
    """What a route answers to a request."""
    return route if isinstance(route, Answer) else route(asked)


@dataclass
class Published:
    """A file as a publisher serves it, with conditional requests and ranges.

    `cut`: bytes after which the first `cuts` answers end. `ranges`: whether a part may be asked.
    """

    content: bytes
    etag: str | None = None
    modified: str | None = None
    content_type: str = "application/octet-stream"
    file_name: str | None = None
    ranges: bool = True
    cut: int | None = None
    cuts: int = 1

    def __call__(self, asked: Asked) -> Answer:
        headers = {"Accept-Ranges": "bytes" if self.ranges else "none"}
        named = {
            "ETag": self.etag,
            "Last-Modified": self.modified,
            "Content-Disposition": self.file_name and f'attachment; filename="{self.file_name}"',
        }
        headers |= {name: value for name, value in named.items() if value}
        if self._is_known(asked):
            return Answer(304, headers=headers)
        cut = self._next_cut()
        span, condition = asked.headers.get("range"), asked.headers.get("if-range")
        if not (self.ranges and span and condition in (None, self.etag, self.modified)):
            return Answer(200, self.content, self.content_type, headers, cut)
        start = int(span.removeprefix("bytes=").removesuffix("-"))
        whole = len(self.content)
        if start >= whole:
            return Answer(416, headers=headers | {"Content-Range": f"bytes */{whole}"})
        headers["Content-Range"] = f"bytes {start}-{whole - 1}/{whole}"
        return Answer(206, self.content[start:], self.content_type, headers, cut)

    def _is_known(self, asked: Asked) -> bool:
        if none_match := asked.headers.get("if-none-match"):
            return none_match == self.etag
        since = asked.headers.get("if-modified-since")
        return since is not None and since == self.modified

    def _next_cut(self) -> int | None:
        if self.cut is None or self.cuts < 1:
            return None
        self.cuts -= 1
        return self.cut


class LocalServer:
    """A server on a free port of 127.0.0.1, for as long as its `with` block.

    `routes`: path -> answer; a path ending in `*` takes all that begins so, the longest such
    first; anything else is 404. `asked`: every request, in order. `most_at_once`: how many were
    being answered at the same time at most. `delay`: seconds that each answer takes.
    """

    def __init__(self, tls: ssl.SSLContext | None = None, delay: float = 0) -> None:
        self.routes: dict[str, Route] = {}
        self.asked: list[Asked] = []
        self.most_at_once = 0
        self.delay = delay
        self._now = 0
        self._lock = threading.Lock()
        self._server = _Server(("127.0.0.1", 0), _handler_of(self))
        self._scheme = "https" if tls else "http"
        if tls:
            self._server.socket = tls.wrap_socket(self._server.socket, server_side=True)

    def __enter__(self) -> Self:
        self._thread = threading.Thread(target=self._server.serve_forever, args=(0.01,))
        self._thread.start()
        return self

    def __exit__(self, *_: object) -> None:
        self._server.shutdown()
        self._server.server_close()
        self._thread.join()

    @property
    def port(self) -> int:
        """The port it listens on."""
        return int(self._server.server_address[1])

    def url(self, path: str = "", host: str = "127.0.0.1") -> str:
        """The address of a path."""
        return f"{self._scheme}://{host}:{self.port}{path}"

    def paths(self) -> list[str]:
        """Paths asked for, in order."""
        return [one.path for one in self.asked]

    def answer(self, asked: Asked) -> Answer:
        """What the routes say to a request, noted in the log."""
        with self._lock:
            self.asked.append(asked)
            self._now += 1
            self.most_at_once = max(self.most_at_once, self._now)
        try:
            if self.delay:
                time.sleep(self.delay)
            begun = [r for r in self.routes if r.endswith("*") and asked.path.startswith(r[:-1])]
            known = [asked.path, *sorted(begun, key=len, reverse=True)]
            route = next((self.routes[one] for one in known if one in self.routes), None)
            if route is None:
                return Answer(404, b"<html>Page not found</html>")
            return answered(route, asked)
        finally:
            with self._lock:
                self._now -= 1


class _Server(ThreadingHTTPServer):
    daemon_threads = True

    def handle_error(self, request: object, client_address: object) -> None:
        if not isinstance(sys.exception(), OSError):  # one is an asker that hung up
            super().handle_error(request, client_address)  # type: ignore[arg-type]


def _handler_of(server: LocalServer) -> type[BaseHTTPRequestHandler]:
    class Handler(BaseHTTPRequestHandler):
        protocol_version = "HTTP/1.1"

        def do_GET(self) -> None:
            self._reply()

        def do_HEAD(self) -> None:
            self._reply()

        def log_message(self, format: str, *arguments: object) -> None:
            pass

        def _reply(self) -> None:
            at = urlsplit(self.path)
            headers = {name.lower(): value for name, value in self.headers.items()}
            asked = Asked(self.command, self.path, at.path, at.query, headers, time.monotonic())
            try:
                self._send(server.answer(asked))
            except (ConnectionError, TimeoutError, ssl.SSLError):
                self.close_connection = True  # the asker hung up

        def _send(self, answer: Answer) -> None:
            self.send_response(answer.status)
            if answer.status != 304:
                self.send_header("Content-Type", answer.content_type)
            if answer.chunked:
                self.send_header("Connection", "close")
            elif answer.status != 304:
                self.send_header("Content-Length", str(len(answer.body)))
            for name, value in answer.headers.items():
                self.send_header(name, value)
            self.end_headers()
            if self.command == "HEAD" or answer.status == 304:
                return
            self.wfile.write(answer.body[: answer.cut])
            if answer.chunked or (answer.cut is not None and answer.cut < len(answer.body)):
                self.close_connection = True

    return Handler
