"""All publishers on 127.0.0.1, who release the sample's editions month by month.

Belongs here: what lies where when, and the addresses that lead there. Does not: how a page looks
(`fetch_pages`), serving (`local_server`), the files (`assets.sample`).

    with LocalServer() as server:
        publishers = Publishers(server, replay_files(folder))
        publishers.release("2025-01")
        os.environ["ACCESS_RECOVERY_ADDRESSES"] = publishers.addresses
"""

import hashlib
from dataclasses import dataclass, field
from datetime import date
from pathlib import Path
from urllib.parse import quote

from assets.sample.world import LAST_MONTH, World
from assets.sample.writer import FULL_MONTH_NAMES, feed_writers
from tests.fetch_pages import File, Resource, listing_page, package_show, publication_page
from tests.local_server import Answer, LocalServer, Published
from warehouse.base.months import add_months

BEFORE = "2024-12"  # what a home holds when the replay begins: nobody looks further back than that
MONTHS = ("2025-01", "2025-02", "2025-03")
EDITIONS = (BEFORE, *MONTHS)
SERIES = "/data-and-information/publications/statistical/"
APPOINTMENTS = "appointments-in-general-practice"
LISTS = "patients-registered-at-a-gp-practice"
APP = "nhs-app-statistics"
DISPENSING = "pharmacy-and-appliance-contractor-dispensing-data"
PHARMACIES = "consolidated-pharmaceutical-list"
HOSTS = {
    "digital": "https://digital.nhs.uk",
    "files": "https://files.digital.nhs.uk",
    "opendata": "https://opendata.nhsbsa.net",
    "nhsbsa": "https://www.nhsbsa.nhs.uk",
    "ods": "https://www.odsdatasearchandexport.nhs.uk",
    "england": "https://www.england.nhs.uk",
}


@dataclass(frozen=True)
class ReplayWorld(World):
    """The sample's world, in four releases instead of two."""

    @property
    def editions(self) -> tuple[date, ...]:  # type: ignore[override]
        """The releases that are replayed."""
        return tuple(date.fromisoformat(f"{month}-01") for month in EDITIONS)

    def practice_window(self, edition: date) -> list[date]:
        """As published, but for a month of which this world has no practices."""
        return [m for m in super().practice_window(edition) if m > add_months(LAST_MONTH, -4)]


def replay_files(out: Path, feeds: tuple[str, ...] = ()) -> dict[tuple[str, str], list[Path]]:
    """Write the sample of all releases: (publication, edition) -> files.

    `feeds`: only of these folders of `assets/feeds`, all if none is named.
    """
    world = ReplayWorld(months=4)
    out.mkdir(parents=True, exist_ok=True)
    for write in feed_writers():
        if not feeds or write.__module__.split(".")[-2] in feeds:
            write(world, out)
    return _by_publication(out)


def _by_publication(folder: Path) -> dict[tuple[str, str], list[Path]]:
    found: dict[tuple[str, str], list[Path]] = {}
    for month in EDITIONS:
        day = date.fromisoformat(f"{month}-01")
        short, name = f"{day:%b}_{day:%y}", f"{FULL_MONTH_NAMES[day.month - 1]} {day.year}"
        patterns = {
            APPOINTMENTS: [f"Appointments_GP_*_CSV_{short}.zip", f"*Crosstab_{short}.zip"],
            LISTS: [f"gp-reg-pat-prac-all-{short.lower().replace('_', '-')}.csv"],
            APP: [f"NHS App*{name}.xlsx"],
            DISPENSING: [f"DISPENSING_DATA_{day:%Y%m}*.csv"],
        }
        for series, wanted in patterns.items():
            files = [path for pattern in wanted for path in sorted(folder.glob(pattern))]
            if files:
                found[series, month] = files
    found.setdefault((LISTS, MONTHS[-1]), []).extend(folder.glob("gp-reg-pat-prac-map.zip"))
    for quarter, month in (("202425q3", BEFORE), ("202425q4", MONTHS[-1])):
        found[PHARMACIES, month] = list(folder.glob(f"consol*_{quarter}.csv"))
    return found


def _noise(series: str, day: date) -> list[File]:
    """Links beside the wanted ones that must not be followed."""
    other = {
        APPOINTMENTS: ["Annex_1_{}.xlsx", "GP_APPT_Publication_{}.xlsx"],
        LISTS: ["gp-reg-pat-prac-quin-age.csv", "gp-reg-pat-prac-sing-age-regions.csv"],
    }
    names = [name.format(f"{day:%b}_{day:%y}") for name in other.get(series, [])]
    return [File(name, f"{HOSTS['files']}/00/000000/{name}") for name in names]


@dataclass
class Publishers:
    """What is out so far. `files`: (publication, edition) -> files, as `replay_files` gives it."""

    server: LocalServer
    files: dict[tuple[str, str], list[Path]]
    _resources: dict[str, list[Resource]] = field(default_factory=dict)

    def __post_init__(self) -> None:
        """Empty data sets and an empty listing are out from the first day."""
        for dataset in (DISPENSING, PHARMACIES):
            self._resources[dataset] = []
        self._list_data_sets()
        self.server.routes["/nhsbsa/*"] = Answer(body=listing_page([]))

    @property
    def addresses(self) -> str:
        """The environment's `ACCESS_RECOVERY_ADDRESSES`."""
        return " ".join(f"{real}={self.server.url('/' + name)}" for name, real in HOSTS.items())

    def release(self, edition: str) -> None:
        """Publish every file of an edition: pages, resources and the files themselves."""
        for (series, month), paths in self.files.items():
            if month == edition:
                self.publish(series, edition, paths)

    def publish(self, series: str, edition: str, paths: list[Path]) -> None:
        """Publish an edition of one series, or publish it again with other files."""
        day = date.fromisoformat(f"{edition}-01")
        if series in self._resources:
            for path in paths:
                where = self._serve("opendata", f"/dataset/{series}/download/{path.name}", path)
                made = Resource(path.stem, where, modified=f"{add_months(day, 1)}T09:30:00")
                self._resources[series].append(made)
            self._list_data_sets()
            return
        name = f"{FULL_MONTH_NAMES[day.month - 1].lower()}-{day.year}"
        cards = [*_noise(series, day), *(File(path.stem, self._opaque(path)) for path in paths)]
        page = publication_page(
            f"{series} {name}", cards, published=f"{add_months(day, 1):27 %b %Y}"
        )
        self.server.routes[f"/digital{SERIES}{series}/{name}"] = Answer(body=page)

    def _opaque(self, path: Path) -> str:
        mark = hashlib.sha256(path.read_bytes()).hexdigest().upper()
        return self._serve("files", f"/{mark[:2]}/{mark[2:8]}/{path.name}", path)

    def _serve(self, host: str, where: str, path: Path) -> str:
        """Put a file at an address and give the address as a page of the publisher writes it."""
        content, where = path.read_bytes(), quote(where)
        etag = f'"{hashlib.sha256(content).hexdigest()[:16]}"'
        self.server.routes[f"/{host}{where}"] = Published(content, etag=etag)
        return HOSTS[host] + where

    def _list_data_sets(self) -> None:
        packages = {name: package_show(name, made) for name, made in self._resources.items()}
        self.server.routes["/opendata/api/3/action/package_show"] = lambda asked: Answer(
            body=packages[asked.query.removeprefix("id=")], content_type="application/json"
        )
