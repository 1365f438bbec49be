"""Fetching as Dagster assets: an asset and a job per feed, a run's events, retries. Not here:
finding and downloading (`warehouse.fetch`), the schedule (`pipelines.schedules`).

A run is for one or many editions, and yields one materialisation per archived edition. An edition
that is not published yet is no failure; one that is published and can't be downloaded is."""

from collections.abc import Iterable, Iterator, Sequence
from typing import Any
from urllib.parse import urlsplit

import dagster as dg
from dagster._core.definitions.unresolved_asset_job_definition import UnresolvedAssetJobDefinition

from assets.asset_keys import fetched_key, owner_tag
from assets.partitions import RANGE_END, RANGE_START, editions_of
from assets.presentation import file_kinds, group_of
from warehouse.archive.source_files import Archive
from warehouse.base.home import Home
from warehouse.base.months import parse_month
from warehouse.contract.model import Contract
from warehouse.fetch.lookups import Lookup, lookups

IN = ("new", "unchanged")
# Only for unreachable publishers, after a minute or two of retries by the client.
RETRIES = dg.RetryPolicy(
    max_retries=3, delay=120, backoff=dg.Backoff.EXPONENTIAL, jitter=dg.Jitter.PLUS_MINUS
)
LONGEST = 4 * 3600  # seconds until a run left by a killed machine no longer blocks its publisher
SHOWN = 5  # failures described in one message


def fetch_job_name(feed: str) -> str:
    """Return the name of the job that looks up editions of one feed."""
    return f"fetch_{feed}"


def range_tags(first: str, last: str) -> dict[str, str]:
    """Return the tags of one run for all editions from the first to the last."""
    return {RANGE_START: first, RANGE_END: last}


def fetch_job(contract: Contract) -> UnresolvedAssetJobDefinition:
    """Return the job that fetches one feed."""
    return dg.define_asset_job(
        fetch_job_name(contract.feed),
        selection=dg.AssetSelection.assets(fetched_key(contract.feed)),
        tags={"dagster/max_runtime": str(LONGEST)},
        description=f"Find, download and archive {contract.title}, for the editions chosen.",
    )


def publisher(contract: Contract) -> str:
    """Return the publisher's host: only one run at a time sends requests to it."""
    return urlsplit(contract.landing_page).netloc


def fetched_asset(contract: Contract) -> dg.AssetsDefinition:
    """Return the asset of one feed, partitioned by edition. Needs the resource `home`."""
    spec = dg.AssetSpec(
        fetched_key(contract.feed),
        description=f"Editions of *{contract.title}*, found at {publisher(contract)}, downloaded "
        "and put into the archive. One that is not published yet is no failure.",
        group_name=group_of(contract.feed),
        owners=[owner_tag(contract.owner)],
        kinds={"python", *file_kinds(contract)},
        metadata={"landing_page": dg.MetadataValue.url(contract.landing_page)},
        skippable=True,
    )

    @dg.multi_asset(
        name=fetch_job_name(contract.feed) + "_editions",
        specs=[spec],
        partitions_def=editions_of(contract.feed),
        backfill_policy=dg.BackfillPolicy.single_run(),
        pool=publisher(contract),
        required_resource_keys={"home"},
    )
    def _fetched(context: dg.AssetExecutionContext):  # type: ignore[no-untyped-def]
        yield from look_for(context, context.resources.home.get(), contract)

    return _fetched


def look_for(
    context: dg.AssetExecutionContext, home: Home, contract: Contract
) -> Iterator[dg.AssetMaterialization]:
    """Look up the editions of this run, and yield a materialisation for each that is archived.

    Raises dg.RetryRequested if the publisher can't be reached; dg.Failure after the last retry, or
    if a person must check something.
    """
    from warehouse.fetch.fetch import each_lookup

    run_id, feed = context.run.run_id, contract.feed
    wanted, none = published(contract, context.partition_keys)
    if none:
        context.log.info(f"The publisher has no edition of {feed} in {_span(none)}")
    if context.retry_number:
        earlier = (look for look in lookups(home) if look.run_id == run_id and look.verdict in IN)
        done = {look.edition for look in earlier}
        wanted = [edition for edition in wanted if edition not in done]
    found = []
    for look in each_lookup(home, [feed], editions=wanted, run_id=run_id):
        found.append(look)
        if look.verdict in IN:
            yield _materialised(home, look)
    waiting = [look.edition for look in found if look.verdict == "not yet"]
    if waiting:
        context.log.info(f"Not published yet: {_span(waiting)}")
    _fail(found, context.retry_number)


def published(contract: Contract, editions: Iterable[str]) -> tuple[list[str], list[str]]:
    """Return editions that the publisher may have, and those that it can't: none of a quarterly
    list for January, none before a series starts."""
    every, discovery = contract.cadence.months or 1, contract.discovery
    has: list[str] = []
    none: list[str] = []
    for edition in editions:
        there = discovery is not None and discovery.sources_of(edition)
        (has if there and parse_month(edition).month % every == 0 else none).append(edition)
    return has, none


def _materialised(home: Home, look: Lookup) -> dg.AssetMaterialization:
    return dg.AssetMaterialization(
        fetched_key(look.feed),
        partition=look.edition,
        description=look.message or None,
        metadata=_metadata(home, look),
    )


def _metadata(home: Home, look: Lookup) -> dict[str, Any]:
    own = [file for file in Archive(home).files(look.feed) if file.edition == look.edition]
    records = [
        dg.TableRecord(
            {
                "file": file.file_name,
                "bytes": file.bytes,
                "sha256": file.sha256,
                "published": str(file.published_on or "not known"),
            }
        )
        for file in own
    ]
    metadata = {
        "verdict": dg.MetadataValue.text(look.verdict),
        "files": dg.MetadataValue.table(records, schema=FILE_COLUMNS),
        "bytes": dg.MetadataValue.int(sum(file.bytes for file in own)),
    }
    return metadata | ({"page": dg.MetadataValue.url(look.page)} if look.page else {})


FILE_COLUMNS = dg.TableSchema(
    [
        dg.TableColumn(name, "int" if name == "bytes" else "string")
        for name in ("file", "bytes", "sha256", "published")
    ]
)


def _fail(found: Iterable[Lookup], retries: int) -> None:
    """Raise if a lookup failed: a retry if the publisher can't be reached, otherwise a failure."""
    failed = [look for look in found if look.verdict not in (*IN, "not yet")]
    if not failed:
        return
    told = [_in_words(look) for look in failed[:SHOWN]]
    if len(failed) > SHOWN:
        told.append(f"and {len(failed) - SHOWN} more editions, all in the journal of lookups")
    failure = dg.Failure(description=" | ".join(told), allow_retries=False)
    unreachable = any(look.verdict == "unreachable" for look in failed)
    if unreachable and retries < RETRIES.max_retries:
        wait = RETRIES.calculate_delay(retries + 1)
        raise dg.RetryRequested(RETRIES.max_retries, wait) from failure
    raise failure


def _in_words(look: Lookup) -> str:
    where = look.url or look.page
    at = f"({where})" if where and where not in look.message else ""
    told = (f"{look.feed} {look.edition} {look.verdict}: {look.message}", at, look.remedy)
    return " ".join(part for part in told if part)


def _span(editions: Sequence[str]) -> str:
    return editions[0] if len(editions) == 1 else f"{editions[0]} to {editions[-1]}"
