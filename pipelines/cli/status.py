"""`access-recovery status`: each feed's editions, their status, and quarantined rows.

Belongs here: tables and JSON. Does not: an edition's status (`warehouse.editions.status`).
"""

from __future__ import annotations

from datetime import UTC, datetime
from typing import TYPE_CHECKING, Any

from pipelines.cli.headline_shown import SYNTHETIC_BANNER
from pipelines.cli.outstanding import outstanding
from pipelines.cli.screen import Screen, plain_table
from pipelines.cli.status_facts import (
    decision_facts,
    quarantined,
    replaced_files,
    stays_published,
    withdrawn_editions,
)
from pipelines.cli.status_tables import (
    decision_table,
    held_table,
    look_table,
    months_table,
    quarantine_table,
    refused_table,
)
from warehouse.base.home import Home

if TYPE_CHECKING:
    from pipelines.cli.fitted_table import FittedTable
    from warehouse.archive.source_files import SourceFile
    from warehouse.contract.model import Contract
    from warehouse.editions.status import EditionStatus
    from warehouse.fetch.lookups import Lookup

HEADINGS = (
    "Feed",
    "Editions",
    "Newest",
    "Accepted",
    "Months",
    "Checks",
    "Held",
    "Pending",
    "Rows quarantined",
    "Age",
    "Next edition",
)
NUMBERS = ("Editions", "Rows quarantined", "Age")
# What a narrow terminal can do without, first to last; what is held stays.
EXPENDABLE = (
    "Age",
    "Editions",
    "Months",
    "Accepted",
    "Rows quarantined",
    "Pending",
    "Checks",
    "Held",
)
HELD = 8  # characters of the column: an edition and a comma


def feed_statuses(home: Home) -> list[dict[str, Any]]:
    """Return for each feed its editions, months, checks, decisions, quarantined rows per rule, age,
    and release calendar."""
    from warehouse.archive.source_files import Archive
    from warehouse.contract.model import contracts
    from warehouse.editions.status import all_statuses
    from warehouse.fetch.lookups import newest_lookups
    from warehouse.publication.kept_sample import kept_sample

    archive = Archive(home)
    everything, files = archive.files(), archive.active_files()
    statuses = all_statuses(home, files)
    newest = {look.feed: look for look in newest_lookups(home).values()}
    of_sample = {file.feed for file in kept_sample(home)}
    return [
        _feed_status(
            home,
            contract,
            [file for file in files if file.feed == feed],
            [one for one in statuses if one.feed == feed],
            newest.get(feed),
        )
        | {"withdrawn": withdrawn_editions(home, feed, everything, files)}
        | {"stays_published": stays_published(home, statuses, feed, feed in of_sample)}
        for feed, contract in contracts().items()
    ]


def _feed_status(
    home: Home,
    contract: Contract,
    own: list[SourceFile],
    statuses: list[EditionStatus],
    look: Lookup | None,
) -> dict[str, Any]:
    from warehouse.contract.release_calendar import LONDON
    from warehouse.editions.freshness import freshness, is_sample

    newest = statuses[-1].state if statuses else None
    accepted = [one.edition for one in statuses if one.in_use]
    months = sorted({month for file in own for month in file.months})
    months = months or [one.edition for one in statuses]
    saved = max((file.retrieved_at for file in own), default=None)
    synthetic = bool(own) and all(file.synthetic for file in own)
    sample = is_sample(own)
    newest_edition, held = (
        (statuses[-1].edition, statuses[-1].undecided) if statuses else (None, False)
    )
    today = datetime.now(LONDON).date()
    awaited = freshness(contract, newest_edition, sample, today, held)
    replaced = replaced_files(home, statuses, own)
    in_use = [file for file in own if file not in replaced]
    return {
        "feed": contract.feed,
        "editions": len(statuses),
        "newest_edition": newest_edition,
        "newest_accepted": accepted[-1] if accepted else None,
        "first_month": months[0] if months else None,
        "last_month": months[-1] if months else None,
        "held": [one.edition for one in statuses if one.verdict == "held"],
        "held_because": {one.edition: one.words for one in statuses if one.verdict == "held"},
        "pending": [one.edition for one in statuses if one.state is None],
        "held_months": [
            {"edition": one.edition, **month.model_dump()}
            for one in statuses
            for month in one.held_months
        ],
        "overrides": [decision_facts(one) for one in statuses if one.decision],
        "quarantined": quarantined(home, in_use),
        "quarantined_in_replaced_files": sum(quarantined(home, replaced).values()),
        "checks": {
            "pass": newest.passed,
            "warn": newest.warned,
            "fail": newest.failed,
            "skipped": newest.skipped,
        }
        if newest
        else None,
        "timeliness": {"verdict": awaited.verdict, "message": awaited.words},
        # Sample files are as old as the command that wrote them, which says nothing.
        "age_days": max((datetime.now(UTC) - saved).days, 0) if saved and not sample else None,
        "state": "held" if awaited.held and not awaited.days_overdue else awaited.state,
        "next_expected": contract.cadence.release,
        "next_edition": awaited.next_edition,
        "next_due": awaited.due.isoformat() if awaited.due else None,
        "days_late": awaited.days_overdue,
        "next": awaited.words if awaited.due else contract.cadence.release,
        "last_look": look.model_dump(mode="json", exclude={"feed", "run_id"}) if look else None,
        "synthetic": synthetic,
    }


def show_status(screen: Screen, home: Home, as_json: bool) -> None:
    """Print the status as tables, or as JSON."""
    from pipelines.alerts.find_problems import problems
    from pipelines.instance.prepare import differences
    from pipelines.operations.last_refresh import still_refused

    rows, different = feed_statuses(home), differences(home)
    refused = [one.model_dump(mode="json") for one in still_refused(home)]
    if as_json:
        screen.json(
            {
                "home": str(home.root),
                "mart": str(home.mart),
                "published": home.has_mart,
                "dagster_settings": [vars(one) for one in different],
                "feeds": rows,
                "refused": refused,
            }
        )
        return
    _show_tables(screen, rows, refused)
    if different:
        screen.say(f"\n{home.dagster / 'dagster.yaml'} differs from the shipped settings:")
        for one in different:
            screen.say(f"  {one.words}")
    if any(row["synthetic"] for row in rows):
        screen.warn(SYNTHETIC_BANNER)
        screen.warn(
            "Editions of the sample are not dated: they have no age, and none is due or overdue. "
            "Actions of its plan have dates, and may be overdue today: access-recovery plan."
        )
    screen.say(f"Mart: {home.mart}" + ("" if home.has_mart else " (not published yet)"))
    if waiting := outstanding(home, sum(len(row["pending"]) for row in rows)):
        screen.warn(waiting)
    if found := problems(home):
        screen.say(f"{len(found)} problem(s): access-recovery alerts")


def _show_tables(screen: Screen, rows: list[dict[str, Any]], refused: list[dict[str, Any]]) -> None:
    screen.table(_feed_table(rows))
    screen.say("Feeds are in the order in which their editions are processed.")
    for title, table in (
        ("Held (access-recovery warnings FEED EDITION has more)", held_table(rows)),
        ("Refused, still in the landing folder: nothing of it is used", refused_table(refused)),
        ("Latest lookup at each publisher", look_table(rows)),
        ("Held months (access-recovery accept FEED EDITION --org CODE)", months_table(rows)),
        ("Decisions", decision_table(rows)),
        ("Rows quarantined (all in governance.quarantine)", quarantine_table(rows)),
    ):
        if table.row_count:
            screen.say(f"\n{title}")
            screen.table(table)


def _feed_table(rows: list[dict[str, Any]]) -> FittedTable:
    held = any(row["held"] for row in rows)
    expendable = [one for one in EXPENDABLE if not (held and one == "Held")]
    table = plain_table(
        *HEADINGS, right=NUMBERS, expendable=expendable, narrow={"Held": HELD} if held else None
    )
    for row in rows:
        checks = row["checks"] or {}  # whether the next edition is in time stands beside them
        results = ", ".join(f"{number} {verdict}" for verdict, number in checks.items() if number)
        months = f"{row['first_month']} to {row['last_month']}" if row["first_month"] else "-"
        left_out = sum(row["quarantined"].values())
        table.add_row(
            row["feed"],
            str(row["editions"]),
            row["newest_edition"] or "-",
            row["newest_accepted"] or "-",
            months,
            results or "-",
            _first_of(row["held"][::-1]),
            _first_of(row["pending"]),
            f"{left_out:,}" if left_out else "-",
            "-" if row["age_days"] is None else f"{row['age_days']} d",
            row["next"],
        )
    return table


def _first_of(editions: list[str]) -> str:
    return ", ".join(editions[:3]) + (" ..." if len(editions) > 3 else "") or "-"
