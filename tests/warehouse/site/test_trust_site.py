"""Claims, plan, trust and papers of the sample's site, as written."""

import re
from pathlib import Path


def test_the_page_says_that_agreement_with_the_sample_confirms_nothing(site: Path) -> None:
    text = (site / "claims.html").read_text(encoding="utf-8")
    assert "confirms nothing" in text and "nothing is said for or against the statement" in text
    assert text.count("on which claims are not evaluated") == 1
    assert ", 04C:" not in text


def test_a_page_per_action_and_the_others_are_written(site: Path) -> None:
    first = (site / "plan/index.html").read_text(encoding="utf-8")
    pages = {path.name for path in (site / "plan").iterdir()}
    assert {"payment.html", "decisions.html", "action-M-2.html"} <= pages
    assert "are called green or complete while the data say otherwise" in first
    shown = (site / "plan/action-M-2.html").read_text(encoding="utf-8")
    assert "Contradicted as on " in shown and "../charts/" in shown


def test_papers_have_figures_and_lists(site: Path) -> None:
    board = (site / "board-paper.html").read_text(encoding="utf-8")
    council = (site / "council-paper.html").read_text(encoding="utf-8")
    for text in (board, council):
        assert "The newest figures" in text and "Caveats and sources" in text
        assert "confirms nothing" in text and "Sources: NHS England" in text
    assert "of which the data say otherwise" in board
    assert "Claims tested" in council and "Answered in part" in council


def test_trust_has_scorecard_refreshes_and_lineage(site: Path) -> None:
    first = (site / "trust/index.html").read_text(encoding="utf-8")
    assert "How much figures are usually revised" in first
    assert "Freshness against the release calendar" in first
    assert "series breaks" in first.lower() and "one in ten by more than" in first
    [checked] = (site / "trust/refreshes").iterdir()
    assert f"refreshes/{checked.name}" in first
    assert "nhsuk-breadcrumb" in checked.read_text(encoding="utf-8")
    lineage = (site / "trust/lineage.html").read_text(encoding="utf-8")
    assert 'id="kpi-appointments"' in lineage and 'href="#tables"' in lineage
    way = "trust/lineage/theme-appointments.html#kpi-appointments"
    assert way in (site / "kpis/appointments.html").read_text(encoding="utf-8")


def test_every_link_within_the_site_leads_somewhere(site: Path) -> None:
    for page in site.rglob("*.html"):
        text = page.read_text(encoding="utf-8")
        anchors = set(re.findall(r'\bid="([^"]*)"', text))
        for address in set(re.findall(r'\b(?:href|src|srcset)="([^"]*)"', text)):
            if address.startswith("https://"):
                continue
            path, _, anchor = address.partition("#")
            if path:
                assert (page.parent / path).is_file(), f"{page.name}: {address}"
            else:
                assert anchor in anchors, f"{page.name}: {address}"


def test_no_page_has_a_style_or_script_of_its_own(site: Path) -> None:
    own = [*site.glob("trust/**/*.html"), *site.glob("plan/*.html"), *site.glob("*.html")]
    for page in own:
        text = page.read_text(encoding="utf-8")
        assert not re.search(r'<style|<script>|\sstyle="|\son\w+="', text), page.name
