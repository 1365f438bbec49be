"""The page of a refresh in brief: what is not met first, and checks counted over editions."""

from pathlib import Path
from typing import Any

from warehouse.site.trust.refresh_summary import checked_feeds, in_editions, shortened

LARGEST = 500_000  # bytes of a page


def result(rule: str, verdict: str, **given: Any) -> dict[str, Any]:
    """A check's result."""
    common = {"column_name": None, "expected": "one", "observed": "two", "message": None}
    return {"rule": rule, "title": f"Title {rule}", "verdict": verdict, **common, **given}


def edition(feed: str, name: str, *results: dict[str, Any]) -> dict[str, Any]:
    """An edition with its results."""
    return {
        "feed": feed,
        "edition": name,
        "feed_title": f"Feed {feed}",
        "results": list(results),
    }


def test_checks_are_counted_over_the_editions_of_a_publication() -> None:
    found = checked_feeds(
        [
            edition("mart", "-", result("m", "pass")),
            edition("b", "2025-02", result("x", "pass"), result("y", "skipped", message="No.")),
            edition("b", "2025-01", result("x", "warn"), result("y", "pass")),
            edition("a", "2025-02", result("x", "pass", column_name="code")),
        ]
    )
    assert [one.title for one in found] == ["Feed b", "Feed a", "The mart itself"]
    assert [in_editions(one) for one in found] == ["2 editions", "1 edition", ""]
    first, second = found[0].checks
    assert (first.title, first.came_out, first.why) == ("Title x", "1 passed, 1 warned", "")
    assert (second.came_out, second.why) == ("1 passed, 1 skipped", "No.")
    assert found[0].tally == {"pass": 2, "warn": 1, "skipped": 1}
    assert found[1].checks[0].of == "code"


def test_a_long_message_is_cut() -> None:
    assert shortened("short") == "short"
    assert len(shortened("long " * 1000)) < 500


def test_no_page_of_the_report_is_large(site: Path) -> None:
    large = {
        str(path.relative_to(site)): path.stat().st_size
        for path in site.rglob("*.html")
        if path.stat().st_size > LARGEST
    }
    assert not large


def test_the_report_shows_no_names_for_commands_in_its_scorecard(site: Path) -> None:
    text = (site / "trust" / "index.html").read_text(encoding="utf-8")
    main = text.partition("<main")[2].partition("</main>")[0]
    assert "<code>" not in main and ">Feed<" not in main
    assert "An edition is one release of a publication" in main
