"""The pages of KPIs of the sample, as models and as files."""

from collections.abc import Iterator
from pathlib import Path

import polars as pl
import pytest

from warehouse.base.home import Home
from warehouse.base.sql import open_mart
from warehouse.outputs.export import export_tables
from warehouse.outputs.export_selection import Selection
from warehouse.site.figure_line import theme_title
from warehouse.site.kpi_about import FINGERPRINT
from warehouse.site.kpi_pages import kpi_pages
from warehouse.site.site_figures import SiteFigures
from warehouse.site.site_page import SitePage
from warehouse.site.site_places import read_places

COUNT, SHARE, YEARLY = "appointments", "appointments_dna_share", "gp_patient_survey_phone_easy"
UNCHARTED = "gp_pharmacy_referrals_since_april"


@pytest.fixture(scope="module")
def pages(sample_home: Home) -> Iterator[dict[str, SitePage]]:
    """Path -> page."""
    with open_mart(sample_home.mart) as db:
        figures = SiteFigures(db, read_places(db, "icb", "QK1", "LLR"))
        yield {page.path: page for page in kpi_pages(figures)}


def test_each_page_says_where_its_figure_comes_from(pages: dict[str, SitePage]) -> None:
    for path, page in pages.items():
        if path != "kpis/index.html":
            assert page.content["files"], path
            for file in page.content["files"]:
                assert len(dict(file.facts)[FINGERPRINT]) == 64
            assert page.content["caveats"], path
            assert page.content["downloads"], path


def test_a_count_has_no_england_and_a_share_has(pages: dict[str, SitePage]) -> None:
    count = pages[f"kpis/{COUNT}.html"].content["chart"]
    assert any("England is not drawn" in note for note in count.notes)
    assert "England" not in count.table.headings
    share = pages[f"kpis/{SHARE}.html"].content["chart"]
    assert "England" in share.table.headings
    assert "England" in [entry.words for entry in share.key]


def test_the_page_of_two_weeks_has_the_numbers_and_what_the_plan_asks(
    pages: dict[str, SitePage], sample_home: Home
) -> None:
    content = pages["kpis/appointments_within_two_weeks_share.html"].content
    with open_mart(sample_home.mart) as db:
        [(counted, of)] = db.execute(
            """SELECT numerator, denominator FROM kpi_monthly WHERE month = DATE '2025-03-01'
               AND kpi_id = 'appointments_within_two_weeks_share' AND org_code = 'QK1'"""
        ).fetchall()
    assert f"{counted:,.0f} of {of:,.0f}" in content["numbers"]
    assert f"the other {of - counted:,.0f}" in content["numbers"]
    [asked] = content["asked"]
    assert asked.words.startswith("at least 90.0% for Leicester City, which is not met: 81.1%")
    assert asked.path.startswith("plan/action-") and content["compared"]
    titles = [one.title for one in content["smaller"].charts]
    assert any("concern in Feb 2025" in one for one in titles)
    assert not pages[f"kpis/{COUNT}.html"].content["asked"]
    assert not pages[f"kpis/{YEARLY}.html"].content["compared"]


def test_figures_of_two_weeks_say_which_target_is_meant(pages: dict[str, SitePage]) -> None:
    """Of all categories there is none; of eight there was one."""
    for kpi_id, of in (
        ("appointments_within_two_weeks_share", '"Share within two weeks, ACC-08 categories"'),
        ("appointments_within_two_weeks_acc08_share", "this figure"),
    ):
        page = pages[f"kpis/{kpi_id}.html"]
        [said] = page.content["targets"]
        assert said.words == f"90.0%, national target of {of}, for networks in 2023/24."
        assert said.source.startswith("Investment and Impact Fund 2023/24, indicator ACC-08")
        assert ("targets", "Which target is meant") in page.parts
    assert not pages[f"kpis/{SHARE}.html"].content["targets"]


def test_charts_side_by_side_share_a_scale_and_a_key(pages: dict[str, SitePage]) -> None:
    shown = pages[f"kpis/{SHARE}.html"].content["smaller"]
    assert len(shown.charts) == 3 and shown.key and shown.source
    scales = [chart.spec["layer"][0]["encoding"]["y"]["scale"]["domain"] for chart in shown.charts]
    assert scales[0] == scales[1] == scales[2]
    assert all(chart.title.split(":")[0] in chart.table.caption for chart in shown.charts)


def test_series_without_a_control_chart_are_drawn_with_the_reason(
    pages: dict[str, SitePage],
) -> None:
    for kpi_id in (YEARLY, UNCHARTED):
        content = pages[f"kpis/{kpi_id}.html"].content
        assert content["kpi"]["not_charted_because"] and content["chart"] is not None
        assert "Mean" not in content["chart"].table.headings
    yearly = pages[f"kpis/{YEARLY}.html"].content["chart"]
    assert yearly.spec["encoding"]["x"]["type"] == "ordinal"


def test_all_figures_are_listed_by_theme_with_value_and_judgement(
    pages: dict[str, SitePage],
) -> None:
    listed = pages["kpis/index.html"]
    titles = [title for _, title, _ in listed.content["themes"]]
    assert {"NHS App", "GP workforce", "Pharmacy First"} <= set(titles)
    assert [anchor for anchor, _ in listed.parts] == [one for one, _, _ in listed.content["themes"]]
    rows = [row for _, _, rows in listed.content["themes"] for row in rows]
    assert len(rows) == len(pages) - 1
    assert all(row["value"] and row["tag"][2] for row in rows)


def test_themes_are_titles() -> None:
    assert theme_title("pharmacy_first") == "Pharmacy First"
    assert theme_title("online_consultations") == "Online consultations"
    assert theme_title("nhs_app") == "NHS App"
    assert theme_title("appointments_annex1") == "Appointments (Annex 1)"


def test_downloads_are_what_export_writes(sample_home: Home, site: Path, tmp_path: Path) -> None:
    asked = Selection(("appointments_monthly",), (("icb", "QK1"),))
    for kind, read in (("parquet", pl.read_parquet), ("csv", pl.read_csv)):
        export_tables(sample_home, kind, tmp_path, asked)
        name = f"SYNTHETIC_appointments_monthly.{kind}"
        own, theirs = read(site / "downloads" / name), read(tmp_path / name)
        assert own.sort(own.columns).equals(theirs.sort(theirs.columns))
        assert own.height > 100
    assert (site / "downloads" / "SYNTHETIC_appointments_monthly.csv").read_bytes()[:3] == (
        b"\xef\xbb\xbf"
    )


def test_every_link_to_a_download_has_its_file(pages: dict[str, SitePage], site: Path) -> None:
    linked = {one.path for page in pages.values() for one in page.content.get("downloads", ())}
    assert linked and all((site / path).stat().st_size for path in linked)
