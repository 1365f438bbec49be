"""The site of a home: written once a publication, about the place of the settings, and erased with
what it shows."""

import json
import shutil
from pathlib import Path

import dagster as dg
import pytest

from assets.site_asset import site as site_asset
from pipelines.resources import HomeResource
from pipelines.sensors import report_sensor
from tests.support import write_text
from warehouse.base.home import Home
from warehouse.outputs.search import NoMatch
from warehouse.publication.publish import take_down
from warehouse.site import write_site as writing
from warehouse.site.home_site import pending_fingerprint, write_home_site
from warehouse.site.site_folder import MANIFEST
from warehouse.site.trust.home_pages import build_pages
from warehouse.site.write_site import NotASite


@pytest.fixture
def own(home: Home, sample_home: Home, monkeypatch: pytest.MonkeyPatch) -> Home:
    """This test's home with the sample's mart; drawing is left out, and of pages the first."""
    home.mart.parent.mkdir(parents=True)
    shutil.copy(sample_home.mart, home.mart)
    monkeypatch.setattr(writing, "PAGE_KINDS", writing.PAGE_KINDS[:1])
    return home


def evaluated(home: Home) -> dg.SensorResult:
    """What the sensor answers."""
    with dg.DagsterInstance.ephemeral() as instance:
        context = dg.build_sensor_context(instance=instance)
        answer = report_sensor(60)(context, home=HomeResource(root=str(home.root)))
    assert isinstance(answer, dg.SensorResult)
    return answer


def test_a_report_is_asked_for_once_a_publication(own: Home) -> None:
    [asked] = evaluated(own).run_requests or []
    assert asked.run_key == pending_fingerprint(own)
    result = dg.materialize(
        [site_asset], resources={"home": HomeResource(root=str(own.root))}, selection=[site_asset]
    )
    [made] = result.asset_materializations_for_node("mart__site")
    assert made.metadata["pages"].value == 2  # with that of downloads
    assert (own.site / "index.html").is_file()
    assert evaluated(own).skip_reason is not None
    manifest = json.loads((own.site / MANIFEST).read_text(encoding="utf-8"))
    text = json.dumps(manifest | {"fingerprint": "earlier"})
    (own.site / MANIFEST).write_text(text, encoding="utf-8")
    assert evaluated(own).run_requests


@pytest.mark.parametrize(
    ("said", "shown"),
    [
        ("", "Questions about this copy, and corrections: its publisher gave no address."),
        (
            "contact: https://example.org/ask?a=1&b=2",
            '<a href="https://example.org/ask?a=1&amp;b=2" rel="noreferrer">'
            "https://example.org/ask?a=1&amp;b=2</a>.",
        ),
    ],
)
def test_pages_have_the_contact_of_the_settings(own: Home, said: str, shown: str) -> None:
    write_text(own.settings, said)
    made = write_home_site(own)
    assert shown in made.index.read_text(encoding="utf-8")
    assert shown in build_pages(own).read_text(encoding="utf-8")


def test_a_report_that_was_deleted_is_asked_for_again(own: Home) -> None:
    write_home_site(own)
    assert pending_fingerprint(own) is None
    shutil.rmtree(own.site)
    assert pending_fingerprint(own) is not None


def test_without_a_mart_no_report_is_asked_for(home: Home) -> None:
    assert pending_fingerprint(home) is None


def test_the_report_goes_with_the_mart(own: Home) -> None:
    write_home_site(own)
    assert take_down(own)
    assert not own.site.exists()


def test_a_place_that_the_mart_does_not_have_is_refused(own: Home) -> None:
    own.store.replace("settings.yaml", "place: QZZ\n")
    with pytest.raises(NoMatch, match="QZZ"):
        write_home_site(own)


def test_a_folder_with_other_files_is_not_replaced(own: Home) -> None:
    own.site.mkdir(parents=True)
    (own.site / "thesis.doc").write_bytes(b"years of work")
    with pytest.raises(NotASite, match="not of a site"):
        write_home_site(own)
    assert (own.site / "thesis.doc").read_bytes() == b"years of work"


def test_the_same_mart_gives_the_same_files(own: Home, tmp_path: Path) -> None:
    first = write_home_site(own)
    again = write_home_site(own)
    assert (again.pages, again.written) == (first.pages, 0)
