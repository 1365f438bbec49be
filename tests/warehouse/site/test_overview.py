"""The first page: its numbers are the mart's, and its places can be reached."""

from html.parser import HTMLParser
from pathlib import Path

import pytest

from warehouse.base.home import Home
from warehouse.base.months import typed_month
from warehouse.base.number_format import say_change, say_per_day, value_text
from warehouse.base.sql import open_mart, rows
from warehouse.kpi.catalogue import catalogue
from warehouse.site.figure_line import spark_values
from warehouse.site.overview import (
    headline_lines,
    most_revised_words,
    overview,
    trust_words,
)
from warehouse.site.overview_queries import most_revised
from warehouse.site.site_figures import SiteFigures
from warehouse.site.site_paths import place_page
from warehouse.site.site_places import read_places
from warehouse.site.spark import spark_end, spark_path


class Lines(HTMLParser):
    """The rows of the headline table: KPI id -> texts of its cells."""

    def __init__(self, text: str) -> None:
        super().__init__()
        self.found: dict[str, list[str]] = {}
        self._row: list[str] | None = None
        self._cell = False
        self.feed(text)

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        given = dict(attrs)
        if tag == "tr":
            self._row = self.found.setdefault(given["id"] or "", []) if "id" in given else None
        elif tag in ("td", "th") and self._row is not None:
            self._row.append("")
            self._cell = True

    def handle_endtag(self, tag: str) -> None:
        self._cell = self._cell and tag not in ("td", "th")

    def handle_data(self, data: str) -> None:
        if self._cell and self._row:
            self._row[-1] += data


def test_every_number_of_the_headline_table_is_in_the_mart(site: Path, sample_home: Home) -> None:
    shown = Lines((site / "index.html").read_text(encoding="utf-8")).found
    with open_mart(sample_home.mart) as db:
        mart = rows(
            db,
            """SELECT m.kpi_id, m.value, m.month, m.status, k.unit, k.chart_basis, d.working_days,
                      m.previous_year_value AS before, y.working_days AS days_before
               FROM kpi_monthly AS m JOIN kpi AS k USING (kpi_id)
               JOIN calendar_month AS d USING (month)
               LEFT JOIN calendar_month AS y ON y.month = m.month - INTERVAL 1 YEAR
               WHERE m.org_level = 'icb' AND m.org_code = 'QK1' AND m.value IS NOT NULL
               QUALIFY row_number() OVER (PARTITION BY m.kpi_id ORDER BY m.month DESC) = 1""",
        )
        found = {row["kpi_id"]: row for row in mart}
        wanted = {one.kpi_id for one in catalogue().values() if one.headline}
        assert set(shown) == wanted & set(found) and len(shown) > 15
    changes = 0
    for kpi_id, (title, when, value, daily, change, *_) in shown.items():
        row = found[kpi_id]
        month, _, status = when.partition(", ")
        assert title == catalogue()[kpi_id].title
        assert (typed_month(month), status or "final") == (row["month"], row["status"]), kpi_id
        assert value.split(" = ")[-1] == value_text(row["value"], row["unit"]), kpi_id
        per_day = row["chart_basis"] == "per_working_day"
        days = (row["working_days"], row["days_before"]) if per_day else (1, 1)
        assert daily == (say_per_day(row["value"] / days[0], row["unit"]) if per_day else "-")
        if change in ("-", "new series"):
            continue
        new, old = row["value"] / days[0], row["before"] / days[1]
        assert change == say_change(row["unit"], new - old, new / old - 1), kpi_id
        changes += 1
    assert changes > 5


def test_the_papers_to_print_are_named_before_the_figures(site: Path) -> None:
    first = (site / "index.html").read_text(encoding="utf-8").partition('class="site-lines"')[0]
    assert 'To print: <a href="board-paper.html">Board paper</a>' in first


def test_the_places_of_the_settings_and_all_sub_icbs_can_be_reached(
    figures: SiteFigures, site: Path
) -> None:
    beside = overview(figures).content["beside"]
    assert [(one.name, one.level_words) for one in beside] == [
        ("Leicester City", "sub-ICB"),
        ("Leicester City", "local authority"),
        ("East Leicestershire and Rutland", "sub-ICB"),
        ("West Leicestershire", "sub-ICB"),
    ]
    text = (site / "index.html").read_text(encoding="utf-8")
    for one in beside:
        assert f'href="{one.path}"' in text and (site / one.path).is_file()


def test_concerns_of_places_within_are_on_the_first_page(figures: SiteFigures, site: Path) -> None:
    concerns = overview(figures).content["concerns"]
    found = {one.name: {line.kpi_id for line in one.lines} for one in concerns}
    assert "appointments_within_two_weeks_share" in found["East Leicestershire and Rutland"]
    within = {line.kpi_id: line for one in concerns for line in one.lines}
    assert all("concern" in line.tag[2] for line in within.values())
    text = (site / "index.html").read_text(encoding="utf-8").partition('id="concerns"')[2]
    assert all(f'href="{one.path}"' in text for one in concerns)


def test_a_concern_that_is_no_headline_is_on_the_first_page(
    figures: SiteFigures, site: Path
) -> None:
    content = overview(figures).content
    shown = {line.kpi_id for theme in content["themes"] for line in theme.lines}
    others = {line.kpi_id: line for line in content["others"]}
    assert "appointments_status_unknown_share" in others and not shown & set(others)
    assert all("concern" in line.tag[2] for line in others.values())
    text = (site / "index.html").read_text(encoding="utf-8").partition("<table")[0]
    assert all(f'href="{line.path}"' in text for line in others.values())
    assert 'href="board-paper.html"' in text and 'href="council-paper.html"' in text


def test_revisions_are_those_of_the_newest_edition(figures: SiteFigures) -> None:
    table = overview(figures).content["revised"]
    firsts = {cells[0]: cells for cells in table.cells}
    assert firsts["GP appointments attended"][1:4] == ["February 2025", "563,438", "564,853"]
    assert not any(title.startswith("Pharmacy First") for title in firsts)  # of an older edition
    assert all(cells[2] != cells[3] and cells[4] != "0.00 pp" for cells in table.cells)
    shares = [cells for cells in table.cells if cells[4].endswith(" pp")]
    for cells in shares:  # the change is that of the values as they are written
        before, now, change = (float(cells[number].strip("%p ")) for number in (2, 3, 4))
        assert round(now - before, 4) == change, cells
    assert shares


@pytest.mark.parametrize(
    ("level", "code"), [("sub_icb", "04C"), ("pcn", "U12169"), ("icb", "QHM"), ("icb", "QUE")]
)
def test_other_places_have_a_first_page(sample_home: Home, level: str, code: str) -> None:
    with open_mart(sample_home.mart) as db:
        figures = SiteFigures(db, read_places(db, level, code))
        page = overview(figures)
        lines = headline_lines(figures, figures.places.home)
        assert lines and page.content["answer"]
        assert {line.kpi_id for line in lines} <= set(figures.kpis)
        assert {one.level_words for one in page.content["beside"]} <= {"sub-ICB"}


def test_a_place_without_figures_has_a_first_page(sample_home: Home) -> None:
    with open_mart(sample_home.mart) as db:
        code = rows(
            db,
            """SELECT org_code FROM organisation_current AS o WHERE org_level = 'pharmacy'
               ORDER BY org_code LIMIT 1""",
        )[0]["org_code"]
        page = overview(SiteFigures(db, read_places(db, "pharmacy", code)))
        assert "cannot be said" in page.content["answer"] or page.content["themes"]


def test_few_points_are_no_line() -> None:
    rows = [{"value": float(n), "charted_value": None} for n in range(6)]
    assert spark_values(rows, False) == [0, 1, 2, 3, 4, 5]
    assert spark_values(rows[1:], False) == []
    assert spark_values([*rows[1:], {"value": None, "charted_value": None}], False) == []


def test_a_spark_line_has_a_gap_where_a_month_is_missing() -> None:
    assert spark_path([1.0, None, 2.0, 3.0]) == "M3 29M79 16L117 3"
    assert spark_end([1.0, None, 2.0, 3.0]) == (117.0, 3.0)
    assert spark_path([None]) == "" and spark_end([]) is None
    assert place_page("practice", "A/B") == "places/practice-A~2fB.html"


def test_what_was_revised_most_is_said_whichever_edition_revised_it(figures: SiteFigures) -> None:
    """Also one that was released again, after which a newer edition came."""
    home = figures.places.home
    row = most_revised(figures.db, home)
    assert row is not None and row["size"] == max(
        one["size"]
        for one in rows(
            figures.db,
            "SELECT size FROM largest_revisions WHERE org_level = $level AND org_code = $code",
            level=home.level,
            code=home.code,
        )
    )
    [said] = most_revised_words(row)
    assert row["title"] in said and said in trust_words(figures, [])
    assert most_revised_words(None) == []
    assert most_revised_words({**row, "unit": "events", "change": 0.0, "ratio": 0.0}) == []
