"""Readers see titles, not ids: of texts, and of the whole report."""

import re
from html import unescape
from pathlib import Path

from warehouse.contract.model import contracts
from warehouse.kpi.catalogue import catalogue
from warehouse.site.reader_words import ID, titled

# Words of those who look after the data, which say nothing to readers of these pages.
INTERNAL = re.compile(r"\bNULL\b|\bthe mart\b|\bdocs/|\.yaml\b|access-recovery|\bSQL\b")
# Pages about columns and checks, which have the names that files and checks have.
FOR_ANALYSTS = ("trust/lineage", "trust/refreshes")


def test_ids_are_titles() -> None:
    kpi, feed = "appointments_dna_share", "gp_appointments_practice"
    assert titled(f"beside {kpi}.") == f'beside "{catalogue()[kpi].title}".'
    assert titled(f"({feed})") == f'("{contracts()[feed].title}")'
    assert titled("of QT1 since", {"QT1": "Ours"}) == "of Ours since"
    assert titled("org_name and appointments stay") == "org_name and appointments stay"


def shown(page: Path) -> str:
    """The text of a page's content."""
    text = page.read_text(encoding="utf-8")
    return unescape(re.sub(r"<[^>]+>", "\n", text.partition("<main")[2].partition("</main>")[0]))


def test_no_page_has_ids_or_words_of_programmers(site: Path) -> None:
    ids = {one for one in (*catalogue(), *contracts()) if "_" in one}
    found = set()
    for page in site.rglob("*.html"):
        if (path := page.relative_to(site).as_posix()).startswith(FOR_ANALYSTS):
            continue
        text = shown(page)
        words = {*ID.findall(text)} & ids | {*INTERNAL.findall(text)}
        found |= {f"{path}: {word}" for word in words}
    assert not found, sorted(found)[:40]
