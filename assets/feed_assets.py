"""From a contract to Dagster assets: archived, tidy and measures of one feed, by edition.

Belongs here: the thin Dagster side of every feed alike. Does not: any feed's particulars, nor
the work itself (`assets.ingest.take_in`).

One step makes the three assets of a feed, so that a backfill of many editions is one run and one
held edition never stops another: what is reported, is reported edition by edition.
"""

import dagster as dg

from assets.column_metadata import column_metadata
from assets.ingest import TakenIn, take_in
from checks.check_catalogue import Check
from checks.check_register import checks_of
from warehouse.archive.snapshot import one_snapshot
from warehouse.archive.source_files import Archive, SourceFile
from warehouse.base.lock import writing
from warehouse.contract.model import Contract, tidy_version
from warehouse.contract.shapes import measure_fields, tidy_fields
from warehouse.editions.check_history import CheckResult
from warehouse.lineage.feed_edges import measure_edges, tidy_edges
from warehouse.outputs.openlineage.emit import Emitter, emitting
from warehouse.outputs.openlineage.runs import edition_taken_in, files_named, running

# One run at a time works on a home, whether it is of a feed, of the mart, or a whole refresh.
POOL = "refresh"


def keys(feed: str) -> tuple[dg.AssetKey, dg.AssetKey, dg.AssetKey]:
    """Asset keys of a feed: archived, tidy, measures."""
    return tuple(dg.AssetKey([feed, step]) for step in ("archived", "tidy", "measures"))  # type: ignore[return-value]


def fetched_key(feed: str) -> dg.AssetKey:
    """Asset key of what was found at the publisher and downloaded."""
    return dg.AssetKey([feed, "fetched"])


def brought_by(contract: Contract) -> str | None:
    """The feed whose downloads bring this one: its own, or another's; None if nobody publishes
    it."""
    if contract.discovery is None:
        return None
    return contract.discovery.comes_with or contract.feed


def owner_tag(owner: str) -> str:
    """Dagster's form of a team that owns an asset."""
    return "team:" + owner.lower().replace(" ", "-")


def _specs(contract: Contract) -> list[dg.AssetSpec]:
    feed = contract.feed
    archived, tidy, measures = keys(feed)
    bringer = brought_by(contract)
    about: dict[str, object] = {
        "publisher": contract.publisher,
        "landing_page": dg.MetadataValue.url(contract.landing_page),
        "licence": contract.licence.name,
        "grain": contract.grain,
        "caveats": dg.MetadataValue.md("\n".join(f"- {one.text}" for one in contract.caveats)),
    }

    def spec(
        key: dg.AssetKey,
        deps: list[dg.AssetKey],
        kinds: set[str],
        description: str,
        columns: dict[str, object] | None = None,
    ) -> dg.AssetSpec:
        return dg.AssetSpec(
            key,
            deps=deps,
            description=f"{contract.title}: {description}",
            group_name=contract.feed,
            owners=[owner_tag(contract.owner)],
            code_version=tidy_version(contract.feed),
            kinds=kinds,
            metadata={**about, **(columns or {})},
        )

    return [
        spec(
            archived,
            [fetched_key(bringer)] if bringer else [],
            {"csv"},
            f"files as published, under their SHA-256, with provenance.\n\n{contract.description}",
        ),
        spec(
            tidy,
            [archived],
            {"polars", "parquet"},
            f"rows typed and conformed, bad rows in quarantine. Grain: {contract.grain}.",
            column_metadata(
                tidy_fields(contract), tidy_edges(contract), f"published.{feed}", archived
            ),
        ),
        spec(
            measures,
            [tidy],
            {"polars", "parquet"},
            "additive sums per organisation and month, and the organisations named; only of "
            "editions that passed their checks.",
            column_metadata(
                measure_fields(contract), measure_edges(contract), f"tidy.{feed}", tidy
            ),
        ),
    ]


# Dagster has no verdict for what could not be checked; its own `skipped` is a failure once the run
# fails, as one does whose only edition is held back.
SKIPPED_SHOWN = (
    "Where it can't be made it shows as a warning, never as passed: metadata `verdict` is skipped, "
    "and the result says why."
)


def describe_check(check: Check) -> str:
    """A check in a line: what holds, how grave, what follows, which dimension, whose it is."""
    about = f"{check.severity}, {check.action}; {check.dimension}; owner: {check.owner}"
    threshold = check.threshold_text()
    limit = f" Threshold {check.threshold:g}: {threshold}." if threshold else ""
    return f"{check.title} ({about}).{limit} {SKIPPED_SHOWN}"


def feed_assets(contract: Contract, editions: dg.PartitionsDefinition[str]) -> dg.AssetsDefinition:
    """The assets and checks of one feed, partitioned by edition. Needs the resources `home` and
    `kept_connections`."""
    _, tidy, _ = keys(contract.feed)
    checks = [
        dg.AssetCheckSpec(
            check.rule,
            asset=tidy,
            description=describe_check(check),
            blocking=check.may_hold,
            partitions_def=editions,
        )
        for check in checks_of(contract.feed)
    ]

    @dg.multi_asset(
        name=contract.feed,
        specs=_specs(contract),
        check_specs=checks,
        partitions_def=editions,
        backfill_policy=dg.BackfillPolicy.single_run(),
        can_subset=True,
        pool=POOL,
        required_resource_keys={"home", "kept_connections"},
    )
    def _feed(context: dg.AssetExecutionContext):
        held = []
        home = context.resources.home.get()
        with (
            writing(home, context.log.info),
            one_snapshot(),
            emitting(home, context.log.warning) as lineage,
        ):
            files = Archive(home).active_files(contract.feed)
            for edition in context.partition_keys:
                context.log.info(f"{contract.feed} {edition}")
                own = [file for file in files if file.edition == edition]
                taken = _take_in(context, contract, edition, own, lineage) if own else None
                if taken is None:
                    context.log.info(f"{contract.feed} {edition}: no file of it in the archive")
                    continue
                report(context, contract, edition, taken)
                if taken.status.undecided:
                    held.append(f"{edition}: {'; '.join(taken.state.reasons)}")
        if held and len(held) == len(context.partition_keys):
            raise dg.Failure(
                description="Held back, last-good stays published. " + " | ".join(held),
                allow_retries=False,
            )
        yield from ()

    return _feed


def _take_in(
    context: dg.AssetExecutionContext,
    contract: Contract,
    edition: str,
    files: list[SourceFile],
    lineage: Emitter | None,
) -> TakenIn | None:
    """Take one edition in, and tell of it as it goes."""
    home, run = context.resources.home.get(), context.run
    with running(
        lineage,
        f"{contract.feed}.take_in",
        f"{contract.title}: archived files tidied, checked and measured.",
        run.run_id,
        run.job_name,
        edition,
        files_named(files),
    ) as told:
        taken = take_in(home, contract.feed, edition, run.run_id)
        if told and taken:
            told.outcome = edition_taken_in(
                contract, edition, taken.files, taken.facts, taken.results, taken.status
            )
    return taken


def report(
    context: dg.AssetExecutionContext, contract: Contract, edition: str, taken: TakenIn
) -> None:
    """Tell Dagster what one edition came to: materialisations, and a verdict per check."""
    archived, tidy, measures = keys(contract.feed)
    synthetic = all(file.synthetic for file in taken.files)
    shared = {"edition": edition, "synthetic": synthetic, **override_metadata(taken)}
    _materialised(context, archived, edition, {**shared, "files": _file_table(taken.files)})
    rows = sum(fact.rows for fact in taken.facts)
    quarantined = sum(fact.quarantined for fact in taken.facts)
    _materialised(
        context,
        tidy,
        edition,
        {**shared, "dagster/partition_row_count": rows, "quarantined_rows": quarantined},
    )
    for check in checks_of(contract.feed):
        results = [r for r in taken.results if r.rule == check.rule]
        _checked(context, tidy, edition, check.rule, results)
    if taken.status.verdict == "accepted":
        cells = sum(fact.cells for fact in taken.facts)
        lost = sum(fact.unreliable_cells for fact in taken.facts)
        _materialised(
            context,
            measures,
            edition,
            {**shared, "dagster/partition_row_count": cells, "cells_left_out": lost},
        )


def override_metadata(taken: TakenIn) -> dict[str, str]:
    """What a person decided about the edition, for its materialisations."""
    decision = taken.status.decision
    if decision is None:
        return {}
    lapsed = f"; lapsed: {taken.status.lapsed}" if taken.status.lapsed else ""
    return {"override": f"{decision.words}{lapsed}"}


def _materialised(
    context: dg.AssetExecutionContext, key: dg.AssetKey, edition: str, metadata: dict
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


def _checked(
    context: dg.AssetExecutionContext,
    key: dg.AssetKey,
    edition: str,
    rule: str,
    results: list[CheckResult],
) -> None:
    check_key = dg.AssetCheckKey(key, rule)
    if check_key not in context.selected_asset_check_keys:
        return
    grave = ("pass", "skipped", "warn", "fail")
    worst = max(results, key=lambda result: grave.index(result.verdict), default=None)
    # Without a result it was not made: of a file that can't be read, only files are checked.
    verdict = worst.verdict if worst else "skipped"
    why = worst.message if worst else "not made for this edition"
    metadata: dict[str, object] = {"verdict": verdict}
    if worst:
        metadata |= {
            "observed": worst.observed,
            "expected": worst.expected,
            "failed_rows": worst.failed_rows,
            "total_rows": worst.total_rows,
            "message": worst.message or "-",
        }
    context.log_event(
        dg.AssetCheckEvaluation(
            asset_key=key,
            check_name=rule,
            passed=verdict == "pass",
            description=f"Skipped: {why}" if verdict == "skipped" else None,
            metadata={name: dg.MetadataValue.text(str(value)) for name, value in metadata.items()},
            severity=dg.AssetCheckSeverity.ERROR
            if verdict == "fail"
            else dg.AssetCheckSeverity.WARN,
            blocking=verdict == "fail",
            partition=edition,
        )
    )
