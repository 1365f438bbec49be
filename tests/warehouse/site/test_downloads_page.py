"""The list of downloads: every file that a page links to is on it once, with its size."""

import re
from pathlib import Path

from tests.warehouse.site.test_whole_site import Read
from warehouse.site.downloads_page import size_words


def test_every_file_that_can_be_downloaded_is_listed_once(site: Path) -> None:
    listed = [
        address
        for address in Read(site / "downloads.html").all_of("href")
        if re.search(r"\.(csv|svg|png|parquet|xlsx)$", address)
    ]
    assert len(listed) == len(set(listed)) > 100
    offered = {
        path.relative_to(site).as_posix()
        for folder in ("charts", "downloads")
        for path in (site / folder).iterdir()
        if not path.stem.endswith("-narrow")
    }
    assert set(listed) == offered


def test_sizes_are_in_words() -> None:
    assert [size_words(size) for size in (12, 1499, 340_200, 2_060_000)] == [
        *("1 KB", "1 KB", "340 KB", "2.1 MB"),
    ]


def test_each_page_leads_to_the_list(site: Path) -> None:
    for path in site.rglob("*.html"):
        up = "../" * (len(path.relative_to(site).parts) - 1)
        assert f'<a href="{up}downloads.html">All downloads</a>' in path.read_text(encoding="utf-8")
    listed = (site / "downloads.html").read_text(encoding="utf-8")
    assert "SYNTHETIC_access_report.xlsx" in listed.partition('id="tables"')[0]
