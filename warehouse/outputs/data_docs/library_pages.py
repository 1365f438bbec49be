"""What Great Expectations does for the site: a data context of copies, and the pages as it writes
them. It is loaded on first use. Not here: which copies (`readable_results`), what becomes of the
pages (`build_site`)."""

from __future__ import annotations

import logging
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from warehouse.base.errors import keep_trace
from warehouse.outputs.data_docs.readable_results import RESULTS, SUITES, Readable
from warehouse.store import Store

LIBRARY, SITE_NAME = "great_expectations", "access-recovery"


def write_pages(
    scratch: Path, readable: Readable, site: Path, register: Callable[[], object]
) -> None:
    """Write a page for each suite and result in `scratch`, and the index, into the folder `site`.

    `register` loads custom expectations. What the library can't read moves to `left_out`; without
    a result that it can read, nothing is written.
    """
    with _quiet_library():
        register()
        context = _context(scratch, site)
        _leave_out_unreadable(context, Store(scratch), readable)
        if readable.results:
            context.build_data_docs()


@contextmanager
def _quiet_library() -> Iterator[None]:
    """Keep the library's messages for `--debug`: what it can't show is found by other means."""
    log = logging.getLogger(LIBRARY)
    handler, propagates = _Traces(), log.propagate
    log.addHandler(handler)
    log.propagate = False
    try:
        yield
    finally:
        log.removeHandler(handler)
        log.propagate = propagates


class _Traces(logging.Handler):
    """Passes messages on to the tracebacks that `--debug` shows."""

    def emit(self, record: logging.LogRecord) -> None:
        """Pass a message on."""
        keep_trace(record.getMessage())


def _context(scratch: Path, site: Path) -> Any:
    """A data context, in memory, of the copies; its site is `site`."""
    import great_expectations as gx
    from great_expectations.data_context.types.base import DataContextConfig

    logging.captureWarnings(False)  # importing the library turns it on for the whole process
    docs = _in_folder("SiteBuilder", site) | {
        "show_how_to_buttons": False,
        "site_index_builder": {"class_name": "DefaultSiteIndexBuilder"},
        "site_section_builders": {"profiling": "None"},  # as text: it asks for no profiles
    }
    config = DataContextConfig(
        stores={
            "suites": _in_folder("ExpectationsStore", scratch / "suites"),
            "results": _in_folder("ValidationResultsStore", scratch / "results"),
            "checkpoints": _in_folder("CheckpointStore", scratch / "checkpoints"),
            # This one has a fixed name.
            "validation_definition_store": _in_folder(
                "ValidationDefinitionStore", scratch / "definitions"
            ),
        },
        expectations_store_name="suites",
        validation_results_store_name="results",
        checkpoint_store_name="checkpoints",
        data_docs_sites={SITE_NAME: docs},
        analytics_enabled=False,
        progress_bars={"globally": False, "metric_calculations": False},
    )
    return gx.get_context(mode="ephemeral", project_config=config)


def _in_folder(kind: str, folder: Path) -> dict[str, Any]:
    """The configuration of a store or site whose files are in a folder."""
    backend: dict[str, Any] = {
        "class_name": "TupleFilesystemStoreBackend",
        "base_directory": str(folder),
    }
    if kind != "SiteBuilder":
        backend["suppress_store_backend_id"] = True
    return {"class_name": kind, "store_backend": backend}


def _leave_out_unreadable(context: Any, scratch: Store, readable: Readable) -> None:
    """Remove copies that are JSON but no suite or result: any of them would stop the build."""
    for store, folder, prefix, names in (
        (context.stores["suites"], "suites", SUITES, readable.suites),
        (context.stores["results"], "results", RESULTS, readable.results),
    ):
        for key in store.list_keys():
            name = "/".join(key.to_tuple())
            try:
                store.get(key)
            except Exception as error:  # whatever the library raises, the others are shown
                keep_trace(f"{name}: {error!r}")
                scratch.delete(f"{folder}/{name}.json")
                names.remove(name)
                readable.left_out.append(f"{prefix}/{name}.json")
