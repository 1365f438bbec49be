"""The files to practise on: what the checks make of each, and that all are marked as invented."""

import pytest

from assets.feeds.cloud_telephony import sample as cloud_telephony
from assets.feeds.registered_patients import sample as registered_patients
from assets.sample.to_practise import claims_to_practise, write_files_to_practise
from assets.sample.world import World
from tests.checks.support_checks import judged
from tests.support import write_text
from warehouse.archive.source_files import Archive
from warehouse.base.home import CLAIMS, Home
from warehouse.claims.home_register import claims_of
from warehouse.intake.importer import Request, import_paths

WORLD = World(months=3)
LISTS = "registered_patients"


@pytest.fixture(scope="module")
def practised(tmp_path_factory: pytest.TempPathFactory) -> Home:
    """A home with the sample's lists and workbooks, and the files with faults."""
    place = tmp_path_factory.mktemp("practised")
    home = Home(place / "home")
    first = [*registered_patients.write(WORLD, place), *cloud_telephony.write(WORLD, place)]
    files = write_files_to_practise(WORLD, place / "out", place / "corrected")
    issued = [(path, None) for path in first]
    issued += [(one.path, one.published_on) for one in files if not one.corrected]
    for path, day in issued:
        for outcome in import_paths(home, [path], Request(published_on=day)):
            assert outcome.verdict == "imported", outcome.message
    return home


def test_every_file_to_practise_on_is_marked_as_invented(practised: Home) -> None:
    files = [one for one in Archive(practised).files() if one.published_on]
    assert len(files) == 4 + 3 and all(one.synthetic for one in files)


def test_each_list_has_its_own_fault(practised: Home) -> None:
    found = {month: judged(practised, LISTS, month) for month in ("2025-01", "2025-02", "2025-03")}
    found["2025-04"] = judged(practised, LISTS, "2025-04")
    told = {
        month: (one.state.verdict, [rule.split()[0] for rule in one.state.failed_rules])
        for month, one in found.items()
    }
    assert told == {
        "2025-01": ("accepted", []),
        "2025-02": ("held", ["keys_unique"]),
        "2025-03": ("accepted", []),
        "2025-04": ("held", ["organisations_remain"]),
    }
    whole = [one for one in found["2025-03"].results if one.rule == "count_whole"]
    assert [(one.verdict, one.failed_rows) for one in whole] == [("warn", 2)]


def test_the_workbook_has_an_error_that_is_corrected(practised: Home) -> None:
    done = judged(practised, "cloud_telephony", "2025-10")
    assert done.status.verdict == "accepted"
    [found] = [one for one in done.results if one.rule == "corrections_found"]
    assert found.verdict == "pass"


def test_the_claims_fit_the_catalogue_and_say_that_they_are_invented(home: Home) -> None:
    write_text(home.root / CLAIMS, claims_to_practise(World()))
    own = [one for one in claims_of(home) if one.document.synthetic]
    assert [one.claim_id for one in own] == [
        "practise-appointments", "practise-growth", "practise-patients"
    ]  # fmt: skip
    assert all(one.statement.says.startswith("SYNTHETIC") for one in own)
