"""Series breaks because an organisation changed: caveats for the figures of every feed. Not here:
breaks of one feed (its contract has them)."""

from __future__ import annotations

from functools import cache
from itertools import pairwise
from pathlib import Path

from warehouse.base.months import month_text
from warehouse.base.yaml_files import read_yaml
from warehouse.contract.caveat import Caveat
from warehouse.reference.organisations import reference

TABLE = Path(__file__).with_name("series_breaks.yaml")


@cache
def series_breaks() -> tuple[Caveat, ...]:
    """Caveats of kind `series_break`: those of `series_breaks.yaml` (organisations that kept their
    codes), and one for each change of an ONS code in the reference."""
    written = tuple(Caveat.model_validate(one) for one in read_yaml(TABLE))
    return written + tuple(_recoded())


def _recoded() -> list[Caveat]:
    found = []
    by_place = reference().sort("org_level", "org_code", "valid_from")
    for (level, code), periods in by_place.group_by("org_level", "org_code", maintain_order=True):
        for old, new in pairwise(periods.iter_rows(named=True)):
            if old["ons_code"] != new["ons_code"]:
                day = f"{new['valid_from']:%-d %B %Y}"
                text = (
                    f"The boundaries of {code} changed on {day} (ONS code {old['ons_code']} until "
                    f"then, {new['ons_code']} since); editions since may restate earlier months on "
                    "the new ones."
                )
                found.append(
                    Caveat(
                        text=text,
                        kind="series_break",
                        first_month=month_text(new["valid_from"]),
                        org_level=level,
                        organisations=(code,),
                    )
                )
    return found
