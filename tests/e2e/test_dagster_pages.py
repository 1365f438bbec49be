"""What Dagster's pages are told of a refreshed home, by the queries that they make."""

import json
from collections.abc import Iterator
from typing import Any

import pytest
from dagster._core.test_utils import in_process_test_workspace
from dagster._core.types.loadable_target_origin import LoadableTargetOrigin
from dagster._core.workspace.context import WorkspaceRequestContext
from dagster_graphql.test.utils import execute_dagster_graphql

from pipelines.instance.prepare import open_instance
from warehouse.base.home import HOME_VARIABLE, Home

FEED = "gp_appointments_sub_icb"


@pytest.fixture(scope="module")
def pages(october_home: Home) -> Iterator[WorkspaceRequestContext]:
    """The web server's view of a home in which one edition was refreshed by the command."""
    target = LoadableTargetOrigin(module_name="pipelines.definitions")
    with (
        pytest.MonkeyPatch.context() as patch,
        open_instance(october_home) as instance,
    ):
        patch.setenv(HOME_VARIABLE, str(october_home.root))
        with in_process_test_workspace(instance, target) as workspace:
            yield workspace


def asked(pages: WorkspaceRequestContext, query: str, **variables: Any) -> Any:
    result = execute_dagster_graphql(pages, query, variables)
    assert not result.errors, result.errors
    return json.loads(json.dumps(result.data))


def test_an_asset_is_shown_with_its_theme_kinds_and_only_known_editions(
    pages: WorkspaceRequestContext,
) -> None:
    query = """query Asset($key: AssetKeyInput!) { assetNodeOrError(assetKey: $key) {
        ... on AssetNode { groupName kinds description
            partitionKeys partitionStats { numPartitions numMaterialized numFailed }
            jobNames } } }"""
    node = asked(pages, query, key={"path": [FEED, "tidy"]})["assetNodeOrError"]
    assert node["groupName"] == "appointments"
    assert {*node["kinds"]} == {"polars", "parquet"}
    assert f"take_in_{FEED}" in node["jobNames"]
    assert node["description"].startswith("Rows of *GP appointments by sub-ICB location*")
    assert node["partitionKeys"][0] == "2025-10"
    assert node["partitionStats"]["numMaterialized"] == 1
    assert node["partitionStats"]["numPartitions"] == len(node["partitionKeys"])
    node = asked(pages, query, key={"path": ["nhs_app", "archived"]})["assetNodeOrError"]
    assert node["kinds"] == ["excel"] and len(node["partitionKeys"]) <= 1, "the newest is due"


def test_runs_of_the_command_belong_to_the_code_location_and_have_readable_tags(
    pages: WorkspaceRequestContext,
) -> None:
    query = """{ runsOrError { ... on Runs { results { jobName status tags { key value }
        repositoryOrigin { repositoryLocationName repositoryName } } } } }"""
    runs = asked(pages, query)["runsOrError"]["results"]
    assert {run["jobName"] for run in runs} == {"refresh", f"take_in_{FEED}", "publish_mart"}
    for run in runs:
        assert run["repositoryOrigin"]["repositoryLocationName"] == "access-recovery"
        shown = {one["key"] for one in run["tags"] if not one["key"].startswith("dagster/")}
        assert shown - {"refresh"} == {"started_by"}, "those of programs are hidden"


def test_the_launchpad_of_refresh_offers_feed_editions_and_again(
    pages: WorkspaceRequestContext,
) -> None:
    query = """query Job($selector: PipelineSelector!) { runConfigSchemaOrError(selector: $selector)
        { ... on RunConfigSchema { rootDefaultYaml } } }"""
    [location] = pages.code_location_names
    selector = {
        "repositoryLocationName": location,
        "repositoryName": "__repository__",
        "pipelineName": "refresh",
    }
    found = asked(pages, query, selector=selector)["runConfigSchemaOrError"]["rootDefaultYaml"]
    for entry in ("feed: ''", "editions: []", "again: false"):
        assert entry in found
