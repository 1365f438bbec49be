"""Practising as the governance guide says: each of its commands, in order, and what it prints."""

import re
import shlex
from collections.abc import Iterator
from pathlib import Path

import pytest
from typer.testing import CliRunner

from assets.feeds.cloud_telephony import sample as cloud_telephony
from assets.feeds.gp_appointments_sub_icb import sample as gp_appointments_sub_icb
from assets.feeds.registered_patients import sample as registered_patients
from assets.sample import writer
from pipelines.cli.main import app
from pipelines.operations.practising import fill_to_practise
from tests.docs.test_guides import DOCS, GOVERNANCE
from tests.warehouse.support_mart import Mart
from warehouse.base.home import HOME_VARIABLE, Home

FEW_FEEDS = (registered_patients, cloud_telephony, gp_appointments_sub_icb)
MONTHS = 14  # of appointments, so that March can be compared with the March before
COMMAND = "access-recovery "
DONE_BY_THE_FIXTURE = f"{COMMAND}sample --practice"
BLOCK = re.compile(r"^```(sh|text)\n(.*?)^```$", re.MULTILINE | re.DOTALL)


def steps() -> Iterator[tuple[list[str], list[str]]]:
    """The commands of each block, and the lines that they print."""
    text = (DOCS / GOVERNANCE).read_text(encoding="utf-8")
    section = text.partition("\n## Practise\n")[2].partition("\n## ")[0]
    blocks = BLOCK.findall(section)
    for (kind, block), (next_kind, following) in zip(blocks, [*blocks[1:], ("", "")], strict=True):
        if kind == "sh":
            commands = [one for one in block.splitlines() if one.startswith(COMMAND)]
            yield commands, following.splitlines() if next_kind == "text" else []


def plain(text: str) -> str:
    return " ".join(text.split())


@pytest.mark.acceptance
def test_the_guide_leads_from_what_is_held_to_a_mart_without_dispute(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    home = Home(tmp_path / "practice")
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv(HOME_VARIABLE, str(home.root))
    monkeypatch.setenv("COLUMNS", "300")
    monkeypatch.setattr(writer, "feed_writers", lambda: [one.write for one in FEW_FEEDS])
    fill_to_practise(home, MONTHS, 1)
    before = Mart(home.mart)
    assert before.rows("SELECT * FROM kpi_monthly WHERE status = 'disputed' LIMIT 1")
    quarantined = before.rows("SELECT found FROM governance.quarantine ORDER BY found")
    assert [one["found"] for one in quarantined] == ["12O4", "n/a"]
    ran = 0
    for commands, expected in steps():
        told = ""
        for command in commands:
            if command == DONE_BY_THE_FIXTURE:
                continue
            done = CliRunner().invoke(app, shlex.split(command.removeprefix(COMMAND)))
            assert done.exit_code == 0, (command, done.output)
            told, ran = told + plain(done.output) + " ", ran + 1
        assert [line for line in expected if plain(line) not in told] == [], commands
    assert ran > 12
    mart = Mart(home.mart)
    assert mart.rows("SELECT * FROM kpi_monthly WHERE status = 'disputed'") == []
    assert mart.rows("SELECT * FROM governance.edition WHERE status = 'held'") == []
    decided = mart.rows("SELECT decision FROM governance.override ORDER BY decision_id")
    assert [one["decision"] for one in decided] == ["accept", "hold", "withdraw", "accept"]
    corrected = mart.rows("SELECT DISTINCT correction_id, edition FROM governance.correction")
    assert corrected == [{"correction_id": "copyright-in-month", "edition": "2025-10"}]
