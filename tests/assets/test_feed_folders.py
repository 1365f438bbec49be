"""All that is particular to one feed lies in its folder: nothing else names it."""

import re

from warehouse.base.imports import ROOT
from warehouse.contract.model import FEEDS_FOLDER, contracts

# Where feeds and publishers may be named, and why.
MAY_NAME = {
    "assets/feeds/": "the feeds themselves",
    "warehouse/kpi/kpis/": "the KPI catalogue says from which feeds a KPI is worked out",
    "warehouse/claims/places/": "a claim is about a KPI, and some KPIs are named like a feed",
    "assets/sample/to_practise.py": "claims to practise on are about such KPIs, too",
    "warehouse/mart/peers.py": "peers are alike in two KPIs, of which one is named like its feed",
    "warehouse/lineage/records.py": "a table of the plan is named like its return",
    "warehouse/mart/primary_keys.py": "that table again, by its key",
    "warehouse/plan/caip_tables.py": "that table again, where it is made",
    "warehouse/outputs/plan_queries.py": "that table again, where it is read",
    "warehouse/site/plan_payment_page.py": "that table again, on its page",
    "warehouse/site/place_queries.py": "caveats of a KPI that is named like its feed",
    "warehouse/mart/describe.yaml": "comments of the mart show calls that people can copy",
}
PUBLISHERS = r"digital\.nhs\.uk|nhsbsa\.|odsdatasearch"


def naming(pattern: str) -> list[str]:
    """Lines of the product that the pattern finds, outside the places that may."""
    found = []
    for room in ("pipelines", "assets", "checks", "warehouse"):
        for path in sorted((ROOT / room).rglob("*")):
            name = path.relative_to(ROOT).as_posix()
            if path.suffix in {".py", ".yaml", ".sql", ".html", ".js"} and not name.startswith(
                tuple(MAY_NAME)
            ):
                lines = path.read_text(encoding="utf-8").splitlines()
                found += [f"{name}: {line.strip()}" for line in lines if re.search(pattern, line)]
    return found


def test_nothing_outside_a_feeds_folder_names_it() -> None:
    assert len(contracts()) > 10
    # A feed whose name is a word of the language, such as a subject, is named where it is quoted.
    words = "|".join(feed for feed in contracts() if "_" not in feed)
    names = "|".join(feed for feed in contracts() if "_" in feed)
    assert words and names
    quoted = rf"[\"'`]({words})[\"'`]|\bfeed ({words})\b|reported_({words})\b"
    assert naming(rf"\b({names})\b|{quoted}") == []


def test_publishers_sites_are_named_in_contracts_alone() -> None:
    assert naming(PUBLISHERS) == []
    assert re.search(PUBLISHERS, (FEEDS_FOLDER / "nhs_app" / "contract.yaml").read_text())


def test_every_place_that_may_name_feeds_is_there_and_does() -> None:
    for place in MAY_NAME:
        path = ROOT / place
        files = [path] if path.is_file() else list(path.rglob("*.yaml"))
        said = "".join(one.read_text(encoding="utf-8") for one in files)
        assert re.search(rf"\b({'|'.join(contracts())})\b", said), place


def test_a_folder_has_a_contract_and_is_a_package_where_it_has_code() -> None:
    """Without `__init__.py` the import rule does not see a folder's modules."""
    for folder in FEEDS_FOLDER.iterdir():
        if folder.is_dir() and folder.name != "__pycache__":
            assert (folder / "contract.yaml").is_file(), folder
            modules = [path for path in folder.glob("*.py") if path.name != "__init__.py"]
            assert (folder / "__init__.py").exists() == bool(modules), folder
