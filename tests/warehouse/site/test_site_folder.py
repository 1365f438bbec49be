"""The folder of a site: unchanged files stay, deleted pages go, other files are safe."""

import json
from pathlib import Path

from warehouse.site.site_folder import MANIFEST, SiteFolder, is_ours


def built(target: Path, digest: str = "a", **files: bytes) -> SiteFolder:
    """A site with these files, and one made from `digest`."""
    folder = SiteFolder(target)
    for name, content in files.items():
        folder.write(f"pages/{name}.html", content)
    folder.make("chart.svg", digest, digest.encode)
    folder.finish()
    return folder


def test_an_unchanged_file_is_not_written_again(tmp_path: Path) -> None:
    target = tmp_path / "site"
    built(target, one=b"1", two=b"2")
    before = {path.name: path.stat().st_ino for path in target.rglob("*.html")}
    again = built(target, one=b"1", two=b"changed")
    after = {path.name: path.stat().st_ino for path in target.rglob("*.html")}
    assert after["one.html"] == before["one.html"]
    assert (target / "pages/two.html").read_bytes() == b"changed"
    assert (again.written, again.kept) == (1, 2)


def test_a_file_is_made_again_when_what_it_depends_on_changes(tmp_path: Path) -> None:
    target = tmp_path / "site"
    built(target, "a")
    assert built(target, "a").written == 0
    assert built(target, "b").written == 1
    assert (target / "chart.svg").read_bytes() == b"b"


def test_pages_of_before_are_gone(tmp_path: Path) -> None:
    target = tmp_path / "site"
    built(target, one=b"1", two=b"2")
    built(target, one=b"1")
    assert [path.name for path in (target / "pages").iterdir()] == ["one.html"]
    assert [path.name for path in tmp_path.iterdir()] == ["site"]


def test_what_a_killed_build_left_does_not_stay(tmp_path: Path) -> None:
    target = tmp_path / "site"
    SiteFolder(target).write("left.html", b"")
    built(target, one=b"1")
    assert not (target / "left.html").exists()


def test_a_broken_list_of_digests_makes_everything_again(tmp_path: Path) -> None:
    target = tmp_path / "site"
    built(target)
    (target / MANIFEST).write_text("{", encoding="utf-8")
    assert built(target).written == 1
    assert json.loads((target / MANIFEST).read_text(encoding="utf-8"))["digests"]


def test_only_a_site_or_nothing_is_replaced(tmp_path: Path) -> None:
    assert is_ours(tmp_path / "missing")
    assert is_ours(tmp_path)
    (tmp_path / "thesis.doc").write_bytes(b"")
    assert not is_ours(tmp_path)
    assert not is_ours(tmp_path / "thesis.doc")
    built(tmp_path / "site")
    assert is_ours(tmp_path / "site")
