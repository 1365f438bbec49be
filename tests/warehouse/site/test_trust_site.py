"""Claims, plan, trust and papers of the sample's site, as written."""

from pathlib import Path


def test_the_page_says_that_agreement_with_the_sample_confirms_nothing(site: Path) -> None:
    text = (site / "claims.html").read_text(encoding="utf-8")
    assert "confirms nothing" in text and "neither confirmed nor refuted" in text
    assert text.count("on which claims are not evaluated") == 1
    assert ", 04C:" not in text


def test_a_page_per_action_and_the_others_are_written(site: Path) -> None:
    first = (site / "plan/index.html").read_text(encoding="utf-8")
    pages = {path.name for path in (site / "plan").iterdir()}
    assert {"payment.html", "decisions.html", "action-M-2.html"} <= pages
    assert "are called green or complete while the data say otherwise" in first
    shown = (site / "plan/action-M-2.html").read_text(encoding="utf-8")
    assert "Contradicted:" in shown and "../charts/" in shown


def test_papers_have_figures_and_lists(site: Path) -> None:
    board = (site / "board-paper.html").read_text(encoding="utf-8")
    council = (site / "council-paper.html").read_text(encoding="utf-8")
    for text in (board, council):
        assert "The newest figures" in text and "Caveats and sources" in text
        assert "confirms nothing" in text and "Sources: NHS England" in text
    assert "of which the data say otherwise" in board
    assert "Claims tested" in council and "Answered in part" in council
