"""The Capacity and Access Improvement Payment: where each network stands, a table per year."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from itertools import groupby
from typing import Any

from warehouse.base.months import day_words
from warehouse.base.number_format import percent, pounds, say_change, value_text
from warehouse.base.sql import rows
from warehouse.base.text import plural
from warehouse.site.plan_page import icb_of
from warehouse.site.site_figures import SiteFigures
from warehouse.site.site_page import PageTable, SitePage
from warehouse.site.site_paths import INDEX, PAYMENT, PLAN

Row = dict[str, Any]


@dataclass(frozen=True)
class PaymentYear:
    """A year of the payment: its rules in sentences, a row per network, and what the areas rest
    on. `total`: what is approved of all, in a sentence; blank where no amount is known."""

    year: str
    anchor: str
    rules: tuple[str, ...]
    total: str
    networks: PageTable
    areas: PageTable


def payment_page(figures: SiteFigures) -> SitePage:
    """The page of the payment; without years where the mart has none."""
    sql = "SELECT * FROM plan.caip_assessment WHERE icb_code = $icb"
    assessed = rows(figures.db, sql, icb=icb_of(figures))
    areas = rows(figures.db, "SELECT * FROM plan.caip_area ORDER BY financial_year, rowid")
    names = {place.code: place.name for place in figures.places.at("pcn")}
    years = payment_years(assessed, areas, names, {k: v["title"] for k, v in figures.kpis.items()})
    return SitePage(
        PAYMENT,
        "payment.html.j2",
        "Improvement payment by network",
        {"years": years},
        parts=[(one.anchor, one.year) for one in years],
        trail=((INDEX, "Overview"), (PLAN, "Plan")),
    )


def payment_years(
    assessed: Sequence[Row],
    areas: Sequence[Row],
    names: dict[str, str],
    titles: dict[str, str] | None = None,
) -> list[PaymentYear]:
    """The years, the newest first, none mixed with another. `assessed`: `plan.caip_assessment`;
    `areas`: `plan.caip_area`; `names`: code -> name of networks; `titles`: KPI id -> title."""
    years = sorted({row["financial_year"] for row in assessed}, reverse=True)
    made = []
    for year in years:
        own = [row for row in areas if row["financial_year"] == year]
        of_year = [row for row in assessed if row["financial_year"] == year]
        made.append(
            PaymentYear(
                year,
                f"year-{year.replace('/', '-')}",
                tuple(_rules(own, of_year)),
                total_words(of_year),
                _networks(year, own, of_year, names),
                _areas(year, own, titles or {}),
            )
        )
    return made


def _rules(areas: Sequence[Row], assessed: Sequence[Row]) -> list[str]:
    """How the year is paid, and the maximum, once each."""
    told = list(dict.fromkeys(row["paid"] for row in areas))
    per_patient = {row["maximum_per_patient"] for row in assessed if row["maximum_per_patient"]}
    if len(per_patient) == 1:
        rate = pounds(per_patient.pop())
        told.append(f"The maximum is {rate} per patient of a network's adjusted population.")
    elif not per_patient:
        of_area = sum(row["maximum_per_patient"] or 0 for row in areas)
        rate = f"{pounds(of_area)} per patient over all areas; " if of_area else ""
        told.append(f"The maximum: {rate}no assessment of this year was returned.")
    return told


def total_words(assessed: Sequence[Row]) -> str:
    """What all networks have at most and what of it is approved so far, and how many of their areas
    are decided; blank where no amount is known."""
    most = {row["pcn_code"]: row["maximum_amount"] for row in assessed if row["maximum_amount"]}
    if not most:
        return ""
    every, approved = sum(most.values()), sum(row["amount"] or 0 for row in assessed)
    decided = Counter(row["decision"] for row in assessed if row["decision"])
    told = ", ".join(f"{number:,} {decision}" for decision, number in decided.most_common())
    return (
        f"Of {pounds(round(every))} at most, for {plural(len(most), 'network')}, "
        f"{pounds(round(approved))} ({percent(approved / every, 0)}) is approved so far. "
        f"Decisions, one per network and area: {told or 'none'}."
    )


def _networks(
    year: str, areas: Sequence[Row], assessed: Sequence[Row], names: dict[str, str]
) -> PageTable:
    order = [row["area"] for row in areas]
    some_amounts = any(row["maximum_amount"] is not None for row in assessed)
    cells = []

    def named(row: Row) -> tuple[str, str]:
        name = names.get(row["pcn_code"]) or row["pcn_name"] or row["pcn_code"]
        return str(name), str(row["pcn_code"])

    for (name, _), some in groupby(sorted(assessed, key=named), key=named):
        own = {row["area"]: row for row in some}
        amounts = _amounts(list(own.values())) if some_amounts else []
        positions = (position(own[area]) if area in own else "-" for area in order)
        cells.append([name, *amounts, *positions])
    money = ["Maximum", "Approved so far"] if some_amounts else []
    measures = {row["area"]: row["kpi_title"] for row in assessed}
    named_areas = (
        f"{row['title']}: {measure}" if (measure := measures.get(row["area"])) else row["title"]
        for row in areas
    )
    headings = ["Network", *money, *named_areas]
    caption = f"Where each network stands in {year}: its figures, and what the ICB decided"
    numeric = frozenset({1, 2}) if some_amounts else frozenset()
    return PageTable(caption, headings, cells, numeric, stacked=True)


def position(row: Row) -> str:
    """Where a network stands in an area: its figure then and now, and the decision."""
    value, unit = row["latest_value"], row["unit"]
    if value is None:
        told = "No figure."
    elif row["change"] is None:
        told = f"{value_text(value, unit)} in {row['latest_month']:%B %Y}; no earlier one."
    else:
        then = row["baseline_value"]
        ratio = row["change"] / then if then else None
        by = say_change(unit, row["change"], ratio)
        told = (
            f"{value_text(then, unit)} in {row['baseline_month']:%B %Y}, "
            f"{value_text(value, unit)} in {row['latest_month']:%B %Y} ({by})."
        )
    if row["decision"]:
        told += f" {row['decision'][:1].upper()}{row['decision'][1:]}"
        told += f" on {day_words(row['decided_on'])}." if row["decided_on"] else "."
        if row["share_approved"]:
            told += f" Share: {row['share_approved']}."
    return told


def _amounts(own: Sequence[Row]) -> list[str]:
    """The maximum of a network, once, and what of it is approved."""
    most = next((row["maximum_amount"] for row in own if row["maximum_amount"] is not None), None)
    approved = [row["amount"] for row in own if row["amount"] is not None]
    # To the whole pound: thirds of a maximum add up to it but for a penny.
    told = "-" if not approved else pounds(round(sum(approved)))
    return ["-" if most is None else pounds(round(most)), told]


def _areas(year: str, areas: Sequence[Row], titles: dict[str, str]) -> PageTable:
    cells = [
        [
            row["title"],
            percent(row["share_of_maximum"], 0) if row["share_of_maximum"] else "-",
            "; ".join(titles.get(kpi, kpi) for kpi in row["evidence_kpis"]),
            row["beside_figures"] or "-",
        ]
        for row in areas
    ]
    headings = ("Area", "Share of the maximum", "Figures of it", "What no figure shows")
    return PageTable(f"What the areas of {year} rest on", headings, cells)
