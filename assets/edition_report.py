"""Report a processed edition to Dagster: materialisations, and a verdict per check."""

from typing import Any

import dagster as dg

from assets.asset_keys import keys
from assets.ingest import TakenIn
from checks.check_register import checks_of
from checks.suite import suite_of
from warehouse.archive.source_files import SourceFile
from warehouse.contract.model import Contract
from warehouse.editions.check_history import CheckResult


def report(
    context: dg.AssetExecutionContext, contract: Contract, edition: str, taken: TakenIn
) -> None:
    """Log the Dagster events of one edition."""
    archived, tidy, measures = keys(contract.feed)
    synthetic = all(file.synthetic for file in taken.files)
    shared = {"edition": edition, "synthetic": synthetic, **override_metadata(taken)}
    _materialised(context, archived, edition, {**shared, "files": _file_table(taken.files)})
    counts = {
        "dagster/partition_row_count": sum(fact.rows for fact in taken.facts),
        "quarantined_rows": sum(fact.quarantined for fact in taken.facts),
    }
    _materialised(context, tidy, edition, {**shared, **counts})
    types = expectation_types(contract.feed)
    for check in checks_of(contract.feed):
        results = [r for r in taken.results if r.rule == check.rule]
        _checked(context, tidy, edition, check.rule, results, types)
    if taken.status.verdict == "accepted":
        counts = {
            "dagster/partition_row_count": sum(fact.cells for fact in taken.facts),
            "cells_left_out": sum(fact.unreliable_cells for fact in taken.facts),
        }
        _materialised(context, measures, edition, {**shared, **counts})


def override_metadata(taken: TakenIn) -> dict[str, str]:
    """Return metadata of the decision about the edition, if there is one."""
    decision = taken.status.decision
    if decision is None:
        return {}
    lapsed = f"; lapsed: {taken.status.lapsed}" if taken.status.lapsed else ""
    return {"override": f"{decision.words}{lapsed}"}


def _materialised(
    context: dg.AssetExecutionContext, key: dg.AssetKey, edition: str, metadata: dict[str, Any]
) -> None:
    if key in context.selected_asset_keys:
        context.log_event(
            dg.AssetMaterialization(asset_key=key, partition=edition, metadata=metadata)
        )


def _file_table(files: list[SourceFile]) -> dg.MetadataValue:
    records = [
        dg.TableRecord(
            {
                "file": file.file_name,
                "sha256": file.sha256[:16],
                "rows": file.rows,
                "published": str(file.published_on or "not known"),
            }
        )
        for file in files
    ]
    return dg.MetadataValue.table(records)


def expectation_types(feed: str) -> dict[str, str]:
    """Check -> the types of its expectations, of a feed or of the mart."""
    found: dict[str, dict[str, None]] = {}
    for one in suite_of(feed):
        found.setdefault(one.rule, {})[one.expectation.type] = None
    return {rule: ", ".join(types) for rule, types in found.items()}


def judged_by(result: CheckResult, types: dict[str, str]) -> dict[str, str]:
    """Return metadata of a check that ran: its expectations (of `expectation_types`), and where in
    the home their result is kept."""
    if result.validation_result is None:
        return {}
    return {"expectation": types[result.rule], "validation_result": result.validation_result}


def _checked(
    context: dg.AssetExecutionContext,
    key: dg.AssetKey,
    edition: str,
    rule: str,
    results: list[CheckResult],
    types: dict[str, str],
) -> None:
    check_key = dg.AssetCheckKey(key, rule)
    if check_key not in context.selected_asset_check_keys:
        return
    order = ("pass", "skipped", "warn", "fail")
    worst = max(results, key=lambda result: order.index(result.verdict), default=None)
    # A check without a result did not run: if a file can't be read, only checks of files run.
    verdict = worst.verdict if worst else "skipped"
    why = worst.message if worst else "did not run for this edition"
    metadata: dict[str, object] = {"verdict": verdict}
    if worst:
        metadata |= {
            "observed": worst.observed,
            "expected": worst.expected,
            "failed_rows": worst.failed_rows,
            "total_rows": worst.total_rows,
            "message": worst.message or "-",
        }
        if worst.unexpected:
            metadata["unexpected"] = worst.unexpected
        metadata |= judged_by(worst, types)
    context.log_event(
        dg.AssetCheckEvaluation(
            asset_key=key,
            check_name=rule,
            passed=verdict == "pass",
            description=f"Skipped: {why}" if verdict == "skipped" else None,
            metadata={name: dg.MetadataValue.text(str(value)) for name, value in metadata.items()},
            severity=dg.AssetCheckSeverity("ERROR" if verdict == "fail" else "WARN"),
            blocking=verdict == "fail",
            partition=edition,
        )
    )
