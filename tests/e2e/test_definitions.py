"""The Dagster code location: what the UI will show."""

import importlib
from typing import Any

import dagster as dg
import pytest

import pipelines.definitions
from assets.asset_keys import fetched_key, keys
from assets.mart_assets import PUBLISHED, table_key
from assets.partitions import editions_name
from assets.presentation import MART_GROUP, REGISTERS, group_of
from assets.site_asset import SITE_GROUP
from checks.suite import rules_gathered
from pipelines.definitions import build_definitions
from pipelines.instance.editions import add_editions, know_editions
from pipelines.operations.refresh import refresh
from pipelines.resources import HomeResource
from tests.support import write_regional, write_text
from warehouse.base.home import Home
from warehouse.contract.model import contracts
from warehouse.intake.importer import Request, import_paths
from warehouse.kpi.catalogue import theme_files
from warehouse.settings import Looking, Unreadable

THEMES = {path.stem for path in theme_files()}


@pytest.fixture(scope="module")
def graph() -> Any:
    return build_definitions().resolve_asset_graph()


def test_definitions_load() -> None:
    dg.Definitions.validate_loadable(build_definitions())


def test_definitions_load_although_settings_cannot_be_read(home: Home) -> None:
    """Importing the module needs no settings; a refresh, which does, reports what is wrong."""
    write_text(home.settings, "look: {corn: x}\n")
    importlib.reload(pipelines.definitions)
    loaded = pipelines.definitions.defs()
    dg.Definitions.validate_loadable(loaded)
    schedule = loaded.resolve_schedule_def("look_for_nhs_app")
    assert schedule.cron_schedule == Looking().cron
    with pytest.raises(Unreadable, match=r"settings.yaml: `look.corn`"):
        refresh(home)


def test_each_feed_reads_from_left_to_right_into_the_mart(graph: Any) -> None:
    for feed in contracts():
        archived, tidy, measures = keys(feed)
        assert graph.get(tidy).parent_keys == {archived}
        assert graph.get(measures).parent_keys == {tidy}
        assert measures in graph.get(table_key("kpi_vintage")).parent_keys
    assert table_key("kpi_vintage") in graph.get(table_key("kpi_monthly")).parent_keys
    assert table_key("kpi_monthly") in graph.get(table_key("governance.edition")).parent_keys
    assert table_key("governance.edition") in graph.get(PUBLISHED).parent_keys


def test_every_asset_is_described_owned_grouped_and_of_a_kind(graph: Any) -> None:
    for key in graph.get_all_asset_keys():
        node = graph.get(key)
        assert node.description, key
        assert node.owners, key
        assert node.kinds, key
        assert node.group_name in {*THEMES, REGISTERS, MART_GROUP, SITE_GROUP}


def test_groups_are_themes_and_lists_stand_together(graph: Any) -> None:
    for feed in contracts():
        groups = {graph.get(key).group_name for key in keys(feed)}
        assert groups == {group_of(feed)}
    assert group_of("nhs_app") == group_of("nhs_app_practice") == "nhs_app"
    assert group_of("gp_appointments_sub_icb") == group_of("gp_appointments_practice")
    assert group_of("ods_practices") == group_of("gp_appointments_mapping") == REGISTERS


def test_kinds_are_those_of_the_files(graph: Any) -> None:
    assert graph.get(keys("nhs_app")[0]).kinds == {"excel"}
    assert graph.get(keys("gp_workforce")[0]).kinds == {"csv"}
    assert graph.get(fetched_key("nhs_app")).kinds == {"python", "excel"}


def test_descriptions_are_sentences(graph: Any) -> None:
    for key in graph.get_all_asset_keys():
        description = graph.get(key).description.strip()
        assert description[0].isupper() and description.endswith("."), f"{key}: {description}"


def test_columns_are_shown_before_the_first_run(graph: Any) -> None:
    for feed, contract in contracts().items():
        schema = graph.get(keys(feed)[1]).metadata["dagster/column_schema"]
        assert [c.name for c in schema.columns] == ["source_row", *contract.columns]
        assert all(column.description for column in schema.columns)


def test_column_lineage_is_shown_before_the_first_run(graph: Any) -> None:
    for feed, contract in contracts().items():
        archived, tidy, measures = keys(feed)
        read = graph.get(tidy).metadata["dagster/column_lineage"].deps_by_column
        assert set(contract.columns) <= read.keys()
        counted = graph.get(measures).metadata["dagster/column_lineage"].deps_by_column
        assert set(contract.measures) <= counted.keys()
        assert {dep.asset_key for deps in read.values() for dep in deps} == {archived}
        assert {dep.asset_key for deps in counted.values() for dep in deps} <= {tidy}


def test_every_check_of_a_feed_is_a_dagster_check(graph: Any) -> None:
    for feed, contract in contracts().items():
        shown = {key.name for key in graph.asset_check_keys if key.asset_key == keys(feed)[1]}
        assert shown == set(rules_gathered(contract))


def test_each_feed_is_partitioned_by_its_own_editions(graph: Any) -> None:
    for feed, contract in contracts().items():
        looked_up = contract.discovery and contract.discovery.looked_up
        for key in (*keys(feed), *([fetched_key(feed)] if looked_up else [])):
            partitions = graph.get(key).partitions_def
            assert isinstance(partitions, dg.DynamicPartitionsDefinition)
            assert partitions.name == editions_name(feed)
    for check in graph.asset_check_keys:
        if check.asset_key == keys(check.asset_key.path[0])[1]:
            assert graph.get(check).partitions_def.name == editions_name(check.asset_key.path[0])


@pytest.mark.parametrize(("label", "succeeds"), [("GP", True), ("Robot", False)])
def test_one_partition_can_be_run_again(home: Home, label: str, succeeds: bool) -> None:
    rows = [{"HCP_TYPE": label, "COUNT_OF_APPOINTMENTS": n} for n in range(1, 31)]
    path = write_regional(home.root / "regional.csv", *rows)
    assert [o.verdict for o in import_paths(home, [path], Request())] == ["imported"]
    definitions = build_definitions(HomeResource(root=str(home.root)))
    job = definitions.resolve_job_def("take_in_gp_appointments_sub_icb")
    archived, tidy, measures = keys("gp_appointments_sub_icb")
    with dg.DagsterInstance.ephemeral() as instance:
        know_editions(instance, home)
        result = job.execute_in_process(
            instance=instance, partition_key="2025-10", raise_on_error=False
        )
        assert result.success is succeeds
        assert instance.get_materialized_partitions(tidy) == {"2025-10"}
        expected = {"2025-10"} if succeeds else set()
        assert instance.get_materialized_partitions(measures) == expected
        told = instance.event_log_storage.get_asset_check_execution_history(
            dg.AssetCheckKey(tidy, "label_known"), limit=5
        )
        assert instance.get_materialized_partitions(archived) == {"2025-10"}
    assert [(record.partition, record.status.value) for record in told] == [
        ("2025-10", "SUCCEEDED" if succeeds else "FAILED")
    ]


def test_a_partition_without_files_does_nothing(home: Home) -> None:
    definitions = build_definitions(HomeResource(root=str(home.root)))
    job = definitions.resolve_job_def("take_in_registered_patients")
    with dg.DagsterInstance.ephemeral() as instance:
        add_editions(instance, "registered_patients", ["2025-10"])
        result = job.execute_in_process(instance=instance, partition_key="2025-10")
        assert result.success
        assert instance.get_materialized_partitions(keys("registered_patients")[1]) == set()
