"""`access-recovery plan caip`: the position of every network in the improvement payment. Not here:
how it is worked out (`warehouse.plan`)."""

from __future__ import annotations

from itertools import groupby
from typing import Any

from pipelines.cli.plan_lists import wrapped
from pipelines.cli.screen import Screen, plain_table
from warehouse.base.months import day_words, month_text
from warehouse.base.number_format import pounds, signed_points, value_text

Row = dict[str, Any]
SIGNALS = {
    "improvement": "improvement",
    "concern": "concern",
    "neutral_high": "unusually high",
    "neutral_low": "unusually low",
    "common_cause": "no clear change",
    None: "not judged",
}
MARK, PENNY = " (SYNTHETIC)", 0.01


def show_position(screen: Screen, found: list[Row]) -> None:
    """Print the networks of one year (`plan_queries.caip_position`): for each area a line per
    network, then what each is paid at most and what is approved."""
    year = found[0]["financial_year"]
    screen.say(f"Improvement payment {year} of {found[0]['icb_code']}, by network")
    for _, own in groupby(found, key=lambda row: row["area"]):
        _show_area(screen, list(own))
    _show_amounts(screen, found)
    wrapped(
        screen,
        "First: the scheme's baseline month, or the first since with a figure. Signal: what the "
        "control chart says of the year's newest month; not judged: too few months. Change alone "
        "is no improvement. All of one network: access-recovery plan caip --network CODE.",
    )


def show_network(screen: Screen, found: list[tuple[Row, list[Row]]]) -> None:
    """Print all that is known of one network in a year: each area (a row of `caip_position`) with
    its figures (rows of `caip_evidence`), then the amounts."""
    first = found[0][0]
    screen.say(f"Improvement payment {first['financial_year']} of {_name(first)}")
    for row, evidence in found:
        screen.say(f"\n{row['area_title']}")
        for line in _steps(row):
            wrapped(screen, line)
        screen.say("Figures:")
        for one in evidence:
            wrapped(screen, f"- {one['kpi_title']}: {_figure_words(one)}")
        wrapped(screen, f"Not in figures: {row['beside_figures']}")
    _show_amounts(screen, [row for row, _ in found])


def _steps(row: Row) -> list[str]:
    """What the network declared and the ICB decided, on which days and by whom."""
    declared = "not declared"
    if row["declared_on"]:
        by = f" by {row['declared_by']}" if row["declared_by"] else ""
        declared = f"declared on {day_words(row['declared_on'])}{by}"
    decided = row["decision"] or "pending"
    if row["decided_on"]:
        by = f" by {row['decided_by']}" if row["decided_by"] else ""
        decided += f" on {day_words(row['decided_on'])}{by}"
    why = f" Reason: {row['reason']}." if row["reason"] else ""
    return [f"Network: {declared}. ICB: {decided}.{why}"]


def _figure_words(one: Row) -> str:
    """A figure of the first month and of the latest, and what is missing."""
    if one["latest_value"] is None:
        return str(one["missing"])
    latest = f"{_value(one, 'latest_value')} in {month_text(one['latest_month'])}"
    told = f"{latest}."
    if one["change"] is not None:
        start = f"{_value(one, 'baseline_value')} in {month_text(one['baseline_month'])}"
        told = f"{start}, {latest} ({_change(one)}; {SIGNALS[one['variation']]})."
    return f"{told} {one['missing'] or ''}".strip()


def _show_area(screen: Screen, rows: list[Row]) -> None:
    screen.say(f"\n{rows[0]['area_title']}")
    by_kpi = sorted(rows, key=lambda row: row["kpi_title"] or "")  # stable: by name within
    for title, own in groupby(by_kpi, key=lambda row: row["kpi_title"]):
        lines = list(own)
        wrapped(screen, f"Figures: {title or 'none'}, {_months(lines)}")
        table = plain_table(
            *("Network", "First", "Latest", "Change", "Signal", "Decision"),
            right=("First", "Latest", "Change"),
            expendable=("First",),
            name=24,
        )
        for row in lines:
            table.add_row(
                _name(row),
                _value(row, "baseline_value"),
                _value(row, "latest_value"),
                _change(row),
                SIGNALS[row["variation"]] if row["latest_value"] is not None else "no figure",
                _decision(row),
            )
        screen.table(table)


def _months(rows: list[Row]) -> str:
    """From which month to which, if that is the same for all."""
    found = {(row["baseline_month"], row["latest_month"]) for row in rows if row["latest_month"]}
    if not found:
        return "no figures"
    first, last = min(one for one, _ in found), max(one for _, one in found)
    spans = f"{month_text(first)} to {month_text(last)}"
    return spans if len(found) == 1 else f"{spans}, of some networks fewer months"


def _show_amounts(screen: Screen, found: list[Row]) -> None:
    """The maximum of each network, once, and what is approved of it."""
    each = sorted({row["maximum_per_patient"] for row in found if row["maximum_per_patient"]})
    stated = f", at {' and '.join(map(pounds, each))} a patient as returned" * bool(each)
    screen.say(f"\nAmounts of the year{stated}")
    numbers = ("Maximum", "Approved")
    table = plain_table("Network", *numbers, "Areas approved", right=numbers)
    sums: list[tuple[float | None, float | None]] = []
    for _, own in groupby(sorted(found, key=_by_name), key=_by_name):
        rows = list(own)
        most = next((row["maximum_amount"] for row in rows if row["maximum_amount"]), None)
        approved = sum(row["decision"] in ("approved", "approved in part") for row in rows)
        areas = f"{approved} of {len(rows)}"
        sums.append((most, _approved(rows, most)))
        table.add_row(_name(rows[0]), *map(_pounds, sums[-1]), areas)
    if len(sums) > 1:
        of_all = (_sum_of_known([one[place] for one in sums]) for place in (0, 1))
        table.add_row(f"{found[0]['icb_code']}, all networks", *map(_pounds, of_all), "")
    screen.table(table)
    if any(None in one for one in sums):
        wrapped(screen, "All networks: the sum of the amounts that are known.")


def _sum_of_known(amounts: list[float | None]) -> float | None:
    known = [one for one in amounts if one is not None]
    return sum(known) if known else None


def _approved(rows: list[Row], most: float | None) -> float | None:
    """What is approved in all areas; of three thirds, each rounded to the penny, the whole."""
    paid = [row["amount"] for row in rows if row["amount"] is not None]
    total = sum(paid)
    if most is not None and abs(total - most) < PENNY * len(rows):
        return most
    return total if paid else None


def _by_name(row: Row) -> tuple[str, str]:
    return row["pcn_name"] or "", row["pcn_code"]


def _name(row: Row) -> str:
    name = (row["pcn_name"] or "").removesuffix(MARK)
    return f"{row['pcn_code']} {name.removesuffix(' PCN')}".strip()


def _decision(row: Row) -> str:
    if row["declared_on"] is None and row["decision"] in (None, "pending"):
        return "not declared"
    return row["decision"] or "pending"


def _value(row: Row, name: str) -> str:
    return "-" if row[name] is None else value_text(row[name], row["unit"])


def _change(row: Row) -> str:
    if row["change"] is None:
        return "-"
    if row["unit"] == "share":
        return signed_points(row["change"])
    return f"{'+' if row['change'] > 0 else ''}{value_text(row['change'], row['unit'])}"


def _pounds(amount: float | None) -> str:
    return "-" if amount is None else pounds(round(amount))
