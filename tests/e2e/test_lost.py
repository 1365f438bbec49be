"""What the home has lost and can be made anew is made anew by the next refresh."""

import shutil
from pathlib import Path

import pytest

from checks import runner
from pipelines.operations.pending import pending
from pipelines.operations.refresh import refresh
from tests.checks.support_gx import met
from tests.support import write_regional
from warehouse.archive.source_files import Archive
from warehouse.base.home import HOME_VARIABLE, Home
from warehouse.publication.content import JOURNALS, mart_content
from warehouse.transform.lake import lake_paths

# Of these nothing is made anew, and nothing need be.
FORGOTTEN = ("dagster", "state", "landing")


@pytest.fixture(scope="module")
def built(tmp_path_factory: pytest.TempPathFactory, empty_instance: Path) -> Home:
    """A home of an edition with a quarantined row, refreshed."""
    home = Home(tmp_path_factory.mktemp("built") / "home")
    shutil.copytree(empty_instance, home.dagster)
    write_regional(home.landing / "oct.csv", {}, {"SUB_ICB_LOCATION_CODE": "04C/1"})
    with pytest.MonkeyPatch.context() as patch:
        _quick(patch, home)
        report = refresh(home)
    assert report.published and not report.failures
    return home


def _quick(patch: pytest.MonkeyPatch, home: Home) -> None:
    patch.setenv(HOME_VARIABLE, str(home.root))
    patch.setenv("OPENLINEAGE_DISABLED", "true")
    # Judging is not what is tested here, and loading the judge takes seconds.
    patch.setattr(runner, "evaluate", met)


@pytest.fixture
def home(built: Home, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Home:
    """A copy of the built home, for one test to lose something of it."""
    own = Home(tmp_path / "home")
    shutil.copytree(built.root, own.root)
    _quick(monkeypatch, own)
    return own


def made(home: Home) -> set[str]:
    """Files that are derived from the archive, by their place in the home: no locks, no older
    marts, and not what the next building of a mart remembers of this one's SQL."""
    tops = (home.root / "lake", home.root / "quarantine", home.mart.parent, home.pages)
    return {
        path.relative_to(home.root).as_posix()
        for top in tops
        for path in top.rglob("*")
        if path.is_file() and path.suffix != ".lock" and not {"previous", "lineage"} & {*path.parts}
    }


def figures(home: Home) -> dict[str, str]:
    """The content of the mart, table by table, without the records of each refresh."""
    told = mart_content(home.mart)
    return {name: table.content for name, table in told.items() if name not in JOURNALS}


@pytest.mark.parametrize(
    "folders",
    [
        *(
            pytest.param(folders, marks=pytest.mark.acceptance)
            for folders in (
                ("quarantine", "lake/tidy"),
                ("lake",),
                ("lake/editions", "docs"),
                ("mart",),
                FORGOTTEN,
            )
        ),
        ("lake/measures", "lake/organisations", "docs/refreshes", *FORGOTTEN),
    ],
    ids=" ".join,
)
def test_lost_folders_are_made_anew(home: Home, folders: tuple[str, ...]) -> None:
    before, content = made(home), figures(home)
    for folder in folders if "dagster" not in folders else ():
        lost = (home.root / folder).rename(home.root / "lost")
        assert pending(home) is not None, folder
        lost.rename(home.root / folder)
    for folder in folders:
        shutil.rmtree(home.root / folder)
    if folders != FORGOTTEN:
        assert pending(home) is not None, "the daemon sees it, too"
    report = refresh(home)
    assert not report.failures
    assert figures(home) == content
    assert before <= made(home) or report.published, "a mart published again has other pages"
    assert home.pages.joinpath("scorecard.html").exists()
    assert refresh(home).nothing_to_do


def test_a_single_lost_file_is_noticed(home: Home) -> None:
    [file] = Archive(home).files()
    paths = lake_paths(home, file)
    lake = [paths.tidy, paths.quarantine, paths.measures, paths.organisations, paths.facts]
    for path in (*lake, *home.pages.rglob("*.html"), home.mart):
        path.rename(aside := home.root / "aside")
        assert pending(home) is not None, path
        aside.rename(path)
    assert pending(home) is None
    paths.quarantine.unlink()
    (home.pages / "lineage.html").unlink()
    report = refresh(home)
    assert report.pages and not report.published and not report.failures
    assert all(path.exists() for path in lake)
    assert refresh(home).nothing_to_do


def test_a_note_cut_short_is_made_anew(home: Home) -> None:
    [file] = Archive(home).files()
    notes = (lake_paths(home, file).facts, next(home.root.glob("lake/editions/*/*.json")))
    for path in notes:
        path.write_text('{"version": ', encoding="utf-8")
    assert not refresh(home).failures
    for path in notes:
        assert path.read_text(encoding="utf-8").endswith("}\n")
