"""Looking for editions: which, in what order, and the verdict of each look."""

from collections.abc import Callable, Sequence
from datetime import date
from pathlib import Path

import pytest

from tests.fetch_pages import Resource, login_page, package_show
from tests.local_server import Answer, redirect
from tests.support import (
    coverage,
    crosstab,
    imported,
    long_claims,
    mapping,
    patient_list,
    write,
    zipped,
)
from tests.warehouse.fetch.publisher import APPOINTMENTS, CLAIMS, FILES, LISTS, Publisher
from warehouse.archive.source_files import Archive
from warehouse.base.home import Home
from warehouse.contract.model import contracts
from warehouse.fetch.client import Client
from warehouse.fetch.fetch import each_lookup, editions_to_look_for, looked_up
from warehouse.fetch.lookups import Lookup, lookups

PRACTICES, SUB_ICBS = "gp_appointments_practice", "gp_appointments_sub_icb"
COVERAGE = "gp_appointments_coverage"
PATIENTS, CLAIMED = "registered_patients", "pharmacy_first"
OCT = f"{APPOINTMENTS}/october-2025"
ZIP = "Practice_Level_Crosstab_Oct_25.zip"
RELEASE = date(2025, 11, 27)
ALL = "gp-reg-pat-prac-all.csv"


def looked(home: Home, *feeds: str, today: date = RELEASE, **said: Sequence[str]) -> list[Lookup]:
    """The lookups of one fetch, without waits."""
    with Client(home, lambda _: None) as client:
        return list(each_lookup(home, feeds, today=today, client=client, **said))  # type: ignore[arg-type]


def verdict(home: Home, *feeds: str, today: date = RELEASE) -> str:
    [look] = looked(home, *feeds or [PRACTICES], today=today)
    return look.verdict


def crosstabs(folder: Path, **members: bytes) -> bytes:
    content = {"Oct_25.csv": crosstab(), **{f"{k}.csv": v for k, v in members.items()}}
    return zipped(folder / "a.zip", content).read_bytes()


def lists(month: str, count: int = 3) -> bytes:
    rows = [{"EXTRACT_DATE": f"{month}-01", "CODE": f"C8{n:04}"} for n in range(count)]
    return patient_list(*rows)


def test_a_published_edition_is_fetched(home: Home, publisher: Publisher, tmp_path: Path) -> None:
    publisher.page(OCT, ZIP)
    url = publisher.file(ZIP, crosstabs(tmp_path, Mapping=mapping()))
    [look] = looked(home, PRACTICES, run_id="r1")
    assert (look.feed, look.edition, look.verdict) == (PRACTICES, "2025-10", "new")
    assert look.message == "2 files, 2 rows; with gp_appointments_mapping 2025-10"
    assert (look.page, look.url) == (f"https://digital.nhs.uk{OCT}", url)
    assert (look.files, look.run_id, look.remedy) == ((ZIP,), "r1", "")
    assert lookups(home) == [look]
    files = Archive(home).files()
    assert {file.page for file in files} == {look.page} and {f.url for f in files} == {url}
    assert {file.published_on for file in files} == {RELEASE}
    assert verdict(home) == "unchanged" and publisher.asked(ZIP) == ["", '"v1"']


def test_nothing_is_there_on_the_day(home: Home, publisher: Publisher) -> None:
    [look] = looked(home, PRACTICES)
    assert (look.edition, look.verdict, look.remedy) == ("2025-10", "not yet", "")
    assert "not published yet at https://digital.nhs.uk" in look.message


def test_a_page_without_the_file(home: Home, publisher: Publisher) -> None:
    publisher.page(OCT, "Summary_Oct_25.xlsx")
    [look] = looked(home, PRACTICES)
    assert look.verdict == "not found" and "Summary_Oct_25.xlsx" in look.message
    assert "import it by hand" in look.remedy and look.wants_a_person


def test_a_listed_file_that_is_gone(home: Home, publisher: Publisher) -> None:
    publisher.page(OCT, ZIP)
    [look] = looked(home, PRACTICES)
    assert look.verdict == "not found" and "no such file (404)" in look.message
    assert look.url == f"{FILES}/0A/1B2C3D/{ZIP}" and look.page == f"https://digital.nhs.uk{OCT}"


def test_two_files_that_fit(home: Home, publisher: Publisher) -> None:
    publisher.page(OCT, ZIP, ZIP.replace("_Oct", "-Oct"))
    [look] = looked(home, PRACTICES)
    assert look.verdict == "ambiguous" and "2 files that could be" in look.message
    assert Archive(home).files() == []


def test_a_page_instead_of_the_file(home: Home, publisher: Publisher) -> None:
    publisher.page(OCT, ZIP)
    publisher.file(ZIP, Answer(body=login_page()))
    [look] = looked(home, PRACTICES)
    assert look.verdict == "refused" and "Its title: Sign in" in look.message and look.remedy
    assert Archive(home).files() == []


@pytest.mark.parametrize("where", ["page", "file"])
def test_a_log_in_between(where: str, home: Home, publisher: Publisher) -> None:
    away = redirect(publisher.server.url("/login", host="localhost"))
    publisher.page(OCT, ZIP)
    publisher.file(ZIP, away)
    if where == "page":
        publisher.server.routes[f"/digital{OCT}"] = away
    [look] = looked(home, PRACTICES)
    assert look.verdict == "unreachable"
    assert "redirects to another host: " in look.message
    assert publisher.server.url("/login", "localhost") in look.message
    assert "without a proxy" in look.message and "network team" in look.remedy
    assert "/login" not in publisher.server.paths()


def test_part_of_a_zip_that_is_not_understood(
    home: Home, publisher: Publisher, tmp_path: Path
) -> None:
    publisher.page(OCT, ZIP)
    publisher.file(ZIP, crosstabs(tmp_path, Other=b"A,B\n1,2\n"))
    [look] = looked(home, PRACTICES)
    assert look.verdict == "new" and "Other.csv refused: " in look.message and look.remedy
    assert verdict(home) == "unchanged"


def test_of_the_zip_of_daily_counts_only_the_coverage_is_read(
    home: Home, publisher: Publisher, tmp_path: Path
) -> None:
    name = "Appointments_GP_Daily_CSV_Oct_25.zip"
    members = {"SUB_ICB_LOCATION_CSV_Oct_25.csv": b"A,B\n1,2\n", "X_COVERAGE.csv": coverage({})}
    publisher.page(OCT, ZIP, name)
    publisher.file(name, zipped(tmp_path / name, members).read_bytes())
    [look] = looked(home, COVERAGE)
    assert (look.verdict, look.remedy) == ("new", "")
    [file] = Archive(home).files()
    assert (file.feed, file.member) == (COVERAGE, "X_COVERAGE.csv")
    assert verdict(home, COVERAGE) == "unchanged"


def test_an_edition_that_is_issued_again(home: Home, publisher: Publisher, tmp_path: Path) -> None:
    publisher.page(OCT, ZIP)
    publisher.file(ZIP, crosstabs(tmp_path))
    looked(home, PRACTICES)
    changed = {"Oct_25.csv": crosstab({"COUNT_OF_APPOINTMENTS": 11})}
    publisher.file(ZIP, zipped(tmp_path / "b.zip", changed).read_bytes(), '"v2"')
    [look] = looked(home, PRACTICES)
    assert (look.verdict, look.message) == ("new", "issued again; 1 file, 1 row")
    first, second = Archive(home).files(PRACTICES)
    assert first.order < second.order and second.published_on == first.published_on


def test_a_page_of_two_feeds_is_read_once(home: Home, publisher: Publisher, tmp_path: Path) -> None:
    publisher.page(OCT, ZIP)
    publisher.file(ZIP, crosstabs(tmp_path))
    verdicts = {look.feed: look.verdict for look in looked(home, PRACTICES, SUB_ICBS)}
    assert verdicts == {PRACTICES: "new", SUB_ICBS: "not found"}
    assert publisher.server.paths().count(f"/digital{OCT}") == 1


def test_an_unreachable_publisher_does_not_stop_other_feeds(
    home: Home, publisher: Publisher
) -> None:
    for month in ("september", "october"):
        publisher.server.routes[f"/digital{LISTS}/{month}-2025"] = Answer(503)
    where = f"{CLAIMS}/a/DISPENSING_DATA_202508.csv"
    listed = package_show("claims", [Resource("DISPENSING_DATA_202508", where)])
    answer = Answer(body=listed, content_type="application/json")
    publisher.server.routes["/claims/api/3/action/package_show"] = answer
    publisher.server.routes["/claims/a/DISPENSING_DATA_202508.csv"] = Answer(
        body=long_claims({"YEAR_MONTH": "2025-08"}), content_type="text/csv"
    )
    found = looked(home, PATIENTS, CLAIMED, today=RELEASE, editions=["2025-08", "2025-09"])
    told = [(look.feed, look.edition, look.verdict) for look in found]
    assert (CLAIMED, "2025-08", "new") in told
    assert (CLAIMED, "2025-09", "not yet") in told
    [lost] = [look for look in found if look.verdict == "unreachable"]
    assert (lost.feed, lost.edition) == (PATIENTS, "2025-09")  # and no look at the one after
    assert "503 Service Unavailable. Tried 5 times" in lost.message


def test_since_takes_the_oldest_first_and_goes_on_where_it_stopped(
    home: Home, publisher: Publisher
) -> None:
    months = {"august": "2025-08", "september": "2025-09", "october": "2025-10"}
    for name, month in months.items():
        publisher.page(f"{LISTS}/{name}-2025", f"gp-reg-pat-prac-all-{month}.csv")
        publisher.file(f"gp-reg-pat-prac-all-{month}.csv", lists(month))
    said: list[str] = []
    with Client(home, lambda _: None) as client, pytest.raises(KeyboardInterrupt):
        list(
            each_lookup(
                home, [PATIENTS], "2025-08", today=RELEASE, client=client, say=_killed_at(said, 5)
            )
        )
    assert [look.edition for look in lookups(home)] == ["2025-08", "2025-09"]
    publisher.server.asked.clear()
    again = looked(home, PATIENTS, since="2025-08", today=RELEASE)
    assert [look.verdict for look in again[:3]] == ["unchanged", "unchanged", "new"]
    assert publisher.asked(".csv") == ['"v1"', '"v1"', ""]


def _killed_at(said: list[str], many: int) -> Callable[[str], None]:
    def say(text: str) -> None:
        said.append(text)
        if len(said) == many:
            raise KeyboardInterrupt

    return say


def to_look_for(home: Home, feed: str, today: str, since: str | None = None) -> list[str]:
    day = date.fromisoformat(today)
    return editions_to_look_for(home, contracts()[feed], since, None, day)


def test_which_editions_are_looked_up(home: Home, tmp_path: Path) -> None:
    assert to_look_for(home, PRACTICES, "2025-11-26") == ["2025-09"]
    assert to_look_for(home, PRACTICES, "2025-11-27") == ["2025-10"]
    assert to_look_for(home, PRACTICES, "2025-11-27", since="2025-08") == [
        "2025-08",
        "2025-09",
        "2025-10",
    ]
    assert to_look_for(home, PRACTICES, "2025-11-27", since="2025-12") == []
    assert to_look_for(home, "pharmacy_list", "2025-12-20", since="2025-01") == [
        "2025-03",
        "2025-06",
        "2025-09",
    ]
    imported(home, write(tmp_path / "a.csv", crosstab()))
    assert to_look_for(home, PRACTICES, "2025-11-28") == ["2025-10"]
    assert to_look_for(home, PRACTICES, "2026-01-30") == ["2025-10", "2025-11", "2025-12"]
    first = contracts()[PRACTICES].discovery
    assert first and to_look_for(home, PRACTICES, "2025-11-28", since="2015-01")[0] == (
        first.sources[0].first_edition
    )


def test_a_home_with_only_the_sample_looks_up_the_newest_edition(
    home: Home, publisher: Publisher, tmp_path: Path
) -> None:
    imported(home, write(tmp_path / "a.csv", crosstab({"GP_CODE": "Z00001"})))
    assert to_look_for(home, PRACTICES, "2026-01-30") == ["2025-12"]
    said: list[str] = []
    with Client(home) as client:
        list(each_lookup(home, [PRACTICES], today=RELEASE, say=said.append, client=client))
    assert "SYNTHETIC" in said[0] and "replaces" in said[0]


def test_which_feeds_are_looked_up() -> None:
    assert [one.feed for one in looked_up(["gp_appointments_mapping"])] == [PRACTICES]
    every = {one.feed for one in looked_up()}
    assert {PRACTICES, PATIENTS, CLAIMED} <= every and "gp_appointments_mapping" not in every
    with pytest.raises(ValueError, match="is a local return, which is not published"):
        looked_up(["nhs_app_practice"])
    with pytest.raises(ValueError, match=r"Unknown feed .nope."):
        looked_up(["nope"])
