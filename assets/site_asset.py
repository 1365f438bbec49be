"""The access report as a Dagster asset: pages made from the published mart. Apart from the mart's
assets, so that a refresh does not wait for pages. Not here: the work (`warehouse.site`)."""

import dagster as dg

from assets.mart_assets import OWNER, PUBLISHED

SITE_GROUP = "pages"
SITE = dg.AssetKey(["mart", "site"])


@dg.asset(
    key=SITE,
    deps=[PUBLISHED],
    group_name=SITE_GROUP,
    owners=[OWNER],
    kinds={"html"},
    description="The access report: static pages for councillors and boards, made from the "
    "published mart.",
    required_resource_keys={"home"},
)
def site(context: dg.AssetExecutionContext) -> dg.MaterializeResult[None]:
    """Write the site of the published mart."""
    from warehouse.site.home_site import write_home_site

    made = write_home_site(context.resources.home.get())
    return dg.MaterializeResult(
        metadata={
            "first page": dg.MetadataValue.path(str(made.index)),
            "pages": made.pages,
            "charts": made.charts,
            "files_written": made.written,
            "files_unchanged": made.kept,
        }
    )
