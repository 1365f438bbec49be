"""A report about an ICB that is not the home's."""

from pathlib import Path

import duckdb
import pytest

from tests.warehouse.site.conftest import EMPTY
from warehouse.base.home import Home
from warehouse.base.sql import open_mart
from warehouse.settings import Settings
from warehouse.site import write_site as writing
from warehouse.site.overview import merged_words
from warehouse.site.overview_queries import successors
from warehouse.site.site_places import SitePlace, place_named


def test_an_icb_that_was_merged_says_where_its_sub_icbs_are() -> None:
    with duckdb.connect() as db:
        db.execute(
            """CREATE TABLE organisation AS FROM (VALUES
                   ('sub_icb', '26A', 'QMM'), ('sub_icb', '26A', 'T6Y0W'),
                   ('sub_icb', '06L', 'QJG'),
                   ('sub_icb', '04C', 'QK1')) AS t(org_level, org_code, icb_code);
               CREATE TABLE organisation_current AS FROM (VALUES
                   ('sub_icb', '26A', 'T6Y0W', NULL, NULL), ('sub_icb', '04C', 'QK1', NULL, NULL),
                   ('icb', 'T6Y0W', NULL, 'Norfolk and Suffolk', 'NHS Norfolk and Suffolk'))
                   AS t(org_level, org_code, icb_code, short_name, org_name)"""
        )
        told = {
            code: successors(db, SitePlace("icb", code, code, code, {}))
            for code in ("QMM", "QK1", "T6Y0W")
        }
        assert told == {"QMM": ["Norfolk and Suffolk"], "QK1": [], "T6Y0W": []}
        assert successors(db, SitePlace("sub_icb", "QMM", "", "", {})) == []
    assert "in Norfolk and Suffolk, whose report" in merged_words("Norfolk", told["QMM"])
    assert merged_words("LLR", []) == ""


@pytest.fixture(scope="module")
def elsewhere(sample_home: Home, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The site of another ICB of the sample, without drawings."""
    target = tmp_path_factory.mktemp("elsewhere") / "site"
    with pytest.MonkeyPatch.context() as patch, open_mart(sample_home.mart) as db:
        patch.setattr(writing, "as_svg", lambda spec: EMPTY)
        patch.setattr(writing, "as_png", lambda svg: b"")
        [[code]] = db.sql(
            """SELECT icb_code FROM kpi_monthly
               JOIN organisation_current USING (org_level, org_code)
               WHERE org_level = 'sub_icb' AND icb_code <> 'QK1' AND value IS NOT NULL
               GROUP BY ALL ORDER BY count(*) DESC, icb_code LIMIT 1"""
        ).fetchall()
        writing.write_site(db, place_named(db, code, Settings()), target)
    return target


def test_a_report_of_another_icb_is_about_it_alone(elsewhere: Path) -> None:
    for page in elsewhere.rglob("*.html"):
        text = page.read_text(encoding="utf-8")
        main = text.partition("<main")[2].partition("</main>")[0]
        if "trust" not in page.parts:
            for word in ("LLR", "Leicester City", "267,552"):
                assert word not in main, (page.name, word)
    assert "No decision of a council" in (elsewhere / "council-paper.html").read_text("utf-8")
