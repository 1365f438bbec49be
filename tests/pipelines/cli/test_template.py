"""Templates of local returns, and the messages on invalid rows of a return."""

import re
import zipfile
from pathlib import Path

import pytest
from typer.testing import CliRunner

from pipelines.cli.local_returns import doubtful_rows, returns, wrong_rows
from pipelines.cli.main import app
from tests.pipelines.alerts.support_alerts import EDITION, FEED, hold_back
from tests.support import imported, referrals, write
from tests.warehouse.support_mart import retrieved
from warehouse.base.home import Home
from warehouse.contract.model import contracts
from warehouse.editions.check_history import read_latest, record
from warehouse.readers.workbook import read_sheets
from warehouse.transform.lake import facts_of
from warehouse.transform.tidy import tidy

RUNNER = CliRunner()


def test_templates_are_written_and_explained(tmp_path: Path) -> None:
    result = RUNNER.invoke(app, ["template", "--out", str(tmp_path / "new")])
    assert result.exit_code == 0, result.output
    names = {path.name for path in (tmp_path / "new").iterdir()}
    assert names == {f"{feed.replace('_', '-')}-template.csv" for feed in returns()}
    assert "telephony-installed-template.csv" in names
    for words in ("Referrals sent", "a month, YYYY-MM", "a date, YYYY-MM-DD", "Yes or No"):
        assert words in result.output


@pytest.mark.parametrize("feed", returns())
def test_a_workbook_lists_and_offers_what_is_allowed(feed: str, home: Home, tmp_path: Path) -> None:
    asked = ["template", feed, "--format", "xlsx", "--out", str(tmp_path)]
    result = RUNNER.invoke(app, asked, env={"ACCESS_RECOVERY_HOME": str(home.root)})
    assert result.exit_code == 0, result.output
    path = tmp_path / f"{feed.replace('_', '-')}-template.xlsx"
    outcome, *_ = imported(home, path)
    assert outcome.file is not None and outcome.file.feed == feed and outcome.file.synthetic
    assert tidy(home, outcome.file).quarantined == 0
    first, columns, *values = read_sheets(path)
    contract = contracts()[feed]
    named = contract.columns_in(first.rows[0])
    headings = [column.published[0] for column in contract.columns.values()]
    assert [row[0] for row in columns.rows[1:]] == headings
    rows = values[0].rows if values else []
    listed = {(row[0], row[1]) for row in rows[1:]}
    with zipfile.ZipFile(path) as parts:
        sheet = parts.read("xl/worksheets/sheet1.xml").decode()
    offered = re.findall(r"<formula1>'Allowed values'!\$B\$(\d+):\$B\$(\d+)</formula1>", sheet)
    lists = [[row[1] for row in rows[int(a) - 1 : int(b)]] for a, b in offered]
    for name, column in contract.columns.items():
        if column.labels and name in named:
            labels = list(contract.labels(name))
            assert {(column.published[0], label) for label in labels} <= listed
            assert labels in lists, name


def test_the_workbook_of_a_plan_names_aims_commitments_kpis_and_roles(
    home: Home, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    home.store.replace("settings.yaml", "role_words: [reablement]\n")
    monkeypatch.setenv("ACCESS_RECOVERY_HOME", str(home.root))
    asked = ["template", "slaip_actions", "--format", "xlsx", "--out", str(tmp_path)]
    told = RUNNER.invoke(app, asked, env={"COLUMNS": "200"}).output
    assert "tackle_8am_rush or continuity_of_care or reduce_bureaucracy, or blank" in told
    *_, values = read_sheets(tmp_path / "slaip-actions-template.xlsx")
    rows = {(row[0], row[1]): row[2] for row in values.rows}
    assert rows["Aim", "continuity_of_care"] == "Enable continuity of care"
    assert rows["Commitment", "1"].endswith("repeat prescriptions (empower_patients)")
    assert rows["Evidence", "appointments_dna_share"].startswith("Share of appointments not")
    assert rows["Owner role, Updated by", "reablement"].startswith("of this home")
    assert rows["Owner role, Updated by", "manager"] == "a word of a role"


def test_a_template_never_overwrites(tmp_path: Path) -> None:
    mine = write(tmp_path / "nhs-app-practice-template.csv", b"mine")
    result = RUNNER.invoke(app, ["template", "nhs_app_practice", "--out", str(tmp_path)])
    assert result.exit_code == 2 and "--out" in result.output
    assert mine.read_bytes() == b"mine"


@pytest.mark.parametrize(
    ("feed", "said"), [("nhs_app", "not a local return"), ("nothing", "Unknown feed")]
)
def test_there_is_no_template_of_what_is_published(feed: str, said: str, tmp_path: Path) -> None:
    result = RUNNER.invoke(app, ["template", feed, "--out", str(tmp_path)])
    assert result.exit_code == 2 and said in result.output


@pytest.mark.parametrize("feed", returns())
def test_a_template_is_a_sound_return_and_synthetic(feed: str, home: Home, tmp_path: Path) -> None:
    RUNNER.invoke(app, ["template", feed, "--out", str(tmp_path)])
    outcome, *beside = imported(home, *tmp_path.glob("*-template.csv"))
    assert outcome.file is not None and outcome.file.feed == feed and outcome.file.synthetic
    facts = tidy(home, outcome.file)
    assert facts.quarantined == 0 and facts.rows >= 2 and facts_of(home, outcome.file) == facts
    for one in beside:
        assert one.file is not None and one.file.synthetic
        assert tidy(home, one.file).quarantined == 0


def test_every_invalid_row_is_listed_with_file_and_number(home: Home, tmp_path: Path) -> None:
    content = referrals({}, {"Month": "25-Oct"}, {"Referrals sent": -1, "Practice code": "C82002"})
    [outcome] = imported(home, write(tmp_path / "return.csv", content))
    assert outcome.file is not None
    tidy(home, outcome.file)
    first, second = wrong_rows(home, "pharmacy_first_referrals", "2025-10")
    assert first.startswith("return.csv, row 3: Month: found `25-Oct`, expected the first")
    assert second.startswith("return.csv, row 4: Referrals sent: found `-1`, expected zero or more")
    corrected = write(tmp_path / "again.csv", referrals({}, {"Practice code": "C82002"}))
    [again] = imported(home, retrieved(corrected, "2030-01-01"))
    assert again.file is not None
    tidy(home, again.file)
    assert wrong_rows(home, "pharmacy_first_referrals", "2025-10") == [], "nothing is to correct"


def test_a_long_list_of_a_warning_is_cut_and_the_command_has_it_all(home: Home) -> None:
    hold_back(home)
    [failed] = read_latest(home, FEED, EDITION)
    places = "; ".join(f"place {number}" for number in range(9))
    warned = failed.model_copy(update={"verdict": "warn", "message": places})
    record(home, FEED, EDITION, "fingerprint", [warned], "run")
    [line] = doubtful_rows(home, FEED, EDITION)
    listed = f"(access-recovery warnings {FEED} {EDITION} lists them)"
    assert line.endswith(f"Found 10; place 0; place 1; place 2; and 6 more {listed}")
