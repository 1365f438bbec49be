"""The pages: their content, their accessibility, and that they work offline."""

import csv
import re
import shutil
from collections.abc import Callable
from datetime import UTC, date, datetime
from html.parser import HTMLParser
from pathlib import Path

import duckdb
import pytest

from tests.support import coverage, crosstab, regional, write
from tests.warehouse.support_mart import Mart, bring, build_aside, take_in_all
from warehouse.base.home import Home, NoMart
from warehouse.base.keys import EditionKey
from warehouse.base.months import day_words
from warehouse.base.sql import open_mart
from warehouse.contract.model import contracts
from warehouse.editions.rulings import accept, revoke
from warehouse.outputs import affected_figures
from warehouse.outputs.headline import (
    BESIDE,
    ON_THE_YEAR,
    beside_value,
    headline_value,
    headlines,
)
from warehouse.outputs.page_paths import (
    LINEAGE,
    SCORECARD,
    affected_csv,
    affected_name,
    are_whole,
    table_lineage,
    theme_lineage,
)
from warehouse.publication.publish import publish
from warehouse.reference.levels import below
from warehouse.settings import read_settings
from warehouse.site.trust.home_pages import build_pages

PRACTICE, SUB_ICB = "gp_appointments_practice", "gp_appointments_sub_icb"
COUNT, MONTH = "COUNT_OF_APPOINTMENTS", "APPOINTMENT_MONTH"
PAGE_OF_FIGURES = affected_name(PRACTICE, "2025-10")
HOSTILE = "<script>alert(1)</script> & sons"
TODAY = date(2025, 12, 28)


class Page(HTMLParser):
    """A page as a machine reads it: its elements, and the text in each kind of them."""

    def __init__(self, text: str) -> None:
        super().__init__()
        self.tags: list[tuple[str, dict[str, str | None]]] = []
        self.words: dict[str, list[str]] = {}
        self._open: list[str] = []
        self.feed(text)

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.tags.append((tag, dict(attrs)))
        if tag not in ("meta", "br", "link", "img"):
            self._open.append(tag)

    def handle_endtag(self, tag: str) -> None:
        assert self._open and self._open[-1] == tag, f"</{tag}> closes <{self._open[-1:]}>"
        self._open.pop()

    def handle_data(self, data: str) -> None:
        for tag in set(self._open):
            self.words.setdefault(tag, []).append(data)

    def of(self, tag: str) -> list[dict[str, str | None]]:
        return [attributes for name, attributes in self.tags if name == tag]

    def said(self, tag: str = "body") -> str:
        return " ".join(" ".join(self.words.get(tag, [])).split())


@pytest.fixture(scope="module")
def governed(tmp_path_factory: pytest.TempPathFactory) -> Home:
    """A home of two refreshes: in the first an edition of practices is held, and one whose months
    can't be read stays out; before the second somebody lets the former in."""
    root: Path = tmp_path_factory.mktemp("governed")
    home = Home(root / "home")
    twice = crosstab({COUNT: 4}, {COUNT: 3})
    paths = [
        write(root / "regional.csv", regional({COUNT: 7}, {COUNT: "x", MONTH: "SEP2025"})),
        write(root / "later.csv", regional({MONTH: "NOV2025", "HCP_TYPE": "Nurse"})),
        write(root / "practice.csv", twice),
        write(root / "coverage.csv", coverage({"Included Practices": 1})),
    ]
    bring(home, *paths)
    take_in_all(home)
    publish(home, build_aside(home))
    build_pages(home, TODAY)
    accept(home, PRACTICE, "2025-10", f"Checked with the publisher: {HOSTILE}", by="A. Person")
    publish(home, build_aside(home))
    build_pages(home, TODAY)
    return home


@pytest.fixture(scope="module")
def read(governed: Home) -> Callable[[str], Page]:
    return lambda name: Page((governed.pages / name).read_text(encoding="utf-8"))


def names(home: Home) -> list[str]:
    refreshes, ways = (
        sorted(f"{folder}/{page.name}" for page in (home.pages / folder).iterdir())
        for folder in ("refreshes", "lineage")
    )
    return [SCORECARD, *refreshes, LINEAGE, PAGE_OF_FIGURES, *ways]


def test_a_page_per_refresh(governed: Home) -> None:
    assert len([one for one in names(governed) if one.startswith("refreshes/")]) == 2


def test_the_scorecard_shows_what_is_held_and_why(read: Callable[[str], Page]) -> None:
    said = read(SCORECARD).said()
    assert "1 editions held" in said
    assert "Some rows are accepted: found 0 of 1, expected at least one row" in said
    assert "by its checks; no decision yet edition 2025-10" in said, "last good edition"


def test_the_scorecard_shows_decisions_and_who_made_them(
    governed: Home, read: Callable[[str], Page]
) -> None:
    said = read(SCORECARD).said()
    assert f"A. Person Checked with the publisher: {HOSTILE}" in said
    mart = Mart(governed.mart)
    [row] = mart.rows(f"SELECT count(*) AS n FROM figures_affected('{PRACTICE}', '2025-10')")
    assert row["n"] > 0
    assert re.search(rf"No key is repeated \([^)]*\) {row['n']:,} Trend", said)
    assert {"href": PAGE_OF_FIGURES} in read(SCORECARD).of("a")


def test_figures_affected_lead_to_a_list_of_them(
    governed: Home, read: Callable[[str], Page]
) -> None:
    page, mart = read(PAGE_OF_FIGURES), Mart(governed.mart)
    found = mart.rows(f"SELECT * FROM figures_affected('{PRACTICE}', '2025-10')")
    kpis = {one["kpi_id"] for one in found}
    assert found and len(page.of("tr")) == (1 + len(found)) + (1 + len(kpis) + 1)
    assert page.said("thead").endswith(" KPI Place Level Month Value Edition Status")
    assert re.search(
        r"GP appointments \S.* practice Oct 2025 7 2025-10 disputed", page.said("tbody")
    )


def test_before_the_list_stand_the_decision_and_how_many_figures_there_are(
    governed: Home, read: Callable[[str], Page]
) -> None:
    said, mart = read(PAGE_OF_FIGURES).said("main"), Mart(governed.mart)
    before = said.partition("Figures by place and month")[0]
    assert f"Who decided A. Person When {day_words(datetime.now(UTC))}" in before
    assert f"Why Checked with the publisher: {HOSTILE} Failed checks No key is repeated" in before
    [row] = mart.rows(
        f"""SELECT count(*) AS n, count(value) AS v, count(DISTINCT kpi_id) AS k,
                   count(*) FILTER (status = 'disputed') AS d
            FROM figures_affected('{PRACTICE}', '2025-10')"""
    )
    assert f"{row['n']:,} published figures use it, as numerator" in before
    assert f": {row['k']} KPIs of " in before
    assert f"Of them {row['v']:,} have a value, and {row['d']:,} are marked disputed." in before
    for level, heading in (("practice", "Practices"), ("england", "England")):
        [own] = mart.rows(
            f"""SELECT count(*) AS n FROM figures_affected('{PRACTICE}', '2025-10')
                WHERE org_level = '{level}'"""
        )
        assert (own["n"] > 0) == (heading in before)
    assert re.search(rf"All [-\d, ]*{row['n']:,} The figures", before)


def test_a_long_list_of_figures_says_that_it_is_cut(
    governed: Home, monkeypatch: pytest.MonkeyPatch
) -> None:
    edition = affected_figures.using(EditionKey(PRACTICE, "2025-10"))
    never = affected_figures.using(EditionKey(PRACTICE, "2031-01"))
    with open_mart(governed.mart) as db:
        every = affected_figures.affected_figures(db, edition)
        monkeypatch.setattr(affected_figures, "MOST", every.total - 1)
        found = affected_figures.affected_figures(db, edition)
        nothing = affected_figures.affected_figures(db, never)
    assert found.total == every.total
    assert found.figures == every.figures[:-1] != []
    widths = [len(below(one["org_level"])) for one in found.figures]
    assert widths == sorted(widths, reverse=True) and widths[0] > widths[-1], "widest first"
    assert nothing == (0, 0, None, [], [])


def test_a_page_of_figures_leads_to_a_file_of_all(
    governed: Home, read: Callable[[str], Page], monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    name = affected_csv(PRACTICE, "2025-10")
    assert {"href": f"../{name}"} in read(PAGE_OF_FIGURES).of("a")
    own = Home(Path(shutil.copytree(governed.root, tmp_path / "home")))
    monkeypatch.setattr(affected_figures, "MOST", 1)
    build_pages(own, TODAY)
    said = Page((own.pages / PAGE_OF_FIGURES).read_text(encoding="utf-8")).said()
    [row] = Mart(own.mart).rows(f"SELECT count(*) n FROM figures_affected('{PRACTICE}', '2025-10')")
    assert row["n"] > 1 and f"The first 1 of {row['n']:,} published figures" in said
    figures = list(csv.DictReader((own.pages / name).read_text("utf-8-sig").splitlines()))
    assert len(figures) == row["n"]
    assert {"7.0"} <= {one["value"] for one in figures if one["kpi_id"] == "appointments"}


def test_the_sample_has_no_number_of_overdue_editions(governed: Home, tmp_path: Path) -> None:
    """It is not dated; a number would say that somebody had looked."""
    own = Home(Path(shutil.copytree(governed.root, tmp_path / "home")))
    overdue = "feeds overdue, "
    before = Page((own.pages / SCORECARD).read_text(encoding="utf-8")).said()
    with duckdb.connect(str(own.mart)) as db:
        db.execute("UPDATE governance.edition SET synthetic = TRUE")
    build_pages(own, TODAY)
    after = Page((own.pages / SCORECARD).read_text(encoding="utf-8")).said()
    assert overdue in before and overdue not in after
    assert "Sample data are never overdue" in after


def test_pages_of_figures_go_when_nothing_is_accepted_by_decision(
    governed: Home, tmp_path: Path
) -> None:
    own = Home(Path(shutil.copytree(governed.root, tmp_path / "home")))
    with duckdb.connect(str(own.mart)) as db:
        db.execute("DELETE FROM governance.override")
    build_pages(own, TODAY)
    assert not (own.pages / PAGE_OF_FIGURES).exists()
    assert not (own.pages / affected_csv(PRACTICE, "2025-10")).exists()
    assert (
        "None: the status of every edition follows from its checks"
        in Page((own.pages / SCORECARD).read_text(encoding="utf-8")).said()
    )


def test_decisions_in_force_are_beside_the_feed(read: Callable[[str], Page]) -> None:
    page = read(SCORECARD).said("tbody")
    assert f"2025-10 accepted by A. Person, {day_words(datetime.now(UTC))}: Checked with" in page


def test_an_edition_whose_acceptance_was_revoked_is_held_by_its_checks(
    governed: Home, tmp_path: Path
) -> None:
    home = Home(tmp_path / "home")
    shutil.copytree(governed.root, home.root)
    revoke(home, PRACTICE, "2025-10", "A mistake", by="B. Person")
    publish(home, build_aside(home))
    build_pages(home, TODAY)
    said = Page((home.pages / SCORECARD).read_text(encoding="utf-8")).said()
    assert "held by decision" not in said
    assert "by its checks; the acceptance was revoked by B. Person on 20" in said


def test_feeds_and_checks_have_their_titles(read: Callable[[str], Page]) -> None:
    said = read(SCORECARD).said()
    assert f"{contracts()[SUB_ICB].title} {SUB_ICB} 2025-11" in said
    assert "Every count is a whole number count_whole" in said


def test_bars_of_the_trend_have_a_legend(read: Callable[[str], Page]) -> None:
    said = read(SCORECARD).said()
    assert "Trend of failures checks that warned; checks that failed. A bar is as long" in said


def test_the_scorecard_shows_which_headline_figures_are_disputed_and_why(
    governed: Home, read: Callable[[str], Page]
) -> None:
    said = read(SCORECARD).said()
    [row] = Mart(governed.mart).rows(
        "SELECT count(*) AS n FROM kpi_monthly WHERE status = 'disputed'"
    )
    assert row["n"] > 0 and f"{row['n']:,} of them disputed" in said
    assert "0 checks failed in the last refresh" in said
    assert f"disputed {PRACTICE} 2025-10 failed keys_unique" in said
    assert "; accepted by A. Person on" in said


def test_the_scorecard_has_the_headline_as_the_terminal_has_it(
    governed: Home, read: Callable[[str], Page]
) -> None:
    page = read(SCORECARD)
    assert f"Value {' '.join(BESIDE)}" in page.said("thead") and ON_THE_YEAR in page.said()
    shown = headlines(Mart(governed.mart).db, read_settings(governed).headlines)
    assert len(shown) > 5
    for row in shown:
        told = " ".join(" ".join((headline_value(row), *beside_value(row))).split())
        assert f"{row['title']} {row['month']:%b %Y} {told}" in page.said("tbody")


def test_the_scorecard_counts_checks_by_dimension(read: Callable[[str], Page]) -> None:
    page = read(SCORECARD)
    assert "Completeness Uniqueness Consistency Timeliness Validity Accuracy" in page.said("thead")
    assert re.search(r"2025-10 accepted by decision .*1 failed", page.said("tbody"))


def test_the_scorecard_shows_what_is_overdue(read: Callable[[str], Page]) -> None:
    said = read(SCORECARD).said()
    assert "Next edition Due by Days overdue Editions missing" in said
    assert "overdue 2025-11 18 Dec 2025 10 1" in said
    assert "2025-11 held 2025-12 29 Jan 2026 0 0" in said
    assert re.search(r"[1-9] feeds overdue, [1-9] editions missing", said)


@pytest.mark.parametrize(("today", "told"), [(TODAY, "1 warned"), (date(2026, 9, 30), "1 failed")])
def test_timeliness_is_as_at_the_day_of_the_page(
    governed: Home, tmp_path: Path, today: date, told: str
) -> None:
    """It passed when it was checked and is overdue since: the scorecard shows that."""
    own = Home(tmp_path / "home")
    own.mart.parent.mkdir(parents=True)
    own.mart.write_bytes(governed.mart.read_bytes())
    page = build_pages(own, today).read_text(encoding="utf-8")
    [row] = re.findall(rf"<code>{PRACTICE}</code></th>.*?</tr>", page, re.DOTALL)[:1]
    timeliness = re.findall(r"<td>.*?</td>", row, re.DOTALL)[4]
    assert told in timeliness and "passed" in timeliness


def test_the_page_of_a_refresh_has_each_verdict(
    governed: Home, read: Callable[[str], Page]
) -> None:
    first, second = (read(name).said() for name in names(governed)[1:3])
    assert "No key is repeated" in first
    assert "failed" in first
    assert "Every figure's KPI is in the catalogue" in first
    assert "No key is repeated" not in second, "nothing was judged again"
    assert "The mart itself" in second


def test_the_lineage_draws_the_way_of_a_kpi(read: Callable[[str], Page]) -> None:
    page = read(theme_lineage("appointments"))
    assert (
        "practices, networks Published column Tidy column Measure Part KPI "
        "gp_appointments_practice COUNT_OF_APPOINTMENTS chosen by APPOINTMENT_STATUS , APPT_STATUS "
        "appointments only where appointment_status is DNA "
        "appointments_dna added up numerator"
    ) in page.said()
    said = read(table_lineage("organisation")).said("tbody")
    assert re.search(r"org_name organisations: org_name .*published\.\w+: .*GP_NAME", said)
    assert {"href": "lineage.html"} in read(SCORECARD).of("a")


def test_the_list_of_the_lineage_leads_to_each_kpi_and_table(
    governed: Home, read: Callable[[str], Page]
) -> None:
    """Under the addresses that they had while all were on one page."""
    listed = read(LINEAGE)
    every = {one["id"] for one in listed.of("li") if "id" in one}
    assert {"kpi-appointments_dna_share", "table-kpi_monthly", "table-governance.feed"} <= every
    links = {str(one["href"]) for one in listed.of("a")}
    mart = Mart(governed.mart)
    for row in mart.rows("SELECT kpi_id, theme FROM kpi"):
        page, anchor = theme_lineage(row["theme"]), f"kpi-{row['kpi_id']}"
        assert f"{page}#{anchor}" in links
        assert {"id": anchor, "class": "nhsuk-heading-s"} in read(page).of("h2")
    for row in mart.rows(
        """SELECT DISTINCT to_table[6:] AS name, to_column FROM governance.lineage_edge
           WHERE to_table LIKE 'mart.%' AND to_column <> '*'"""
    ):
        assert table_lineage(row["name"]) in links
        assert row["to_column"] in read(table_lineage(row["name"])).words["th"]


def test_pages_of_the_lineage_are_light_and_none_is_left_over(
    governed: Home, tmp_path: Path
) -> None:
    own = Home(Path(shutil.copytree(governed.root, tmp_path / "home")))
    ways = [own.pages / one for one in names(own) if "lineage" in one]
    assert len(ways) > 50
    assert max(one.stat().st_size for one in ways) < 300_000
    write(own.pages / table_lineage("gone"), b"x")
    (own.pages / table_lineage("kpi_monthly")).unlink()
    assert not are_whole(own)
    build_pages(own, TODAY)
    assert are_whole(own) and not (own.pages / table_lineage("gone")).exists()


def test_pages_load_nothing_from_the_network(governed: Home, read: Callable[[str], Page]) -> None:
    for name in names(governed):
        page = read(name)
        assert not [tag for tag, _ in page.tags if tag in ("script", "style", "img", "iframe")]
        assert not [tag for tag, given in page.tags if "style" in given]
        links = [one["href"] or "" for tag in ("a", "link") for one in page.of(tag)]
        assert not [link for link in links if "//" in link]
        for link in links:
            path = link.partition("#")[0]
            assert not path or ((governed.pages / name).parent / path).exists(), link


def test_the_scorecard_leads_to_the_data_docs_where_they_are(
    governed: Home, tmp_path: Path
) -> None:
    home = Home(Path(shutil.copytree(governed.root, tmp_path / "home")))
    without = Page(build_pages(home, TODAY).read_text(encoding="utf-8"))
    assert {"href": "../data-docs/index.html"} not in without.of("a")
    assert "run access-recovery data-docs" in without.said()
    write(home.root / "data-docs" / "index.html", b"x")
    linked = Page(build_pages(home, TODAY).read_text(encoding="utf-8"))
    assert {"href": "../data-docs/index.html"} in linked.of("a")


def test_pages_are_accessible(governed: Home, read: Callable[[str], Page]) -> None:
    for name in names(governed):
        page = read(name)
        assert page.of("html") == [{"lang": "en-GB"}]
        assert len(page.of("h1")) == len(page.of("title")) == len(page.of("main")) == 1
        assert len(page.of("caption")) == len(page.of("table"))
        assert all(one.get("scope") in ("row", "col") for one in page.of("th"))
        ids = [one["id"] for _, one in page.tags if "id" in one]
        assert len(ids) == len(set(ids))


def test_what_people_typed_is_text_not_markup(governed: Home) -> None:
    text = (governed.pages / SCORECARD).read_text(encoding="utf-8")
    assert HOSTILE not in text
    assert "&lt;script&gt;alert(1)&lt;/script&gt; &amp; sons" in text


def test_a_refresh_is_the_one_that_a_check_took_effect_in(governed: Home) -> None:
    mart = Mart(governed.mart)
    [row] = mart.rows(
        """SELECT (SELECT count(*) FROM governance.refresh_check) AS told,
                  (SELECT count(*) FROM governance.check_result) AS kept,
                  (SELECT count(DISTINCT refreshed_at) FROM governance.refresh_check
                   WHERE feed <> 'mart') AS refreshes"""
    )
    assert row["told"] == row["kept"]
    assert row["refreshes"] == 1


def test_no_mart_no_pages(home: Home) -> None:
    with pytest.raises(NoMart, match="Run access-recovery refresh"):
        build_pages(home)
