"""A small home in which anything may happen, and its mart made from the one before: compared with
the whole mart after each step.

Names of what may happen are those of `Happening`; each takes a random source.
"""

import shutil
from collections.abc import Callable
from datetime import UTC, date, datetime
from pathlib import Path
from random import Random

import polars as pl
import yaml

from assets.feeds.gp_workforce.testing import PRACTICE, practice_workforce
from assets.feeds.pcn_workforce.testing import network_staff
from checks.check_register import check_table
from checks.feed_rules import lookback_months
from checks.runner import check_version
from pipelines.operations.purge_files import bury, editions_touched, erase, finish, plan_purge
from tests.support import (
    app_csv,
    coverage,
    crosstab,
    long_claims,
    mapping,
    patient_list,
    pharmacy_list,
    referrals,
    regional,
    write,
    write_text,
    zipped,
)
from tests.warehouse.support_mart import RUN, bring, retrieved
from tests.warehouse.worlds import area, covered, listed, practice, stamp
from tests.warehouse.worlds_pharmacy import claim, icbs_at, on_list, returned, used
from warehouse.archive.source_files import Archive, SourceFile
from warehouse.archive.withdrawals import restore, withdraw, withdrawn
from warehouse.base.home import Home
from warehouse.base.months import add_months, month_text, parse_month
from warehouse.contract.model import contracts
from warehouse.editions.check_history import (
    CheckResult,
    HeldMonth,
    edition_files,
    fingerprint,
    record,
)
from warehouse.editions.last_accepted import keep_last_accepted
from warehouse.editions.rulings import accept, hold, revoke
from warehouse.editions.status import status_of
from warehouse.publication.build import Built, accepted_files, build_mart
from warehouse.publication.content import JOURNALS, mart_content
from warehouse.publication.publish import publish, take_down
from warehouse.transform.derived import where
from warehouse.transform.packed import pack
from warehouse.transform.tidy import tidy

MONTHS = [date(2024, 10, 1), date(2024, 11, 1), *(date(2025, m, 1) for m in range(8, 13))]
MONTHS.append(date(2026, 4, 1))  # after ICBs merged
PLACES = {"C82001": "04C", "C82002": "04C", "C82003": "03W", "C82005": "04V", "D81001": "06H"}
WHY = ("to see what happens", "A. Person")


def restated(random: Random, edition: date) -> list[date]:
    """The edition's month and up to three before it."""
    return [add_months(edition, -back) for back in range(random.randint(0, 3), -1, -1)]


def some(random: Random) -> list[str]:
    """Most practices."""
    return [code for code in PLACES if random.random() < 0.8] or ["C82001"]


def count(random: Random) -> object:
    """A number that is often the same, now and then one that can't be read."""
    return "many" if random.random() < 0.04 else random.choice([10, 10, 10, 20, 35])


def sub_icbs(random: Random, edition: date) -> bytes:
    """A regional file."""
    return regional(
        *[
            area(code, stamp(month), count(random), SUB_ICB_LOCATION_NAME=f"{code} PLACE")
            for code in sorted(set(PLACES.values()))
            if random.random() < 0.8
            for month in restated(random, edition)
        ],
        area("04C", stamp(edition), 7, TIME_BETWEEN_BOOK_AND_APPT="1 Day"),
    )


def practices(random: Random, edition: date) -> bytes:
    """A practice-level crosstab."""
    rows = [
        practice(
            code,
            PLACES[code],
            random.choice(["U11111", "U11111", "U22222", "U"]),
            count(random),
            f"01{stamp(month)}",
            GP_NAME=random.choice(["A SURGERY", "A SURGERY", f"SURGERY OF {edition}"]),
        )
        for code in some(random)
        for month in restated(random, edition)
    ]
    return crosstab(*rows, practice("C82001", "04C", "U11111", 3, f"01{stamp(edition)}"))


def coverages(random: Random, edition: date) -> bytes:
    """A coverage file."""
    return coverage(
        *[
            covered(code, f"01{stamp(month)}", random.choice([1, 1, 2]), random.choice([900, 1000]))
            for code in sorted(set(PLACES.values()))
            for month in restated(random, edition)
        ]
    )


def lists(random: Random, edition: date) -> bytes:
    """A patient list."""
    return patient_list(
        *[
            listed(code, PLACES[code], f"{edition:%Y-%m-%d}", random.choice([500, 1000]))
            for code in some(random)
        ]
    )


def claims(random: Random, edition: date) -> bytes:
    """Claims of pharmacies."""
    codes = ["FA001", "FA002", "FA003", "FX001"]
    return long_claims(*[claim(one, f"{edition:%Y-%m}", count(random)) for one in codes])


def pharmacies(random: Random, edition: date) -> bytes:
    """A list of pharmacies."""
    codes = [one for one in ("FA001", "FA002", "FA003", "FA004") if random.random() < 0.7]
    return pharmacy_list(*[on_list(one, "LEICESTER CITY") for one in codes or ["FA001"]])


def app(random: Random, edition: date) -> bytes:
    """The NHS App by ICB, on the map of its edition."""
    return app_csv(
        *[
            used(code, f"{month:%Y-%m-%d}", random.choice([90, 100]))
            for code in icbs_at(edition)
            for month in restated(random, edition)
        ]
    )


def local(random: Random, edition: date) -> bytes:
    """A local return."""
    return referrals(
        *[returned(code, f"{edition:%Y-%m}", random.choice([3, 30])) for code in some(random)]
    )


def staff(random: Random, edition: date) -> bytes:
    """The workforce of practices, in which decimals are as published."""
    fte = [random.choice(["0.1", "0.2", "1.933333333", "4.266666667", "NA"]) for _ in PLACES]
    headings = [name for name in PRACTICE if name.startswith("TOTAL_GP_") and "FTE" in name]
    return practice_workforce(
        *[
            {"PRAC_CODE": code, "SUB_ICB_CODE": PLACES[code], **dict.fromkeys(headings, one)}
            for code, one in zip(PLACES, fte, strict=True)
            if random.random() < 0.8 or code == "C82001"
        ]
    )


def network_persons(random: Random, edition: date) -> bytes:
    """The workforce of networks, of which one has no practice."""
    when = {"CENSUS_YEAR": edition.year, "CENSUS_MONTH": edition.month}
    return network_staff(
        *[
            {"PCN_CODE": code, "FTE": random.choice(["0.1", "0.2", "0.426666667"]), **when}
            for code in random.choices(["U12345", "U11111", "U99999"], k=6)
        ]
    )


# What a file is called where its name tells its month, and what builds it.
FILES: dict[str, Callable[[Random, date], bytes]] = {
    "regional-{n}.csv": sub_icbs,
    "practice-{n}.csv": practices,
    "coverage-{n}.csv": coverages,
    "list-{n}.csv": lists,
    "claims-{n}.csv": claims,
    "pharmacy-list-{month:%Y%m}.csv": pharmacies,
    "app-{n}.csv": app,
    "returns-{n}.csv": local,
    "GPWPracticeCSV.{month:%m%Y}.csv": staff,
    "network-{n}.csv": network_persons,
}


class PatchedWorld:
    """A home, and how its editions are judged. `steps`: how each mart was made."""

    def __init__(self, folder: Path) -> None:
        self.folder, self.home = folder, Home(folder / "home")
        self.files = 0
        self.failing: set[tuple[str, str]] = set()
        self.holding: dict[tuple[str, str], HeldMonth] = {}
        self.steps: list[str | None] = []

    def arrive(self, random: Random, kind: str | None = None, month: date | None = None) -> None:
        """A file arrives: another edition, a part of one, or one issued anew."""
        kind = kind or random.choice(list(FILES))
        month = month or random.choice(MONTHS)
        day = add_months(month, 1).replace(day=1 + self.files % 28)
        self.bring(FILES[kind](random, month), kind.format(n=self.files, month=month), day)

    def bring(self, content: bytes, name: str = "file.csv", day: date = date(2026, 5, 1)) -> None:
        """Import a file, published on a day, and judge it."""
        self.files += 1
        path = write(self.folder / f"in{self.files}" / name, content)
        bring(self.home, retrieved(path, f"{day}"), published_on=day)
        judge(self)

    def map_again(self, random: Random) -> None:
        """Practices are placed anew: a release in a zip, with its map."""
        month = random.choice(MONTHS)
        placed = [
            {
                "GP_CODE": code,
                "PCN_CODE": random.choice(["U11111", "U33333"]),
                "GP_NAME": f"{code} GP",
            }
            for code in some(random)
        ]
        self.files += 1
        release = zipped(
            self.folder / f"in{self.files}" / f"Practice_{self.files}.zip",
            {"Practice.csv": practices(random, month), "Mapping.csv": mapping(*placed)},
        )
        bring(self.home, retrieved(release, "2026-05-01"))

    def withdraw(self, random: Random) -> None:
        """A person withdraws a file, or brings one back."""
        out = withdrawn(self.home)
        if out and random.random() < 0.4:
            restore(self.home, sorted(out)[0].sha256, *WHY)
        elif file := self._any_file(random):
            withdraw(self.home, file.sha256, *WHY)

    def purge(self, random: Random, file: SourceFile | None = None) -> None:
        """A file is erased, as the command does."""
        if file := file or self._any_file(random):
            plan = plan_purge(self.home, [file.sha256])
            stones = bury(self.home, plan, *WHY)
            erase(self.home, plan, stones, editions_touched(self.home, stones, lookback_months))
            finish(self.home, stones)

    def fail(self, random: Random) -> None:
        """An edition fails a check, or no longer does."""
        if file := self._any_file(random):
            self.failing ^= {(file.feed, file.edition)}

    def reissue_held(self, random: Random) -> None:
        """A file of an edition is issued anew, with content that its checks hold."""
        judge(self)
        file = self._any_file(random)
        begun = {kind.partition("{")[0]: kind for kind in FILES}
        kind = next((begun[one] for one in begun if file and file.file_name.startswith(one)), None)
        if file and kind:
            self.failing.add((file.feed, file.edition))
            self.arrive(random, kind, parse_month(file.edition))

    def hold_month(self, random: Random) -> None:
        """A month of an edition is out of range, or no longer."""
        file = self._any_file(random)
        if file and contracts()[file.feed].measures:
            one = HeldMonth(
                org_level="sub_icb",
                org_code=random.choice(["04C", "03W"]),
                month=file.edition,
                measure="appointments",
                **{"found": 1, "expected": 10, "low": 5, "high": 15},
            )
            if self.holding.pop((file.feed, file.edition), None) is None:
                self.holding[file.feed, file.edition] = one

    def decide(self, random: Random) -> None:
        """A person accepts or holds an edition, or takes back what was decided."""
        judge(self)
        if file := self._any_file(random):
            decided = status_of(self.home, file.feed, file.edition).decision
            verb = random.choice([accept, accept, hold, *([revoke] if decided else [])])
            verb(self.home, file.feed, file.edition, *WHY)

    def correct(self, random: Random) -> None:
        """A file is read otherwise than before, as after a correction."""
        judge(self)
        if file := self._any_file(random):
            path, name = where(self.home, "measures", file)
            frame = pl.read_parquet(path)
            own = pl.lit(True) if "#" not in name else pl.col("sha256") == file.sha256
            counted = [n for n, t in frame.schema.items() if t == pl.Int64]
            frame.with_columns(pl.col(n) + own.cast(pl.Int64) for n in counted).write_parquet(path)

    def chart(self, random: Random) -> None:
        """A person declares a baseline and a target, or others than before."""
        kpi, level = random.choice(["appointments", "appointments_dna_share"]), "sub_icb"
        first = month_text(random.choice(MONTHS))
        of = {"kpi": kpi, "level": level}
        base = {**of, "month": first, "reason": "booked otherwise since", "who": "A. Person"}
        goal = {**of, "from": first, "value": 0.5, "source": "a plan of the board"}
        write_text(self.home.root / "baselines.yaml", yaml.safe_dump([base]))
        write_text(self.home.root / "targets.yaml", yaml.safe_dump([goal]))

    def choose(self, random: Random) -> None:
        """The owner changes what may be seen of local returns."""
        said = {"practice_level": random.random() < 0.5, "threshold": random.choice([2, 5])}
        write_text(self.home.settings, yaml.safe_dump({"disclosure": said}))

    def _any_file(self, random: Random) -> SourceFile | None:
        files = Archive(self.home).active_files()
        return random.choice(files) if files else None

    def build(self) -> Built:
        """Judge and build, and compare with the whole mart."""
        judge(self)
        built = build_mart(self.home, RUN, check_table())
        self.steps.append(built.made_whole_because)
        if built.made_whole_because is None:
            differ = differing(built.path, self._whole())
            assert not differ, differ
        return built

    def publish(self) -> None:
        """Build and compare, and publish, if there is anything to publish."""
        judge(self)
        if accepted_files(self.home):
            publish(self.home, self.build())
        else:
            take_down(self.home)

    def _whole(self) -> Path:
        """The whole mart of the same home."""
        other = self.folder / "whole"
        shutil.rmtree(other, ignore_errors=True)
        aside = shutil.ignore_patterns("mart", "docs")
        shutil.copytree(self.home.root, other, ignore=aside)
        whole = build_mart(Home(other), RUN, check_table())
        assert whole.made_whole_because
        return whole.path


def differing(one: Path, other: Path) -> set[str]:
    """The tables in which two marts differ."""
    here, there = mart_content(one), mart_content(other)
    return {t for t in here | there if here.get(t) != there.get(t)} - JOURNALS


def judge(world: PatchedWorld) -> None:
    """Tidy every edition, and record the verdict that the world has for it."""
    home = world.home
    files = Archive(home).active_files()
    for key in sorted({(file.feed, file.edition) for file in files}):
        for file in files:
            if (file.feed, file.edition) == key:
                tidy(home, file)
        basis = fingerprint(edition_files(files, *key), check_version())
        results = [failed(*key)] if key in world.failing else []
        months = [world.holding[key]] if key in world.holding else []
        own = [file for file in files if (file.feed, file.edition) == key]
        pack(home, own, few=1)
        shas = [file.sha256 for file in own]
        keep_last_accepted(home, *key, shas)
        record(home, *key, basis, results, RUN, shas, held_months=months)


def failed(feed: str, edition: str) -> CheckResult:
    """A check that an edition fails."""
    return CheckResult(
        run_id=RUN,
        feed=feed,
        edition=edition,
        layer="rules",
        rule="month_is_whole",
        title="The month is whole",
        dimension="completeness",
        severity="ERROR",
        column_name=None,
        observed="half",
        expected="whole",
        failed_rows=0,
        total_rows=0,
        verdict="fail",
        message="half a month",
        checked_at=datetime(2026, 1, 1, tzinfo=UTC),
        code_version="1",
    )
