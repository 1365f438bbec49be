"""Governance's commands: what they print, what they record, and their exit statuses."""

import csv
import getpass
import json
import re
from pathlib import Path

import pytest
from typer.testing import CliRunner, Result

from pipelines.cli.main import app, main
from pipelines.cli.outcomes import show_refresh
from pipelines.cli.screen import Screen
from pipelines.cli.status import feed_statuses
from pipelines.operations.refresh_report import RefreshReport
from tests.checks.support_checks import active, brought, judged
from tests.pipelines.records import record
from tests.support import referrals, regional, write, write_text
from tests.warehouse.support_mart import build
from tests.warehouse.worlds import area
from warehouse.archive.decisions import decisions
from warehouse.archive.source_files import Archive
from warehouse.archive.tombstones import tombstones
from warehouse.base.exit_status import WRONG
from warehouse.base.home import Home
from warehouse.editions.status import all_statuses

RETURN, FEED, OCT = "pharmacy_first_referrals", "gp_appointments_sub_icb", "2025-10"
WHY = ("--reason", "both are true", "--by", "A. Person")


def run(*arguments: str, answer: str | None = None) -> Result:
    return CliRunner().invoke(app, list(arguments), input=answer)


def words(result: Result) -> str:
    """The text of standard error, without typer's frame."""
    return " ".join(result.stderr.replace("│", "").split())


@pytest.fixture
def held(home: Home) -> Home:
    """A home with one edition that its checks hold back."""
    brought(home, referrals({}, {}))
    assert judged(home, RETURN).status.undecided
    return home


def status_of(home: Home, feed: str) -> dict[str, object]:
    return next(row for row in feed_statuses(home) if row["feed"] == feed)


def test_accept_reports_its_effect_and_the_next_step(held: Home) -> None:
    done = run("accept", RETURN, OCT, *WHY)
    assert done.exit_code == 0
    assert "accepted by A. Person on 20" in done.stdout and "both are true" in done.stdout
    assert "despite keys_unique" in done.stdout
    assert done.stdout.endswith("Next: access-recovery refresh\n")
    assert done.stdout.startswith("Nothing is published yet; figures of 2025-10 will be.")
    again = run("accept", RETURN, OCT, *WHY)
    assert again.exit_code == 0 and "Nothing recorded" in again.stdout
    assert "Next:" not in again.stdout and len(decisions(held)) == 1


def test_a_person_at_a_terminal_is_asked_unless_they_said_yes(
    held: Home, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("pipelines.cli.effects._is_at_terminal", lambda: True)
    no = run("hold", RETURN, OCT, *WHY, answer="n\n")
    assert no.exit_code == WRONG and "Nothing was recorded" in words(no)
    assert f"No published figure uses {RETURN} {OCT}." in no.stdout
    assert decisions(held) == []
    assert run("hold", RETURN, OCT, *WHY, answer="y\n").exit_code == 0
    assert run("accept", RETURN, OCT, *WHY, "--yes").exit_code == 0
    assert [one.decision for one in decisions(held)] == ["hold", "accept"]


def test_what_a_published_edition_is_used_for_is_told(home: Home) -> None:
    path = write(home.root / "files" / "october.csv", regional(area("04C", "OCT2025", 10)))
    build(home, [path])
    told = run("hold", FEED, OCT, *WHY).stdout
    assert re.match(rf"\d+ published figures use {FEED} {OCT}, the newest of 2025-10\. ", told)
    figures = told.split(" ", 1)[0]
    assert run("revoke", FEED, OCT, *WHY).stdout.startswith(
        f"By its checks {FEED} {OCT} is accepted. {figures} published figures of {OCT} use {FEED} "
        "and may change; "
    )
    [sha] = [file.sha256 for file in active(home)]
    assert "published figures use" in run("withdraw", sha, *WHY).stdout


COMMANDS_OF_FILES = ("withdraw", "restore", "purge")


@pytest.mark.parametrize("command", ["hold", "accept", "revoke", *COMMANDS_OF_FILES])
def test_a_dry_run_lists_the_figures_and_records_nothing(
    home: Home, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, command: str
) -> None:
    monkeypatch.setenv("COLUMNS", "80")
    path = write(home.root / "files" / "october.csv", regional(area("04C", "OCT2025", 10)))
    mart = build(home, [path])
    [sha] = [file.sha256 for file in active(home)]
    if command in ("accept", "revoke"):
        run("hold", FEED, OCT, *WHY)
    if command == "restore":
        run("withdraw", sha, *WHY)
    before, listed = decisions(home), tmp_path / "figures.csv"
    what = (sha,) if command in COMMANDS_OF_FILES else (FEED, OCT)
    done = run(command, *what, "--dry-run", "--csv", str(listed))
    assert done.exit_code == 0, done.output
    assert "GP appointments" in done.stdout and "Status" in done.stdout
    assert "Dry run: nothing was " in done.stdout and f"figures: {listed}" in done.stdout
    assert decisions(home) == before and tombstones(home) == [] and home.has_mart
    figures = list(csv.DictReader(listed.read_text("utf-8-sig").splitlines()))
    using = mart.rows(f"SELECT DISTINCT kpi_id, org_code FROM figures_affected('{FEED}', '{OCT}')")
    known = {(row["kpi_id"], row["org_code"]) for row in using}
    got = {(row["kpi_id"], row["org_code"]) for row in figures if row["value"]}
    assert known and got >= known
    [told] = re.findall(r"([\d,]+) published figures ", done.stdout)
    assert int(told.replace(",", "")) == sum(bool(row["value"]) for row in figures)


def test_a_dry_run_names_the_file_that_counts_instead(home: Home) -> None:
    """Without a second issue the first one counts again, not an earlier edition."""
    paths = [
        write(home.root / "files" / name, regional(area("04C", "OCT2025", count)))
        for name, count in (("first.csv", 10), ("second.csv", 11))
    ]
    build(home, paths)
    first, second = (
        next(file.sha256 for file in active(home) if file.file_name == path.name) for path in paths
    )
    said = " ".join(run("withdraw", second, "--dry-run").stdout.split())
    assert "Without the file they are those of the edition's other files (first.csv), or" in said
    said = " ".join(run("hold", FEED, OCT, "--dry-run").stdout.split())
    assert "Without it they are those of earlier editions, or missing." in said
    done = run("restore", first, "--dry-run").stdout
    assert "nothing was recorded, and nothing would be: first.csv is not withdrawn." in done


def test_a_dry_run_has_the_values_known_before_the_edition(home: Home, tmp_path: Path) -> None:
    files = home.root / "files"
    october = [area("04C", "OCT2025", 10)]
    november = [area("04C", "OCT2025", 12), area("04C", "NOV2025", 5)]
    build(
        home,
        [
            write(files / "october.csv", regional(*october)),
            write(files / "november.csv", regional(*november)),
        ],
    )
    listed = tmp_path / "figures.csv"
    said = run("hold", FEED, "2025-11", "--dry-run", "--csv", str(listed)).stdout
    assert "Before it" in said and "as known before this edition came, the largest" in said
    table = [line.split() for line in said.splitlines() if line.startswith("GP appointments  ")]
    assert table[0][-5:-1] == ["City", "2025-10", "12", "10"], "what may be compared comes first"
    assert "is known after access-recovery refresh, which lists" in said
    rows = list(csv.DictReader(listed.read_text("utf-8-sig").splitlines()))
    own = {
        row["month"]: row
        for row in rows
        if (row["kpi_id"], row["org_code"]) == ("appointments", "04C")
    }
    values = {month: (row["value"], row["earlier_value"]) for month, row in own.items()}
    assert values == {"2025-11-01": ("5.0", ""), "2025-10-01": ("12.0", "10.0")}
    said = run("accept", FEED, "2025-11", "--dry-run").stdout
    assert "Before it" not in said, "it is accepted already"


def test_a_dry_run_of_nothing_says_so(held: Home, tmp_path: Path) -> None:
    done = run("hold", RETURN, OCT, "--dry-run", "--csv", str(tmp_path / "none.csv"))
    assert done.exit_code == 0 and "No published figure uses" in done.stdout
    assert "was not written" in done.stdout and not (tmp_path / "none.csv").exists()
    run("accept", RETURN, OCT, *WHY)
    why = f"nothing would be: {RETURN} {OCT} is accepted already"
    assert why in run("accept", RETURN, OCT, "--dry-run").stdout


def test_a_month_that_no_figure_has_yet_leads_to_its_counts(held: Home) -> None:
    """Of a held edition of a new month nothing is published that could be listed."""
    command = f"access-recovery diff {RETURN} 2025-09 {OCT} shows its counts, held or not."
    assert command not in run("accept", RETURN, OCT, "--dry-run").stdout
    record(held, RETURN, "2025-09", url=None)
    assert command in run("accept", RETURN, OCT, "--dry-run").stdout


def test_restore_asks_before_it_changes_figures(
    home: Home, monkeypatch: pytest.MonkeyPatch
) -> None:
    path = write(home.root / "files" / "october.csv", regional(area("04C", "OCT2025", 10)))
    build(home, [path])
    [sha] = [file.sha256 for file in active(home)]
    run("withdraw", sha, *WHY)
    monkeypatch.setattr("pipelines.cli.effects._is_at_terminal", lambda: True)
    no = run("restore", sha, *WHY, answer="n\n")
    assert no.exit_code == WRONG and f"figures of {OCT} use {FEED} and may change" in no.stdout
    assert [one.decision for one in decisions(home)] == ["withdraw"]
    assert run("restore", sha, *WHY, "--yes").exit_code == 0
    assert [one.decision for one in decisions(home)] == ["withdraw", "restore"]


def test_status_says_that_a_refresh_is_outstanding(home: Home) -> None:
    path = write(home.root / "files" / "october.csv", regional(area("04C", "OCT2025", 10)))
    build(home, [path])
    waiting = "Not in the mart yet: "
    assert waiting not in run("status").stderr
    run("hold", FEED, OCT, *WHY)
    said = run("status").stderr
    assert f"{waiting}hold {FEED} {OCT}. Next: access-recovery refresh" in said


def test_what_is_taken_back_is_asked_shown_and_kept(
    held: Home, monkeypatch: pytest.MonkeyPatch
) -> None:
    run("accept", RETURN, OCT, *WHY)
    monkeypatch.setattr("pipelines.cli.effects._is_at_terminal", lambda: True)
    no = run("revoke", RETURN, OCT, *WHY, answer="n\n")
    assert no.exit_code == WRONG and len(decisions(held)) == 1
    assert f"By its checks {RETURN} {OCT} is held. No published figure uses" in no.stdout
    done = run("revoke", RETURN, OCT, "--reason", "They are not", "--by", "B. Person", "--yes")
    assert done.exit_code == 0 and done.stdout.endswith("Next: access-recovery refresh\n")
    [row] = status_of(held, RETURN)["overrides"]  # type: ignore[misc]
    assert (row["status"], row["override"]) == ("held", "accept")
    assert row["lapsed"].startswith("revoked by B. Person on 20")
    table = run("status").stdout
    assert "no longer: revoked by B. Person on 20" in table and "lapsed" not in table.lower()
    assert "Nothing recorded" in run("revoke", RETURN, OCT, *WHY, "--yes").stdout
    run("hold", RETURN, OCT, *WHY, "--yes")
    assert "is held, too: no published figure changes" in run("revoke", RETURN, OCT, *WHY).stdout


def test_who_decides_is_the_user_if_nobody_is_named(
    held: Home, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(getpass, "getuser", lambda: "apatel")
    assert "held by apatel" in run("hold", RETURN, OCT, "--reason", "wait").stdout


@pytest.mark.parametrize(
    ("arguments", "told"),
    [
        (("accept", RETURN, OCT), "--reason"),
        (("accept", RETURN, OCT, "--reason", " "), "The reason is blank"),
        (("accept", "referrals", OCT, *WHY), "Unknown feed"),
        (("hold", RETURN, "October", *WHY), "write YYYY-MM"),
        (("revoke", RETURN, OCT, *WHY), "Nobody has accepted or held"),
        (("hold", RETURN, "2024-01", *WHY), "Editions available: 2025-10"),
        (("withdraw", "abc", *WHY), "at least its first 8"),
        (("restore", "0" * 64, *WHY), "has no file"),
        (("purge", "0" * 64, "--yes", *WHY), "has no file"),
        (("purge", "0" * 64, "--yes", "--reason", ""), "The reason is blank"),
        (("diff", RETURN, OCT, "2024-01"), "Editions available: 2025-10"),
        (("diff", RETURN, OCT, OCT, "--measure", "x"), "has no measure"),
    ],
)
def test_what_is_not_possible_is_status_2(
    held: Home, arguments: tuple[str, ...], told: str
) -> None:
    done = run(*arguments)
    assert done.exit_code == 2
    assert told in words(done) and "Traceback" not in done.output
    assert decisions(held) == []


def test_status_shows_decisions_and_rows_kept_out(held: Home) -> None:
    brought(held, referrals({"Practice code": "C82009"}, {"Referrals sent": "many"}))
    judged(held, RETURN)
    run("accept", RETURN, OCT, *WHY)
    row = status_of(held, RETURN)
    assert row["quarantined"] == {"count_whole": 1} and row["held"] == []
    [override] = row["overrides"]  # type: ignore[misc]
    assert override["override"] == "accept" and override["lapsed"] is None
    brought(held, referrals({"Practice code": "C82008"}))
    judged(held, RETURN)
    [lapsed] = status_of(held, RETURN)["overrides"]  # type: ignore[misc]
    assert lapsed["status"] == "held" and "1 new" in lapsed["lapsed"]
    table = run("status").stdout
    assert (
        "no longer: lapsed: its files have changed: 1 new" in table
        and "accept by A. Person" in table
        and "count_whole" in table
    )
    assert json.loads(run("status", "--json").stdout)["feeds"]
    for file in active(held):
        run("withdraw", file.sha256, *WHY)
    assert status_of(held, RETURN)["withdrawn"] == [OCT]
    assert "all files withdrawn" in run("status").stdout


def test_an_edition_held_by_decision_is_reported_but_is_no_failure(
    held: Home, capsys: pytest.CaptureFixture[str]
) -> None:
    def told() -> tuple[int, str]:
        statuses = all_statuses(held)
        report = RefreshReport(
            held=[one for one in statuses if one.undecided],
            decided=[one for one in statuses if one.decision],
        )
        status = show_refresh(Screen(), held, report)
        return status, capsys.readouterr().err

    status, said = told()
    assert status == 1 and "Held back" in said and "access-recovery accept" in said
    run("hold", RETURN, OCT, *WHY)
    status, said = told()
    assert status == 0
    assert "By decision: pharmacy_first_referrals 2025-10 held by A. Person" in said
    run("accept", RETURN, OCT, *WHY)
    status, said = told()
    assert status == 0 and "accepted by A. Person" in said and "despite" in said


def test_a_refresh_says_how_many_editions_are_in_use_by_decision(
    held: Home, capsys: pytest.CaptureFixture[str]
) -> None:
    run("accept", RETURN, OCT, *WHY)
    [accepted] = [one for one in all_statuses(held) if one.decision]
    for report, said in (
        (RefreshReport(taken_in=[accepted], decided=[accepted]), "1 edition(s) in use accepted by"),
        (RefreshReport(taken_in=[accepted]), "1 edition(s) accepted, mart unchanged."),
    ):
        show_refresh(Screen(), held, report)
        assert said in capsys.readouterr().out
    run("hold", RETURN, OCT, *WHY)
    [kept_out] = [one for one in all_statuses(held) if one.decision]
    show_refresh(Screen(), held, RefreshReport(taken_in=[kept_out], decided=[kept_out]))
    assert "by decision" not in capsys.readouterr().out


def test_withdraw_and_restore_report_the_next_step(home: Home) -> None:
    [file] = brought(home, referrals())
    for command, done in (("withdraw", "withdrawn"), ("restore", "restored")):
        said = run(command, file.sha256[:8], *WHY)
        assert said.exit_code == 0
        assert f"{file.file_name} ({file.short}, {RETURN} {OCT}) is {done} by" in said.stdout
        assert "Next: access-recovery refresh" in said.stdout
    assert "Nothing recorded" in run("restore", file.sha256, *WHY).stdout


@pytest.mark.parametrize("answer", ["n\n", ""])
def test_purge_asks_for_confirmation_and_defaults_to_no(home: Home, answer: str) -> None:
    [file] = brought(home, referrals())
    said = run("purge", file.sha256, *WHY, answer=answer)
    assert said.exit_code == 2 and "Nothing was erased" in said.stderr
    assert file.file_name in said.stdout
    assert tombstones(home) == [] and Archive(home).files() == [file]


def two_editions(home: Home) -> None:
    brought(home, regional(*[area("04C", m, 10) for m in ("SEP2025", "OCT2025")]))
    brought(home, regional(*[area("04C", m, 8) for m in ("SEP2025", "OCT2025", "NOV2025")]))


def test_diff_prints_a_table_and_the_number_of_further_changes(home: Home) -> None:
    two_editions(home)
    said = run("diff", FEED, OCT, "2025-11", "--measure", "appointments", "--limit", "1")
    assert said.exit_code == 0
    assert "-20.00%" in said.stdout and "and 1 more" in said.stdout
    assert "Only in 2025-11" in said.stdout
    assert "2025-11 is pending: it has not been checked yet." in said.stderr


def test_diff_as_json_and_csv_has_everything(home: Home, tmp_path: Path) -> None:
    two_editions(home)
    out = tmp_path / "d.csv"
    said = run("diff", FEED, OCT, "2025-11", "--json", "--csv", str(out), "--limit", "1")
    told = json.loads(said.stdout)
    assert (told["old"]["edition"], told["new"]["months"][-1]) == (OCT, "2025-11")
    total = [one for one in told["changes"] if one["measure"] == "appointments"]
    assert [(c["month"], c["kind"], c["change"]) for c in total] == [
        ("2025-09", "changed", -2),
        ("2025-10", "changed", -2),
        ("2025-11", "only_new", None),
    ]
    with out.open(encoding="utf-8-sig", newline="") as stream:
        rows = list(csv.DictReader(stream))
    assert len(rows) == len(told["changes"])
    assert out.read_bytes().startswith(b"\xef\xbb\xbf")
    assert {(row["feed"], row["synthetic"]) for row in rows} == {(FEED, "false")}


def test_synthetic_data_are_reported_as_such(home: Home) -> None:
    sample = area("04C", "OCT2025", 10, SUB_ICB_LOCATION_NAME="SYNTHETIC 04C")
    brought(home, regional(sample))
    said = run("diff", FEED, OCT, OCT)
    assert "SYNTHETIC" in said.stderr and "No figure in both editions has changed" in said.stdout


@pytest.mark.parametrize("command", ["refresh", "purge"])
def test_unreadable_settings_are_reported_before_anything_is_done(
    held: Home, command: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    write_text(held.settings, "disclosure: {treshold: 5}")
    waits = write(held.landing / "more.csv", referrals({"Practice code": "C82009"}))
    [file] = active(held)
    arguments = [file.sha256, "--yes", *WHY] if command == "purge" else []
    monkeypatch.setattr("sys.argv", ["access-recovery", command, *arguments])
    with pytest.raises(SystemExit) as end:
        main()
    assert end.value.code == WRONG
    assert waits.exists() and active(held) == [file] and tombstones(held) == []
