"""Report a processed edition to Dagster: materialisations, and a verdict per check."""

from collections.abc import Mapping
from typing import Any

import dagster as dg

from assets.asset_keys import keys
from assets.ingest import TakenIn
from checks.check_register import checks_of
from checks.suite import suite_of
from warehouse.archive.decisions import over_because
from warehouse.archive.source_files import SourceFile
from warehouse.contract.model import Contract
from warehouse.editions.check_history import CheckResult


def report(
    context: dg.AssetExecutionContext, contract: Contract, edition: str, taken: TakenIn
) -> dict[str, str]:
    """Log the Dagster events of one edition; returns why checks did not run, which have none."""
    archived, tidy, measures = keys(contract.feed)
    synthetic = all(file.synthetic for file in taken.files)
    shared = {"edition": edition, "synthetic": synthetic, **override_metadata(taken)}
    _materialised(context, archived, edition, {**shared, "files": _file_table(taken.files)})
    worst = {check.rule: _worst(taken.results, check.rule) for check in checks_of(contract.feed)}
    not_run = {
        rule: result.message if result else "its files can't be read"
        for rule, result in worst.items()
        if result is None or result.verdict == "skipped"
    }
    counts = {
        "dagster/partition_row_count": sum(fact.rows for fact in taken.facts),
        "quarantined_rows": sum(fact.quarantined for fact in taken.facts),
        "checks_failed": "; ".join(taken.state.reasons) or "none",
        "checks_not_run": "; ".join(f"{rule}: {why}" for rule, why in not_run.items()) or "none",
    }
    _materialised(context, tidy, edition, {**shared, **counts})
    types = expectation_types(contract.feed)
    for result in worst.values():
        if result and result.rule not in not_run:
            _checked(context, tidy, edition, result, types)
    if taken.status.verdict == "accepted":
        counts = {
            "dagster/partition_row_count": sum(fact.cells for fact in taken.facts),
            "cells_left_out": sum(fact.unreliable_cells for fact in taken.facts),
        }
        _materialised(context, measures, edition, {**shared, **counts})
    return not_run


def report_not_run(
    context: dg.AssetExecutionContext, contract: Contract, edition: str, reasons: dict[str, str]
) -> None:
    """Log checks that did not run as warnings: in a run that fails, Dagster calls a check without a
    result failed."""
    _, tidy, _ = keys(contract.feed)
    for rule, why in reasons.items():
        told = {"verdict": "skipped", "message": why}
        _logged(context, tidy, edition, rule, "skipped", told, f"Not run: {why}")


def _worst(results: list[CheckResult], rule: str) -> CheckResult | None:
    """Return the worst result of a check; None if it did not run: if a file can't be read, only
    checks of files do."""
    order = ("pass", "skipped", "warn", "fail")
    own = [result for result in results if result.rule == rule]
    return max(own, key=lambda result: order.index(result.verdict), default=None)


def override_metadata(taken: TakenIn) -> dict[str, str]:
    """Return metadata of the decision about the edition, if there is one."""
    decision = taken.status.decision
    if decision is None:
        return {}
    lapsed = f"; {over_because(taken.status.lapsed)}" if taken.status.lapsed else ""
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
    result: CheckResult,
    types: dict[str, str],
) -> None:
    """Log the result of a check that ran."""
    metadata: dict[str, object] = {
        "verdict": result.verdict,
        "observed": result.observed,
        "expected": result.expected,
        "failed_rows": result.failed_rows,
        "total_rows": result.total_rows,
        "message": result.message or "-",
    }
    if result.unexpected:
        metadata["unexpected"] = result.unexpected
    metadata |= judged_by(result, types)
    _logged(context, key, edition, result.rule, result.verdict, metadata)


def _logged(
    context: dg.AssetExecutionContext,
    key: dg.AssetKey,
    edition: str,
    rule: str,
    verdict: str,
    metadata: Mapping[str, object],
    description: str | None = None,
) -> None:
    if dg.AssetCheckKey(key, rule) not in context.selected_asset_check_keys:
        return
    context.log_event(
        dg.AssetCheckEvaluation(
            asset_key=key,
            check_name=rule,
            passed=verdict == "pass",
            description=description,
            metadata={name: dg.MetadataValue.text(str(value)) for name, value in metadata.items()},
            severity=dg.AssetCheckSeverity("ERROR" if verdict == "fail" else "WARN"),
            blocking=verdict == "fail",
            partition=edition,
        )
    )
