"""Records in which lineage ends other than published headings, each with its description.

Belongs here: their names, which loaded frames use to declare their origin, and the mart's tables
that are loaded so.
"""

from __future__ import annotations

from collections.abc import Iterable

from warehouse.contract.model import contracts
from warehouse.lineage.feed_edges import ROWS, Edge

# These names are published in `governance.lineage_edge`: keep them when modules are renamed.
RECORDS = {
    "archive.source_file": "provenance of each file, kept beside it in the archive",
    "archive.decision": "decisions of people, kept in the archive",
    "archive.publication": "the journal of publications, kept in the archive",
    "calendar": "the calendar, with the bank holidays of England",
    "catalogue.kpi": "the KPI catalogue",
    "catalogue.target": "targets: national ones that are shipped, and those of the home",
    "checks.catalogue": "the checks, as checks.yaml defines them",
    "checks.result": "the verdicts, as recorded when each check was made",
    "claims.register": "the registers of published claims: of the place, and of the home",
    "constant": "a text or number in the SQL",
    "contract": "the feed's contract.yaml",
    "contract.caveat": "caveats in the feeds' contracts and in the KPI catalogue",
    "contract.correction": "the feed's corrections.yaml, and the cells in which they were found",
    "contract.measure": "measures in the feed's contract.yaml",
    "disclosure": "disclosure control of local returns",
    "lineage": "the SQL that made the mart, the contracts and the catalogue",
    "parameter": "a value set by the build",
    "quarantine.row": "rejected rows, as published",
    "rating.rules": "the shipped rules by which actions of a plan are rated",
    "reference.decisions": "the shipped decisions of meetings on the place",
    "reference.delivery_plan": "the shipped delivery plan: commitments, checklists, aims",
    "reference.improvement_payment": "the shipped schemes of the improvement payment",
    "reference.local_authorities": "the shipped table of local authorities",
    "reference.organisations": "the shipped, dated table of organisations",
    "reference.short_names": "the shipped table of short names, and those in the home's settings",
    "reference.special_services": "the shipped table of special services",
    "statistics.parameter": "the parameters of a statistical method",
    "tidy.facts": "rows counted when a file was parsed",
}

# Tables of the mart that are loaded from frames, by SQL that names the record of each column.
DECLARED_BY_HAND = (
    "kpi",
    "kpi_by_deprivation",
    "kpi_comparison",
    "kpi_funding_outcome",
    "kpi_inequality",
    "kpi_sentence",
    "kpi_spc",
    "kpi_target",
    "claim",
    "claim_reading",
    *(
        f"governance.{name}"
        for name in (
            "caveat",
            "caveat_scope",
            "check_register",
            "check_result",
            "correction",
            "edition",
            "feed",
            "held_month",
            "kpi_feed",
            "lineage_edge",
            "measure",
            "override",
            "publication",
            "quarantine",
            "source_file",
        )
    ),
    *(
        f"plan.{name}"
        for name in (
            "caip_area",
            "caip_assessment",
            "caip_assessment_history",
            "caip_evidence",
            "decision_answer",
            "incentive_threshold",
            "meeting_decision",
            "plan_action",
            "plan_action_history",
            "plan_aim",
            "plan_checklist_item",
            "plan_commitment",
            "plan_conflict",
            "plan_evidence",
        )
    ),
)


def record_edges(lineage_table: str, columns: Iterable[str]) -> list[Edge]:
    """Return edges that neither SQL nor contracts show: of the lineage table itself, of values that
    the build sets, and of the inputs of disclosure control."""
    edges = [Edge(lineage_table, column, "lineage", column) for column in columns]
    edges.append(Edge("parameter", "synthetic", "archive.source_file", "synthetic"))
    for feed, contract in contracts().items():
        if contract.measures:
            edges.append(Edge(f"measures.{feed}", "filename", "archive.source_file", "sha256"))
        if contract.disclosure_control:
            told = f"figures of {contract.title}"
            edges += [
                Edge("disclosure", ROWS, f"measures.{feed}", name, use="choice", description=told)
                for name in contract.measures
            ]
    return edges
