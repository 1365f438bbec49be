"""Names of datasets in lineage events, by the naming specification of OpenLineage: the namespace is
the source of the data, the name its place there.

Files of a publisher are named by their web address, Parquet files and files without an address by
their path, tables of the mart by DuckDB's file, schema and table. What the program itself holds
(contracts, reference tables, working tables of the build) has the namespace of its jobs."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import PurePath
from typing import NamedTuple
from urllib.parse import urlsplit

from openlineage.client.naming.dataset import LocalFileSystem

from warehouse.archive.source_files import Archive, SourceFile
from warehouse.base.home import MART, Home
from warehouse.contract.model import contracts

MART_TABLE = "mart."
# Layers of Parquet files by feed -> where in the home they are.
LAYERS = {"tidy": "lake/tidy", "measures": "lake/measures", "quarantine": "quarantine"}


class DatasetName(NamedTuple):
    """Namespace and name of a dataset."""

    namespace: str
    name: str


@dataclass(frozen=True)
class Names:
    """Names of the datasets of one home. `own`: the namespace of its jobs."""

    own: str
    home: Home

    def of(self, table: str) -> DatasetName:
        """Return the name of a table of column lineage: `tidy.<feed>`, `mart.kpi_monthly`."""
        if table.startswith(MART_TABLE):
            schema, _, name = table.removeprefix(MART_TABLE).rpartition(".")
            database = PurePath(MART).stem
            return DatasetName(self._duckdb, f"{database}.{schema or 'main'}.{name}")
        layer, _, feed = table.partition(".")
        if layer in LAYERS and feed in contracts():  # not a record about all feeds: `tidy.facts`
            return self._local(f"{LAYERS[layer]}/{feed}")
        return DatasetName(self.own, table)

    def mart_file(self) -> DatasetName:
        """Return the name of the published file."""
        return self._local(MART)

    def source_file(self, file: SourceFile) -> DatasetName:
        """Return the name of a file as published: its address, and in a zip its name there; of one
        without an address its place in the archive."""
        at = urlsplit(file.url or "")
        within = f"/{file.file_name}" if file.member else ""
        if not at.hostname:
            return self._local(f"{Archive(self.home).object_key(file.container_sha256)}{within}")
        host = f"{at.hostname}:{at.port}" if at.port else at.hostname  # no user, no password
        place = f"{at.path}?{at.query}" if at.query else at.path
        return DatasetName(f"{at.scheme}://{host}", f"{place}{within}")

    @property
    def _duckdb(self) -> str:
        """The namespace that OpenLineage's integration of dbt gives tables of a DuckDB file."""
        path = self._local(MART).name
        return f"duckdb://{path}" if path.startswith("/") else f"duckdb:///{path}"

    def _local(self, key: str) -> DatasetName:
        local = LocalFileSystem((self.home.root / key).as_posix())
        return DatasetName(local.get_namespace(), local.get_name())
