"""`access-recovery fetch`: what it prints, and its exit status."""

from collections.abc import Iterator
from datetime import date
from pathlib import Path

import pytest
from typer.testing import CliRunner, Result

from pipelines.cli.main import app
from tests.local_server import Answer
from tests.support import crosstab, kept_in, zipped
from tests.warehouse.fetch.publisher import APPOINTMENTS, Publisher, publishing
from warehouse.base.home import Home
from warehouse.fetch.addresses import ADDRESSES_VARIABLE
from warehouse.fetch.lookups import lookups, newest_lookups

FEED = "gp_appointments_practice"
OCT = f"{APPOINTMENTS}/october-2025"
ZIP = "Practice_Level_Crosstab_Oct_25.zip"


@pytest.fixture
def publisher(monkeypatch: pytest.MonkeyPatch) -> Iterator[Publisher]:
    """A publisher with nothing published yet, on a release day; retries without waits."""
    monkeypatch.setattr("warehouse.fetch.fetch.london_today", lambda: date(2025, 11, 27))
    monkeypatch.setattr("warehouse.fetch.retry.ATTEMPTS", 1)
    with publishing(monkeypatch) as running:
        yield running


def run(*arguments: str) -> Result:
    return CliRunner().invoke(app, ["fetch", *arguments])


def words(text: str) -> str:
    return " ".join(text.replace("│", "").split())


def test_a_new_edition_is_status_0_with_the_next_step(
    home: Home, publisher: Publisher, tmp_path: Path
) -> None:
    publisher.page(OCT, ZIP)
    publisher.file(ZIP, zipped(tmp_path / "a.zip", {"Oct_25.csv": crosstab()}).read_bytes())
    result = run(FEED)
    assert result.exit_code == 0, result.output
    assert f"{FEED} 2025-10 new 1 file, 1 row" in words(result.stdout)
    assert "Next: access-recovery refresh" in result.stdout
    assert f"Looking up {FEED} 2025-10" in result.stderr and ZIP in result.stderr
    again = run(FEED)
    assert again.exit_code == 0
    assert "unchanged" in again.stdout and "The publishers have nothing new." in again.stdout
    assert "Next:" not in again.stdout


def test_what_is_not_out_yet_is_status_0(home: Home, publisher: Publisher) -> None:
    result = run(FEED)
    assert result.exit_code == 0 and "not yet" in result.stdout
    assert "Error" not in result.output


def test_editions_with_nothing_new_are_reported_in_one_line(
    home: Home, publisher: Publisher
) -> None:
    result = run("nhs_app", FEED, "--since", "2025-09")
    rows = [line.split() for line in result.stdout.splitlines() if " not yet " in line]
    assert [row[:4] for row in rows] == [
        [FEED, "2025-09", "to", "2025-10"],
        ["nhs_app", "2025-09", "not", "yet"],
    ]
    assert "The same for the 1 after it." in words(result.stdout)


def test_nothing_to_look_up_is_reported(home: Home, publisher: Publisher) -> None:
    result = run(FEED, "--since", "2025-11")
    assert result.exit_code == 0 and "No edition is due" in result.stdout
    assert publisher.server.asked == []


def test_an_edition_that_cannot_be_fetched_is_status_1_with_a_remedy(
    home: Home, publisher: Publisher
) -> None:
    publisher.page(OCT, "Other_Oct_25.zip")
    result = run("gp_appointments_mapping")
    assert result.exit_code == 1
    assert f"Error: {FEED} 2025-10 not found. " in result.stderr
    assert "Other_Oct_25.zip" in result.stderr and "import it by hand" in result.stderr


@pytest.mark.parametrize(
    ("arguments", "said"),
    [
        (["nope"], 'Unknown feed "nope". Known: caip_assessment, cloud_telephony'),
        (["nhs_app_practice"], "not published. Write it with access-recovery template"),
        (["--since", "2025"], "write YYYY-MM"),
    ],
)
def test_wrong_usage_is_status_2(arguments: list[str], said: str, home: Home) -> None:
    result = run(*arguments)
    assert result.exit_code == 2 and said in words(result.stderr)
    assert kept_in(home) == []


def test_a_mirror_that_makes_no_sense_is_status_2(
    home: Home, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv(ADDRESSES_VARIABLE, "https://digital.nhs.uk=me:secret@mirror")
    result = run(FEED)
    assert result.exit_code == 2 and ADDRESSES_VARIABLE in result.stderr
    assert "secret" not in result.output


def test_a_publisher_that_can_not_be_reached_is_status_3(
    home: Home, publisher: Publisher, monkeypatch: pytest.MonkeyPatch
) -> None:
    publisher.server.routes["/digital/*"] = Answer(502)
    proxy = f"127.0.0.1:{publisher.server.port}"
    monkeypatch.setenv("http_proxy", f"http://me:secret@{proxy}")
    monkeypatch.setenv("no_proxy", "")
    publisher.page(OCT, "Other_Oct_25.zip")
    result = run(FEED, "registered_patients")
    assert result.exit_code == 3  # though another was merely not found
    address = publisher.server.url("/digital")
    assert f"Tried: {address}" in result.stderr
    assert f"through the proxy http://{proxy}." in result.stderr
    assert "Fetch again later" in result.stderr and "not found" in result.stderr
    assert "secret" not in result.output
    assert "secret" not in str(lookups(home))
    assert {one.verdict for one in newest_lookups(home).values()} == {"unreachable", "not found"}


def test_a_full_disk_is_reported_with_what_is_safe(
    home: Home, publisher: Publisher, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    publisher.page(OCT, ZIP)
    publisher.page(f"{APPOINTMENTS}/september-2025", ZIP.replace("Oct", "Sep"))
    content = zipped(tmp_path / "a.zip", {"a.csv": crosstab()}).read_bytes()
    september = crosstab({"APPOINTMENT_MONTH_START_DATE": "01SEP2025"})
    earlier = zipped(tmp_path / "b.zip", {"a.csv": september}).read_bytes()
    publisher.file(ZIP.replace("Oct", "Sep"), earlier)

    def full(_: object) -> Answer:
        monkeypatch.setattr("warehouse.store.shutil.copyfile", _full)
        return Answer(body=content, content_type="application/zip")

    publisher.file(ZIP, full)
    result = run(FEED, "--since", "2025-09")
    assert isinstance(result.exception, OSError)  # told by `main`
    assert f"{FEED} 2025-09 new" in words(result.stdout)
    assert "Next: access-recovery refresh" in result.stdout


def _full(*_: object) -> None:
    raise OSError(28, "No space left on device")


def test_help_teaches() -> None:
    told = words(run("--help").stdout)
    for one in ("newest imported one", "HTTPS_PROXY", "SSL_CERT_FILE", "3 a publisher could not"):
        assert one in told
