"""The client against a publisher on 127.0.0.1 that works or fails, without real waits."""

import ssl
import subprocess
import threading
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from email.utils import format_datetime
from pathlib import Path
from shutil import which

import pytest

from tests.local_server import Answer, LocalServer, Published, in_turn, redirect
from tests.support import write_text
from warehouse.base.home import Home
from warehouse.fetch import client as module
from warehouse.fetch.candidates import NotFound
from warehouse.fetch.client import Client, Downloaded, EarlierAnswer, NotModified, Unreachable
from warehouse.readers.refused import Refused

CONTENT = bytes(range(256)) * 40
ETAG = '"v1"'
BUSY = Answer(503)
PAGE = Answer(body=b"<html>page</html>")


class Asking:
    """A client whose waits are noted, not waited."""

    def __init__(self, home: Home) -> None:
        self.waits: list[float] = []
        self.client = Client(home, self.waits.append)


@pytest.fixture
def asking(home: Home, monkeypatch: pytest.MonkeyPatch) -> Iterator[Asking]:
    for name in ("http", "https", "all", "no"):
        monkeypatch.delenv(f"{name}_proxy", raising=False)
        monkeypatch.delenv(f"{name}_proxy".upper(), raising=False)
    with (made := Asking(home)).client:
        yield made


def download(
    asking: Asking, url: str, folder: Path, known: EarlierAnswer | None = None
) -> Downloaded:
    done = asking.client.download(url, folder, known)
    assert isinstance(done, Downloaded)
    assert done.path.read_bytes() == CONTENT and done.bytes == len(CONTENT)
    return done


def test_a_request_names_the_product_and_returns_the_page(
    server: LocalServer, asking: Asking
) -> None:
    server.routes["/page"] = PAGE
    page = asking.client.get(server.url("/page"))
    assert (page.status, page.content, page.url) == (200, PAGE.body, server.url("/page"))
    assert page.content_type.startswith("text/html")
    (asked,) = server.asked
    assert asked.headers["user-agent"].startswith("access-recovery/0")
    assert asked.headers["cache-control"] == "no-cache"


def test_a_missing_page_is_requested_once(server: LocalServer, asking: Asking) -> None:
    assert asking.client.get(server.url("/nothing")).status == 404
    assert len(server.asked) == 1 and asking.waits == []


@pytest.mark.parametrize("status", [401, 403, 451])
def test_a_refused_request_is_reported_without_retries(
    status: int, server: LocalServer, asking: Asking
) -> None:
    server.routes["/page"] = Answer(status)
    with pytest.raises(Unreachable, match=f"answered {status}.*network team"):
        asking.client.get(server.url("/page"))
    assert len(server.asked) == 1


def test_temporary_failures_are_retried_with_growing_waits(
    server: LocalServer, asking: Asking
) -> None:
    server.routes["/page"] = in_turn(BUSY, Answer(502), Answer(429), PAGE)
    assert asking.client.get(server.url("/page")).status == 200
    first, second, third = asking.waits
    assert 1 <= first <= 2 <= second <= 3 < 4 <= third <= 5


def test_lasting_trouble_ends_in_words(server: LocalServer, asking: Asking) -> None:
    server.routes["/page"] = BUSY
    with pytest.raises(Unreachable) as caught:
        asking.client.get(server.url("/page"))
    assert len(server.asked) == 5 == len(asking.waits) + 1
    assert "answered 503 Service Unavailable. Tried 5 times: " in caught.value.reason
    assert caught.value.address == server.url("/page") and "later" in caught.value.remedy


@pytest.mark.parametrize("as_date", [False, True])
def test_the_publishers_retry_after_is_followed(
    as_date: bool, server: LocalServer, asking: Asking
) -> None:
    later = format_datetime(datetime.now(UTC) + timedelta(seconds=31), usegmt=True)
    said = {"Retry-After": later if as_date else "30"}
    server.routes["/page"] = in_turn(Answer(429, headers=said), PAGE)
    asking.client.get(server.url("/page"))
    assert 28 < asking.waits[0] <= 31


def test_too_long_a_wait_is_for_another_day(server: LocalServer, asking: Asking) -> None:
    server.routes["/page"] = Answer(503, headers={"Retry-After": "7200"})
    with pytest.raises(Unreachable, match="asks to wait 7,200 seconds"):
        asking.client.get(server.url("/page"))
    assert len(server.asked) == 1


def test_a_host_that_is_down_is_not_requested_again(home: Home, asking: Asking) -> None:
    with LocalServer() as gone:
        url = gone.url("/page")
    with pytest.raises(Unreachable, match=r"No connection to 127\.0\.0\.1") as caught:
        asking.client.get(url)
    assert caught.value.proxy is None and "HTTPS_PROXY" in caught.value.remedy
    assert len(asking.waits) == 4
    with pytest.raises(Unreachable, match="/other, without a proxy"):
        asking.client.get(url.replace("/page", "/other"))
    assert len(asking.waits) == 4


def test_an_unknown_host_is_reported(asking: Asking) -> None:
    with pytest.raises(Unreachable, match=r"publisher\.invalid is not known to this network"):
        asking.client.get("http://publisher.invalid/page")


def test_a_silent_publisher(home: Home, monkeypatch: pytest.MonkeyPatch) -> None:
    write_text(home.settings, "timeouts: {read: 0.05}\n")
    with LocalServer(delay=0.3) as slow, (made := Asking(home)).client:
        monkeypatch.setattr("warehouse.fetch.retry.ATTEMPTS", 1)
        monkeypatch.setenv("NO_PROXY", "*")
        with pytest.raises(Unreachable, match="stopped answering"):
            made.client.get(slow.url("/page"))


def test_the_proxy_is_named_without_its_password(
    server: LocalServer, asking: Asking, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("http_proxy", f"http://me:secret@127.0.0.1:{server.port}")
    server.routes["/page"] = PAGE
    assert asking.client.get("http://publisher.invalid/page").status == 200
    (asked,) = server.asked
    assert asked.target == "http://publisher.invalid/page"
    assert asked.headers["proxy-authorization"].startswith("Basic ")
    server.routes["/page"] = Answer(407)
    with pytest.raises(Unreachable) as caught:
        asking.client.get("http://publisher.invalid/page")
    assert caught.value.proxy == f"http://127.0.0.1:{server.port}"
    assert f"through the proxy {caught.value.proxy}." in str(caught.value)
    assert "secret" not in str(caught.value)


def test_a_proxy_that_is_down_is_distinguished_from_the_publisher(
    asking: Asking, monkeypatch: pytest.MonkeyPatch
) -> None:
    with LocalServer() as gone:
        proxy = f"127.0.0.1:{gone.port}"
    monkeypatch.setenv("https_proxy", f"me:secret@{proxy}")
    with pytest.raises(Unreachable, match=f"No connection to the proxy {proxy} ") as caught:
        asking.client.get("https://publisher.invalid/page")
    assert "secret" not in str(caught.value) and caught.value.proxy == f"http://{proxy}"
    assert "lets this computer reach publisher.invalid" in caught.value.remedy


@pytest.mark.parametrize(
    "proxy", ["http://me:S3cr/et@proxy:3128", "socks5://me:S3cret@proxy:1080", "http://:3128"]
)
def test_a_proxy_that_can_not_be_used_is_wrong_usage_and_shows_no_password(
    asking: Asking, monkeypatch: pytest.MonkeyPatch, proxy: str
) -> None:
    monkeypatch.setenv("https_proxy", proxy)
    with pytest.raises(ValueError, match=r"HTTPS_PROXY.* can't be used") as caught:
        asking.client.get("https://digital.nhs.uk/page")
    assert "S3cr" not in str(caught.value)


def test_no_proxy_is_honoured(
    server: LocalServer, asking: Asking, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("http_proxy", "http://proxy.invalid:3128")
    monkeypatch.setenv("no_proxy", "127.0.0.1")
    server.routes["/page"] = PAGE
    assert asking.client.get(server.url("/page")).status == 200


def test_redirects_stay_within_the_source(server: LocalServer, asking: Asking) -> None:
    server.routes |= {"/old": redirect("/new"), "/new": PAGE}
    assert asking.client.get(server.url("/old")).url == server.url("/new")
    away = server.url("/login", host="localhost")
    server.routes |= {"/file": redirect(away + "?token=secret"), "/login": PAGE}
    with pytest.raises(Unreachable, match=f"another host: {away}. .*login page") as caught:
        asking.client.get(server.url("/file"))
    assert "secret" not in str(caught.value), "what follows the path may let somebody in"
    assert "/login" not in server.paths()
    assert asking.client.get(server.url("/file"), hosts=["localhost"]).status == 200


def test_redirects_in_a_circle(server: LocalServer, asking: Asking) -> None:
    server.routes["/a"] = redirect("/a")
    with pytest.raises(Refused, match="redirects more than"):
        asking.client.get(server.url("/a"))


def test_a_page_without_end(
    server: LocalServer, asking: Asking, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(module, "MAX_PAGE_BYTES", 10)
    server.routes["/page"] = PAGE
    with pytest.raises(Refused, match="larger than 10 bytes"):
        asking.client.get(server.url("/page"))


def test_a_file_with_all_that_is_said_of_it(
    server: LocalServer, asking: Asking, tmp_path: Path
) -> None:
    said = "Thu, 27 Nov 2025 09:30:00 GMT"
    server.routes["/a%20b.zip"] = Published(CONTENT, ETAG, said, "application/zip")
    done = download(asking, server.url("/a%20b.zip"), tmp_path)
    assert (done.etag, done.last_modified, done.content_type) == (ETAG, said, "application/zip")
    assert done.file_name == done.path.name == "a b.zip"
    assert len(done.sha256) == 64 and server.asked[0].headers["accept-encoding"] == "identity"


@pytest.mark.parametrize("etag", [ETAG, None])
def test_a_broken_download_resumes(
    etag: str | None, server: LocalServer, asking: Asking, tmp_path: Path
) -> None:
    said = "Thu, 27 Nov 2025 09:30:00 GMT"
    server.routes["/f.zip"] = Published(CONTENT, etag, said, cut=5000, cuts=2)
    download(asking, server.url("/f.zip"), tmp_path)
    spans = [(a.headers.get("range"), a.headers.get("if-range")) for a in server.asked]
    assert spans == [(None, None), ("bytes=5000-", etag or said), ("bytes=10000-", etag or said)]


@pytest.mark.parametrize(
    "published",
    [
        Published(CONTENT, ETAG, ranges=False, cut=5000),
        Published(CONTENT, 'W/"weak"', cut=5000),
        Published(CONTENT, cut=5000),
    ],
)
def test_a_broken_download_restarts_if_the_rest_cannot_be_verified(
    published: Published, server: LocalServer, asking: Asking, tmp_path: Path
) -> None:
    server.routes["/f.zip"] = published
    download(asking, server.url("/f.zip"), tmp_path)
    assert [a.headers.get("range") for a in server.asked] == [None, None]


def test_a_file_that_changes_while_it_is_fetched_is_never_patched_together(
    server: LocalServer, asking: Asking, tmp_path: Path
) -> None:
    old = Published(b"\0" * len(CONTENT), '"v0"', cut=5000)
    server.routes["/f.zip"] = in_turn(old, Published(CONTENT, ETAG))
    assert download(asking, server.url("/f.zip"), tmp_path).etag == ETAG


def test_a_part_of_another_size_is_not_taken(
    server: LocalServer, asking: Asking, tmp_path: Path
) -> None:
    lying = Answer(206, b"xx", headers={"Content-Range": "bytes 5000-5001/5002"})
    published = Published(CONTENT, ETAG, cut=5000)
    server.routes["/f.zip"] = in_turn(published, lying, published)
    download(asking, server.url("/f.zip"), tmp_path)
    assert len(server.asked) == 3


def test_a_download_of_a_killed_process_resumes(
    server: LocalServer, home: Home, asking: Asking, tmp_path: Path
) -> None:
    server.routes["/f.zip"] = Published(CONTENT, ETAG, cut=5000)
    killed = Client(home, _kill)
    with killed, pytest.raises(KeyboardInterrupt):
        killed.download(server.url("/f.zip"), tmp_path)
    download(asking, server.url("/f.zip"), tmp_path)
    assert server.asked[-1].headers["range"] == "bytes=5000-"
    download(asking, server.url("/f.zip"), tmp_path)  # killed before it was archived
    assert server.asked[-1].headers["range"] == f"bytes={len(CONTENT)}-"


def _kill(_: float) -> None:
    raise KeyboardInterrupt


def test_what_has_not_changed_is_not_sent(
    server: LocalServer, asking: Asking, tmp_path: Path
) -> None:
    said = "Thu, 27 Nov 2025 09:30:00 GMT"
    server.routes["/f.zip"] = Published(CONTENT, ETAG, said)
    url = server.url("/f.zip")
    for known in (EarlierAnswer(ETAG, said), EarlierAnswer(None, said)):
        assert isinstance(asking.client.download(url, tmp_path, known), NotModified)
    download(asking, url, tmp_path, EarlierAnswer('"v0"', said))


def test_a_listed_file_that_is_not_there(
    server: LocalServer, asking: Asking, tmp_path: Path
) -> None:
    with pytest.raises(NotFound, match=r"lists http://127.*/f\.zip, but there is no such file"):
        asking.client.download(server.url("/f.zip"), tmp_path)


def test_a_file_without_end(
    server: LocalServer, asking: Asking, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(module, "MAX_FILE_BYTES", 100)
    server.routes["/f.zip"] = Published(CONTENT)
    with pytest.raises(Refused, match="larger than the 100 bytes"):
        asking.client.download(server.url("/f.zip"), tmp_path)
    assert not list(tmp_path.glob("*.part"))


def test_one_request_at_a_time_per_host(home: Home, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("NO_PROXY", "*")
    with LocalServer(delay=0.05) as server:
        server.routes["/page"] = PAGE
        clients = [Client(home) for _ in range(3)]
        asked = [threading.Thread(target=_ask, args=(one, server)) for one in clients]
        for thread in asked:
            thread.start()
        for thread in asked:
            thread.join()
        assert len(server.asked) == 3 and server.most_at_once == 1


def _ask(client: Client, server: LocalServer) -> None:
    with client:
        client.get(server.url("/page"))


@pytest.fixture(scope="session")
def certificate(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A self-signed certificate and its key in one file."""
    if not (openssl := which("openssl")):
        pytest.skip("needs the program openssl, to make a certificate that nobody vouches for")
    pem = tmp_path_factory.mktemp("tls") / "own.pem"
    make = "req -x509 -newkey ec -pkeyopt ec_paramgen_curve:prime256v1 -nodes -days 2"
    name = ["-subj", "/CN=localhost", "-addext", "subjectAltName=IP:127.0.0.1"]
    files = ["-keyout", str(pem), "-out", f"{pem}.crt"]
    subprocess.run([openssl, *make.split(), *name, *files], check=True, capture_output=True)
    pem.write_text(pem.read_text() + Path(f"{pem}.crt").read_text())
    return pem


def test_an_untrusted_certificate_is_reported(
    certificate: Path, asking: Asking, home: Home, monkeypatch: pytest.MonkeyPatch
) -> None:
    for name in ("SSL_CERT_FILE", "SSL_CERT_DIR", "REQUESTS_CA_BUNDLE"):
        monkeypatch.delenv(name, raising=False)
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.load_cert_chain(certificate)
    with LocalServer(tls=context) as server:
        server.routes["/page"] = PAGE
        with pytest.raises(Unreachable) as caught:
            asking.client.get(server.url("/page"))
        assert "certificate of 127.0.0.1" in caught.value.reason
        assert "could not be verified (self-signed certificate)" in caught.value.reason
        assert "set SSL_CERT_FILE" in caught.value.remedy and asking.waits == []
        monkeypatch.setenv("REQUESTS_CA_BUNDLE", f"{certificate}.crt")
        with Client(home) as trusting:
            assert trusting.get(server.url("/page")).status == 200


def test_authorities_that_are_not_there(
    asking: Asking, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("SSL_CERT_FILE", str(tmp_path / "no.pem"))
    with pytest.raises(ValueError, match=r"SSL_CERT_FILE names .*no\.pem, which can't be used"):
        asking.client.get("https://publisher.invalid/")
