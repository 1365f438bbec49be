"""The mart's contract in the Open Data Contract Standard, against the mart itself."""

import shutil

import duckdb
import polars as pl
import pytest
from open_data_contract_standard.model import OpenDataContractStandard, SchemaObject

from checks.check_catalogue import mart_checks
from checks.check_register import check_table
from tests.warehouse.outputs.odcs.standard import faults, loaded
from tests.warehouse.support_mart import Mart
from warehouse.base.home import Home, NoMart
from warehouse.mart.primary_keys import PRIMARY_KEYS
from warehouse.outputs.odcs.mart_contract import mart_contract


@pytest.fixture(scope="module")
def told(llr: Mart, llr_home: Home) -> OpenDataContractStandard:
    return mart_contract(llr_home, check_table())


@pytest.fixture(scope="module")
def tables(told: OpenDataContractStandard) -> dict[str, SchemaObject]:
    return {str(one.name): one for one in told.schema_ or []}


def test_the_marts_contract_is_valid_and_loads_back(told: OpenDataContractStandard) -> None:
    read = loaded(told.to_yaml())
    assert read == told and faults(read) == []


def test_every_column_is_there_with_its_type_and_comment(
    llr: Mart, tables: dict[str, SchemaObject]
) -> None:
    known = {
        (name, column.name, column.physicalType, column.description)
        for name, table in tables.items()
        for column in table.properties or []
    }
    columns = llr.rows(
        """SELECT replace(schema_name || '.', 'main.', '') || table_name AS name, column_name,
           CASE WHEN data_type LIKE '%[]' THEN 'LIST'
                ELSE replace(data_type, 'UINTEGER', 'BIGINT') END AS type, comment
           FROM duckdb_columns() WHERE database_name = 'mart' AND NOT internal"""
    )
    assert known == {tuple(row.values()) for row in columns}
    assert all(one.logicalType for table in tables.values() for one in table.properties or [])


def test_keys_hold_in_the_mart(llr: Mart, tables: dict[str, SchemaObject]) -> None:
    for name, key in PRIMARY_KEYS.items():
        columns = ", ".join(key)
        twice = llr.rows(f"SELECT {columns} FROM {name} GROUP BY ALL HAVING count(*) > 1")
        missing = llr.rows(f"SELECT 1 FROM {name} WHERE concat({columns}) IS NULL")
        assert (twice, missing) == ([], []), name
        told = [one for one in tables[name].properties or [] if one.primaryKey]
        assert {one.name: one.primaryKeyPosition for one in told} == {
            column: place for place, column in enumerate(key, start=1)
        }


def test_the_marts_checks_are_listed_at_kpi_monthly(tables: dict[str, SchemaObject]) -> None:
    rules = [one.id for one in tables["kpi_monthly"].quality or []]
    assert rules == [check.rule for check in mart_checks()]


def test_only_a_synthetic_mart_is_marked_synthetic(
    told: OpenDataContractStandard, llr_home: Home, home: Home
) -> None:
    home.mart.parent.mkdir(parents=True)
    shutil.copyfile(llr_home.mart, home.mart)
    with duckdb.connect(str(home.mart)) as db:
        db.execute("UPDATE governance.publication SET synthetic = TRUE")
    synthetic = mart_contract(home, check_table())
    assert synthetic.tags == ["synthetic"] and str(synthetic.name).startswith("SYNTHETIC")
    assert str(synthetic.description and synthetic.description.purpose).startswith("SYNTHETIC")
    assert told.tags is None and "SYNTHETIC" not in str(told.name)


def test_without_a_mart_the_error_has_the_remedy(home: Home) -> None:
    with pytest.raises(NoMart, match="Run access-recovery refresh"):
        mart_contract(home, pl.DataFrame())
