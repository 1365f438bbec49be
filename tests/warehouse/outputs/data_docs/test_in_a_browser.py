"""The site in a browser without a network: it is styled, its tables are drawn, its filters work."""

import json
import re
import shutil
import subprocess
from html import unescape
from pathlib import Path
from typing import Any

import pytest

from tests.shared import browser_program
from tests.warehouse.outputs.data_docs.checked_home import EDITIONS, PRACTICE
from warehouse.base.home import Home
from warehouse.outputs.data_docs.replace_site import SITE

pytestmark = pytest.mark.acceptance
OPTIONS = (
    *("--headless", "--no-sandbox", "--disable-gpu", "--disable-dev-shm-usage", "--dump-dom"),
    *("--host-resolver-rules=MAP * ~NOTFOUND", "--virtual-time-budget=8000"),
)
# Put into a copy of a page: what a reader would see is written where the test can read it.
EARLY = """<script>
window.missed = [];
addEventListener("error", e => missed.push(e.target.src || e.target.href || e.message), true);
addEventListener("securitypolicyviolation", e => missed.push(e.blockedURI));
</script>"""
LATE = """<pre id="seen"></pre><script>
addEventListener("load", () => setTimeout(async () => {
  const style = name => getComputedStyle(document.querySelector(name));
  const rows = () => [...document.querySelectorAll("td")]
    .filter(one => one.offsetParent).map(one => one.innerText);
  const wait = time => new Promise(done => setTimeout(done, time));
  const seen = {
    missed, title: document.title, before: rows(),
    loaded: performance.getEntriesByType("resource").map(one => one.name),
    grey: style(".alert-secondary").backgroundColor,
    sticky: style("nav.navbar").position,
    wide: document.documentElement.scrollWidth - innerWidth,
    icons: [...document.querySelectorAll(".fas")]
      .map(one => getComputedStyle(one, "::before").content),
  };
  ACT
  await wait(1500);
  seen.after = rows();
  document.getElementById("seen").innerText = JSON.stringify(seen);
}, 500));
</script>"""


@pytest.fixture(scope="module")
def browser() -> str:
    return browser_program()


@pytest.fixture
def copied(with_site: Home, tmp_path: Path) -> Path:
    """A copy of the site, in a folder whose name must be quoted in addresses."""
    return Path(shutil.copytree(with_site.root / SITE, tmp_path / "a site"))


def seen_in(browser: str, page: Path, profile: Path, act: str = "", width: int = 1280) -> Any:
    """What a reader sees on a page, and after doing something there."""
    text = page.read_text(encoding="utf-8")
    assert "<title>" in text and "</body>" in text
    text = text.replace("<title>", f"{EARLY}<title>", 1)
    page.write_text(text.replace("</body>", f"{LATE.replace('ACT', act)}</body>"), encoding="utf-8")
    command = [browser, *OPTIONS, f"--user-data-dir={profile}", f"--window-size={width},900"]
    done = subprocess.run(
        [*command, page.as_uri()], capture_output=True, text=True, timeout=120, check=True
    )
    found = re.search(r'<pre id="seen">(.+?)</pre>', done.stdout, re.DOTALL)
    assert found, done.stdout[-2000:]
    return json.loads(unescape(found[1].replace("<br>", "\n")))


def assert_styled(seen: Any) -> None:
    assert seen["missed"] == []
    assert seen["loaded"] == []  # by a network: a browser does not list files
    assert (seen["grey"], seen["sticky"]) == ("rgb(226, 227, 229)", "sticky")
    assert all(icon != "none" for icon in seen["icons"])


@pytest.mark.parametrize("width", [1280, 500])
def test_the_index_is_drawn_and_filtered(
    browser: str, copied: Path, tmp_path: Path, width: int
) -> None:
    choose = (
        "const chosen = document.querySelector('th[data-field=validation_success] select');"
        "chosen.value = 'Failed'; chosen.dispatchEvent(new Event('change', {bubbles: true}));"
    )
    seen = seen_in(browser, copied / "index.html", tmp_path / "profile", choose, width)
    assert_styled(seen)
    assert seen["title"] == "Data Docs" and len(seen["icons"]) >= 4
    before, after = seen["before"], seen["after"]
    assert [before.count(edition) for edition in EDITIONS] == [2, 2]
    assert [after.count(edition) for edition in EDITIONS] == [0, 2]
    assert seen["wide"] <= 0


def test_results_are_found_by_part_of_a_date(browser: str, copied: Path, tmp_path: Path) -> None:
    write = (
        "const typed = document.querySelector('th[data-field=run_time] input');"
        "typed.value = '1999-01'; typed.dispatchEvent(new Event('keyup', {bubbles: true}));"
    )
    seen = seen_in(browser, copied / "index.html", tmp_path / "profile", write)
    assert len(seen["before"]) > 20 and EDITIONS[0] not in seen["after"]


def test_a_suite_is_styled(browser: str, copied: Path, tmp_path: Path) -> None:
    page = copied / "expectations" / f"{PRACTICE}.html"
    seen = seen_in(browser, page, tmp_path / "profile")
    assert_styled(seen)
    assert seen["title"] == f"Suite: {PRACTICE}"


@pytest.mark.parametrize("width", [1280, 500])
def test_a_failing_result_is_styled_and_shows_only_failures_when_asked(
    browser: str, copied: Path, tmp_path: Path, width: int
) -> None:
    page = next((copied / "validations" / PRACTICE / EDITIONS[1]).rglob("*.html"))
    press = "jQuery.fx.off = true; document.querySelectorAll('.btn-group-toggle label')[1].click();"
    seen = seen_in(browser, page, tmp_path / "profile", press, width)
    assert_styled(seen)
    assert seen["title"] == f"Result: {PRACTICE} {EDITIONS[1]}"
    met = [one for one in seen["before"] if "regular expression" in one]
    assert len(met) == 1 and met[0] not in seen["after"]
    assert any("must never be null" in one for one in seen["after"])
    assert seen["wide"] <= 0
