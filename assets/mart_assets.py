"""The mart as Dagster assets: built aside, checked, then published. Not here: the work
(`warehouse.mart`, `warehouse.publication`)."""

from collections.abc import Iterator
from typing import Any

import dagster as dg
import duckdb

from assets.asset_keys import keys, owner_tag
from assets.edition_report import expectation_types, judged_by
from assets.feed_assets import POOL, describe_check
from assets.presentation import MART_GROUP
from checks.check_catalogue import MART, MART_OWNER, mart_checks
from checks.check_register import check_table
from checks.mart_checks import add_results, judge_mart
from warehouse.archive.snapshot import one_snapshot, outdated
from warehouse.base.errors import NOT_MET
from warehouse.base.home import Home
from warehouse.base.lock import writing
from warehouse.base.sql import open_file
from warehouse.contract.model import contracts
from warehouse.editions.check_history import CheckResult, append, reason_of
from warehouse.lineage.edge_table import edges_of
from warehouse.lineage.feed_edges import ROWS
from warehouse.lineage.follow import Index, columns_of, index, made_of
from warehouse.mart.describe import column_comments, descriptions, table_columns
from warehouse.outputs.openlineage.emit import emitting
from warehouse.outputs.openlineage.runs import mart_built, mart_published, running
from warehouse.publication.build import Built, build_mart, mart_version
from warehouse.publication.pending_mart import (
    Outdated,
    candidate_of,
    discard,
    is_superseded,
    note_candidate,
)
from warehouse.publication.publish import publish, published_by
from warehouse.site.trust.home_pages import build_pages

OWNER = owner_tag(MART_OWNER)
SCHEMAS = {
    "governance": "Records for governance: feeds, editions, source files with provenance, "
    "every check result, decisions, corrections, quarantined rows, figure sources, caveats and "
    "publications.",
    "plan": "The plan beside the figures: commitments, the actions that follow and their history, "
    "the figures that are evidence of them, ratings and what contradicts them, the improvement "
    "payment by network, and what meetings agreed.",
}
PUBLISHED = dg.AssetKey(["mart", "published"])


def table_key(table: str) -> dg.AssetKey:
    """Return the asset key of a mart table; the tables of a schema in `SCHEMAS` are one asset."""
    return dg.AssetKey(["mart", table.partition(".")[0]])


def _parents() -> dict[str, list[dg.AssetKey]]:
    """Return mart asset -> the assets it is made from."""
    measures = [keys(feed)[2] for feed in contracts()]
    return {
        "organisation": measures,
        "kpi_vintage": measures,
        "kpi_revision": [table_key("kpi_vintage")],
        "kpi_revision_typical": [table_key("kpi_vintage")],
        "kpi": [table_key("kpi_revision_typical")],
        "calendar_month": [],
        "kpi_monthly": [
            table_key(t) for t in ("kpi_vintage", "organisation", "kpi", "calendar_month")
        ],
        "kpi_other_period": [table_key(t) for t in ("kpi_vintage", "organisation", "kpi")],
        "pharmacy_participation": [table_key("kpi_monthly")],
        "claim_reading": [table_key(t) for t in ("kpi_monthly", "kpi_other_period", "kpi_vintage")],
        "claim": [table_key("claim_reading")],
        "plan": [
            *[table_key(t) for t in ("kpi_monthly", "kpi_other_period", "organisation")],
            *[keys(feed)[1] for feed, contract in contracts().items() if contract.plan],
        ],
        "governance": [
            table_key(t)
            for t in ("kpi_monthly", "kpi_revision", "pharmacy_participation", "claim", "plan")
        ],
    }


def _table_specs() -> list[dg.AssetSpec]:
    comments = {table: entry["comment"] for table, entry in descriptions()["tables"].items()}
    described = comments | SCHEMAS
    return [
        dg.AssetSpec(
            table_key(table),
            deps=parents,
            description=described[table],
            group_name=MART_GROUP,
            owners=[OWNER],
            kinds={"duckdb"},
            code_version=mart_version(),
        )
        for table, parents in _parents().items()
    ]


@dg.multi_asset(
    name="build_mart",
    specs=_table_specs(),
    check_specs=[
        dg.AssetCheckSpec(
            check.rule,
            asset=table_key("kpi_monthly"),
            description=describe_check(check),
            blocking=True,
        )
        for check in mart_checks()
    ],
    pool=POOL,
    required_resource_keys={"home", "dagster_events"},
)
def build(context: dg.AssetExecutionContext):
    """Build the mart beside the published one, and check it."""
    place = context.resources.home.get()
    with writing(place, context.log.info), one_snapshot():
        outdated(place)
        built, results = _build(context, place)
        yield from _results(built, results)
        if failed := [result for result in results if result.verdict != "pass"]:
            discard(place, context.run.run_id, built)
            told = "; ".join(reason_of(result) for result in failed)
            # Before Dagster raises its own error, which only counts them; it publishes neither way.
            raise dg.Failure(f"{NOT_MET}: {told}", allow_retries=False)


def _results(built: Built, results: list[CheckResult]) -> Iterator[Any]:
    """Yield the Dagster events of a mart: a materialisation per table, a result per check."""
    with open_file(built.path, read_only=True) as db:
        edges = index(edges_of(db))
        for table in _parents():
            metadata: dict[str, Any] = {
                "synthetic": built.synthetic,
                "made_whole_because": built.made_whole_because or "it was not",
            }
            metadata |= (_schema_counts if table in SCHEMAS else _table_metadata)(db, table)
            metadata["dagster/column_lineage"] = _column_lineage(edges, table)
            yield dg.MaterializeResult(asset_key=table_key(table), metadata=metadata)
    types = expectation_types(MART)
    for result in results:
        yield _check(result, types)


def _build(context: dg.AssetExecutionContext, place: Home) -> tuple[Built, list[CheckResult]]:
    """Build, check and record the mart, and emit its lineage events."""
    about = ("mart.build", "The mart, built aside from all accepted editions, and checked.")
    with (
        emitting(place, context.log.warning) as lineage,
        running(lineage, *about, context.run.run_id, context.run.job_name) as told,
    ):
        over = published_by(place)
        built = build_mart(place, context.run.run_id, check_table())
        built = built.model_copy(update={"built_over": over})
        try:
            results = judge_mart(built.path, context.run.run_id, place)
            append(place, results, "mart")
            add_results(built.path, results)
            note_candidate(place, context.run.run_id, built)
        except BaseException:
            discard(place, context.run.run_id, built)
            raise
        if told:
            told.outcome = mart_built(built.path, results)
    return built, results


def _asset_of(table: str) -> dg.AssetKey | None:
    """Return the asset that contains a table of a layer, if any."""
    layer, _, name = table.partition(".")
    if layer == "mart":
        return table_key(name)
    return dg.AssetKey([name, layer]) if layer in ("tidy", "measures") else None


def _column_lineage(edges: Index, asset: str) -> dg.TableColumnLineage:
    """Return the columns of a mart asset, each with the columns of other assets it comes from."""
    behind = {}
    for table in dict.fromkeys(table for table, _ in edges):
        if _asset_of(table) != table_key(asset):
            continue
        for column in columns_of(edges, table):
            found = made_of(edges, (table, column), lambda one: _asset_of(one) is not None)
            behind[_shown(table, column)] = [
                dg.TableColumnDep(key, _shown(source, name))
                for source, name in found
                if name != ROWS and (key := _asset_of(source)) is not None
            ]
    return dg.TableColumnLineage(behind)


def _shown(table: str, column: str) -> str:
    """Return a column's name in its asset: `status`, and of one of several tables in an asset
    `edition.status`."""
    schema, _, name = table.removeprefix("mart.").partition(".")
    return f"{name}.{column}" if schema in SCHEMAS else column


def _table_metadata(db: duckdb.DuckDBPyConnection, table: str) -> dict[str, Any]:
    columns = table_columns(db, table).items()
    [(rows,)] = db.execute(f"SELECT count(*) FROM {table}").fetchall()
    comments = column_comments(table)
    return {
        "dagster/row_count": rows,
        "dagster/column_schema": dg.TableSchema(
            columns=[dg.TableColumn(c, t, comments.get(c)) for c, t in columns]
        ),
    }


def _schema_counts(db: duckdb.DuckDBPyConnection, schema: str) -> dict[str, Any]:
    tables = [t for t in descriptions()["tables"] if t.startswith(f"{schema}.")]
    counted = [db.execute(f"SELECT count(*) FROM {table}").fetchall() for table in tables]
    rows = {table: count for table, [(count,)] in zip(tables, counted, strict=True)}
    return {"dagster/row_count": sum(rows.values()), **rows}


def _check(result: CheckResult, types: dict[str, str]) -> dg.AssetCheckResult:
    return dg.AssetCheckResult(
        asset_key=table_key("kpi_monthly"),
        check_name=result.rule,
        passed=result.verdict == "pass",
        severity=dg.AssetCheckSeverity.ERROR,
        metadata={
            "observed": result.observed,
            "expected": result.expected,
            **judged_by(result, types),
        },
    )


@dg.asset(
    key=PUBLISHED,
    deps=[table_key("governance")],
    group_name=MART_GROUP,
    owners=[OWNER],
    kinds={"duckdb"},
    description="The DuckDB file that analysts open, replaced whole. Open readers keep theirs.",
    pool=POOL,
    required_resource_keys={"home", "dagster_events"},
)
def published(context: dg.AssetExecutionContext) -> dg.MaterializeResult:
    """Publish the mart that this run has built."""
    place, run = context.resources.home.get(), context.run
    with writing(place, context.log.info):
        # A failed step rerun in the UI uses the mart built by the earlier run.
        found = candidate_of(place, [one for one in (run.run_id, run.parent_run_id) if one])
        if found is None:
            raise dg.Failure(
                "This run has built no mart to publish. Launch the job publish_mart, or select "
                "the mart's tables together with mart/published.",
                allow_retries=False,
            )
        return _publish(context, place, *found)


def _publish(
    context: dg.AssetExecutionContext, place: Home, run_id: str, built: Built
) -> dg.MaterializeResult:
    outdated(place)  # a person may have withdrawn a file since the mart was built
    try:
        superseded = is_superseded(place, built)
    except Outdated as error:
        discard(place, run_id, built)
        raise dg.Failure(f"{error} Launch publish_mart again.", allow_retries=False) from error
    if superseded:
        discard(place, run_id, built)
        context.log.info("Not published: a mart that was built later is already published.")
        return dg.MaterializeResult(metadata={"dagster/uri": str(place.mart), "superseded": True})
    about = ("mart.publish", "The newest mart, in place of the one published before.")
    with (
        emitting(place, context.log.warning) as lineage,
        running(lineage, *about, context.run.run_id, context.run.job_name) as told,
    ):
        path = publish(place, built)
        if told:
            told.outcome = mart_published(path, built.fingerprint)
    discard(place, run_id)
    scorecard = build_pages(place)
    return dg.MaterializeResult(
        metadata={
            "dagster/uri": str(path),
            "scorecard": dg.MetadataValue.path(str(scorecard)),
            "figures": built.figures,
            "fingerprint": built.fingerprint,
            "synthetic": built.synthetic,
        }
    )
