"""Homes with a problem, made without refreshing, and an inbox that takes what is sent to it."""

import json
import socketserver
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

import duckdb

from tests.support import imported, write_regional
from warehouse.base.home import Home
from warehouse.editions.check_history import CheckResult, record
from warehouse.fetch.lookups import Lookup, Verdict, note

FEED, EDITION = "gp_appointments_sub_icb", "2025-10"
NOW = datetime(2025, 11, 27, 10, 0, tzinfo=UTC)
PAGE = "https://someone:hunter2@digital.example/appointments/october-2025"
SECRET = "hunter2-and-more"


def look(home: Home, verdict: Verdict, minutes: int = 0, **of: str) -> None:
    """Note a look at the edition, so many minutes after NOW."""
    words = {"message": f"It was {verdict}.", "remedy": "Look at the page.", "page": PAGE}
    given = {"feed": FEED, "edition": EDITION, **words, **of}
    note(home, Lookup(at=NOW + timedelta(minutes=minutes), verdict=verdict, **given))  # type: ignore[arg-type]


def archive(home: Home) -> None:
    """Archive an edition as if it was real."""
    path = write_regional(home.root / "october.csv", {})
    imported(home, path)
    path.unlink()


def hold_back(home: Home) -> None:
    """Archive an edition and have a check of it fail."""
    archive(home)
    failed = CheckResult(
        run_id="run",
        feed=FEED,
        edition=EDITION,
        layer="rules",
        rule="total",
        title="Total is plausible",
        dimension="accuracy",
        severity="ERROR",
        column_name=None,
        observed="10",
        expected="25 million",
        failed_rows=1,
        total_rows=1,
        verdict="fail",
        message="",
        checked_at=NOW,
        code_version="1",
    )
    record(home, FEED, EDITION, "fingerprint", [failed], "run")


def publish(home: Home, synthetic: bool = False, at: str = "2025-10-30 09:45:00") -> None:
    """Publish a mart that has only the record of its publication."""
    home.mart.parent.mkdir(parents=True)
    with duckdb.connect(str(home.mart)) as db:
        db.execute("CREATE SCHEMA governance")
        db.execute(
            """CREATE TABLE governance.publication AS SELECT $at::TIMESTAMP AS published_at,
               $newest AS newest_editions, $synthetic AS synthetic,
               'another' AS fingerprint""",
            {"at": at, "newest": json.dumps({FEED: "2025-09"}), "synthetic": synthetic},
        )


@dataclass
class Inbox:
    """What arrived: paths and bodies. `status`: what the sender is answered."""

    port: int = 0
    status: int = 200
    received: list[tuple[str, dict[str, str]]] = field(default_factory=list)

    @property
    def url(self) -> str:
        """The address of a webhook, as it is configured: with a password and a key."""
        return f"json://robot:{SECRET}@127.0.0.1:{self.port}/hook/{SECRET}"

    @property
    def titles(self) -> list[str]:
        return [body["title"] for _, body in self.received]

    @property
    def last(self) -> str:
        return self.received[-1][1]["message"]


@contextmanager
def inbox() -> Iterator[Inbox]:
    """A webhook on 127.0.0.1."""
    box = Inbox()

    class Handler(BaseHTTPRequestHandler):
        def do_POST(self) -> None:
            body = self.rfile.read(int(self.headers["Content-Length"]))
            if box.status == 200:
                box.received.append((self.path, json.loads(body)))
            self.send_response(box.status)
            self.send_header("Content-Length", "0")
            self.end_headers()

        def log_message(self, *_: object) -> None:
            pass

    with ThreadingHTTPServer(("127.0.0.1", 0), Handler) as server:
        box.port = server.server_port
        threading.Thread(target=server.serve_forever, args=(0.02,), daemon=True).start()
        yield box
        server.shutdown()


@contextmanager
def mailbox() -> Iterator[tuple[int, list[bytes]]]:
    """A mail server on 127.0.0.1 that takes everything: its port, and the messages."""
    taken: list[bytes] = []

    class Handler(socketserver.StreamRequestHandler):
        def handle(self) -> None:
            self.wfile.write(b"220 ready\r\n")
            for line in self.rfile:
                word = line.strip().upper()
                if word == b"DATA":
                    self.wfile.write(b"354 go on\r\n")
                    mail = []
                    while (part := self.rfile.readline()) != b".\r\n":
                        mail.append(part)
                    taken.append(b"".join(mail))
                self.wfile.write(b"221 bye\r\n" if word == b"QUIT" else b"250 ok\r\n")
                if word == b"QUIT":
                    return

    with socketserver.ThreadingTCPServer(("127.0.0.1", 0), Handler) as server:
        threading.Thread(target=server.serve_forever, args=(0.02,), daemon=True).start()
        yield server.server_address[1], taken
        server.shutdown()
