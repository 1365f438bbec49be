"""A home with suites, checkpoints and results of Great Expectations, in the shape that checks leave
them: two feeds, three editions, one of which fails."""

import logging
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import polars as pl

from warehouse.base.home import Home

PRACTICE, LIST = "gp_appointments_practice", "registered_patients"
EDITIONS = ("2025-01", "2025-02")
HOSTILE = "<img src=x onerror=alert(1)><script src='https://example.org/a.js'></script>"
CONFIG = """
config_version: 4
analytics_enabled: false
progress_bars: {globally: false, metric_calculations: false}
plugins_directory: null
config_variables_file_path: null
stores:
  expectations_store: {class_name: ExpectationsStore, store_backend: {class_name: TupleFilesystemStoreBackend, base_directory: suites/, suppress_store_backend_id: true}}
  validation_results_store: {class_name: ValidationResultsStore, store_backend: {class_name: TupleFilesystemStoreBackend, base_directory: ../archive/validations/, suppress_store_backend_id: true}}
  checkpoint_store: {class_name: CheckpointStore, store_backend: {class_name: TupleFilesystemStoreBackend, base_directory: checkpoints/, suppress_store_backend_id: true}}
  validation_definition_store: {class_name: ValidationDefinitionStore, store_backend: {class_name: TupleFilesystemStoreBackend, base_directory: validation_definitions/, suppress_store_backend_id: true}}
expectations_store_name: expectations_store
validation_results_store_name: validation_results_store
checkpoint_store_name: checkpoint_store
data_docs_sites:
  data_docs: {class_name: SiteBuilder, show_how_to_buttons: false, store_backend: {class_name: TupleFilesystemStoreBackend, base_directory: ../data-docs/}, site_index_builder: {class_name: DefaultSiteIndexBuilder}}
"""  # noqa: E501


def check_everything(home: Home) -> None:
    """Fill a home: every edition of both feeds checked, with the results kept in its archive."""
    import great_expectations as gx

    logging.captureWarnings(False)
    root = home.root / "gx"
    (root / "editions").mkdir(parents=True)
    (root / "great_expectations.yml").write_text(CONFIG, encoding="utf-8")
    context = gx.get_context(mode="file", context_root_dir=root)
    source = context.data_sources.add_or_update_pandas_filesystem(
        "editions", base_directory=root / "editions"
    )
    for feed in (PRACTICE, LIST):
        _write_editions(root / "editions" / feed)
        batches = source.add_parquet_asset(feed, dtype_backend="pyarrow")
        pattern = rf"{feed}/(?P<year>\d{{4}})-(?P<month>\d{{2}})\.parquet"
        definition = context.validation_definitions.add(
            gx.ValidationDefinition(
                name=feed,
                data=batches.add_batch_definition_monthly("edition", regex=pattern),
                suite=context.suites.add(gx.ExpectationSuite(feed, expectations=_expectations())),
            )
        )
        checkpoint = context.checkpoints.add(
            gx.Checkpoint(
                name=feed,
                validation_definitions=[definition],
                result_format={
                    "result_format": "SUMMARY",
                    "unexpected_index_column_names": ["file_name", "source_row"],
                },
            )
        )
        for edition in EDITIONS:
            _run(gx, checkpoint, edition)


def results(home: Home) -> list[Path]:
    """The results that a home keeps."""
    return sorted((home.root / "archive" / "validations").rglob("*.json"))


def _run(gx: Any, checkpoint: Any, edition: str) -> None:
    year, month = map(int, edition.split("-"))
    checkpoint.run(
        batch_parameters={"year": year, "month": month},
        run_id=gx.RunIdentifier(run_name=edition, run_time=datetime.now(UTC)),
    )


def _write_editions(folder: Path) -> None:
    folder.mkdir()
    good = pl.DataFrame(
        {
            "file_name": ["Practice_Level.csv"] * 3,
            "source_row": [2, 3, 4],
            "practice_code": ["C82001", "C82002", "C82003"],
            "status": ["Attended", "DNA", "Unknown"],
            "appointments": [120, 7, 3],
        }
    )
    bad = good.with_columns(
        practice_code=pl.Series(["C82001", None, "C82003"]),
        status=pl.Series(["Attended", HOSTILE, "Later"]),
        appointments=pl.Series([120, -7, 3]),
    )
    good.write_parquet(folder / f"{EDITIONS[0]}.parquet")
    bad.write_parquet(folder / f"{EDITIONS[1]}.parquet")


def _expectations() -> list[Any]:
    import great_expectations.expectations as gxe

    meta = {"id": "rule", "layer": "contract", "dimension": "validity", "owner": "Data team"}
    return [
        gxe.ExpectTableRowCountToBeBetween(min_value=1, meta=meta),
        gxe.ExpectColumnValuesToNotBeNull(column="practice_code", meta=meta, severity="warning"),
        gxe.ExpectColumnValuesToMatchRegex(
            column="practice_code", regex=r"^[A-Z]\d{5}$", meta=meta
        ),
        gxe.ExpectColumnValuesToBeInSet(
            column="status", value_set=["Attended", "DNA", "Unknown"], meta=meta, notes="Labels."
        ),
        gxe.ExpectColumnValuesToBeBetween(column="appointments", min_value=0, meta=meta),
    ]
