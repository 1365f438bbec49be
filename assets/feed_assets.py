"""Dagster assets of one feed, made from its contract: archived, tidy and measures, by edition. Not
here: the work itself (`assets.ingest`).

One step makes all three, so that a backfill of many editions is one run and a held edition does
not stop the others."""

import dagster as dg

from assets.asset_keys import brought_by, fetched_key, keys, owner_tag
from assets.column_metadata import column_metadata
from assets.edition_report import report, report_not_run
from assets.ingest import TakenIn, take_in
from assets.partitions import editions_of
from assets.presentation import file_kinds, group_of
from checks.check_model import Check
from checks.check_register import checks_of
from warehouse.archive.snapshot import one_snapshot
from warehouse.archive.source_files import Archive, SourceFile
from warehouse.base.lock import writing
from warehouse.contract.model import Contract
from warehouse.contract.shapes import measure_fields, tidy_fields
from warehouse.contract.tidy_versions import tidy_version
from warehouse.lineage.feed_edges import measure_edges, tidy_edges
from warehouse.outputs.openlineage.emit import Emitter, emitting
from warehouse.outputs.openlineage.runs import edition_taken_in, files_named, running

# Only one run at a time writes to a home: of a feed, of the mart, or a whole refresh.
POOL = "refresh"


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
            description=description,
            group_name=group_of(contract.feed),
            owners=[owner_tag(contract.owner)],
            code_version=tidy_version(contract.feed),
            kinds=kinds,
            metadata={**about, **(columns or {})},
        )

    return [
        spec(
            archived,
            [fetched_key(bringer)] if bringer else [],
            file_kinds(contract),
            f"Files of *{contract.title}*, kept unchanged: each with its SHA-256, and where and "
            f"when it was found.\n\n{contract.description}",
        ),
        spec(
            tidy,
            [archived],
            {"polars", "parquet"},
            f"Rows of *{contract.title}* with standard columns, types and labels; "
            f"{contract.grain}. A row that breaks a rule is kept apart (quarantined) and not "
            "counted. An edition's checks are made on these rows.",
            column_metadata(
                tidy_fields(contract), tidy_edges(contract), f"published.{feed}", archived
            ),
        ),
        spec(
            measures,
            [tidy],
            {"polars", "parquet"},
            f"What *{contract.title}* says of each organisation and month, added up, and the "
            "organisations that it names. Only of accepted editions; the mart is made from these.",
            column_metadata(
                measure_fields(contract), measure_edges(contract), f"tidy.{feed}", tidy
            ),
        ),
    ]


NOT_RUN_SHOWN = (
    "If it can't run, it has no result, and shows as skipped: neither passed nor failed."
)


def describe_check(check: Check) -> str:
    """Describe a check: requirement, severity, action, dimension, owner, threshold."""
    about = f"{check.severity}, {check.action}; {check.dimension}; owner: {check.owner}"
    threshold = check.threshold_text()
    limit = f" Threshold {check.threshold:g}: {threshold}." if threshold else ""
    return f"{check.title} ({about}).{limit} {NOT_RUN_SHOWN}"


def feed_assets(contract: Contract) -> dg.AssetsDefinition:
    """Return the assets and checks of one feed, partitioned by edition. Needs the resources `home`
    and `dagster_events`."""
    _, tidy, _ = keys(contract.feed)
    editions = editions_of(contract.feed)
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
        required_resource_keys={"home", "dagster_events"},
    )
    def _feed(context: dg.AssetExecutionContext):
        held, not_run = [], dict[str, dict[str, str]]()
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
                    context.log.info(f"{contract.feed} {edition}: no file in the archive")
                    continue
                with context.resources.dagster_events.together():
                    not_run[edition] = report(context, contract, edition, taken)
                if taken.status.undecided:
                    held.append(f"{edition}: {'; '.join(taken.state.reasons)}")
        if held and len(held) == len(context.partition_keys):
            for edition, reasons in not_run.items():
                report_not_run(context, contract, edition, reasons)
            raise dg.Failure(
                description="Held; earlier figures stay published. " + " | ".join(held),
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
    """Process one edition, and emit its lineage events."""
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
