"""How a file's edition is found. Not here: finding it (`warehouse.intake.edition`)."""

from __future__ import annotations

from pydantic import Field

from warehouse.base.months import MONTH
from warehouse.base.strict import Strict


class EditionRule(Strict):
    """How a file's edition is found: from the month column `content`, else from other files
    (`siblings`), titles of a workbook (`title_month`) or names.

    `title_month`: patterns for the month above the table or on the first sheet, with groups as in
    `file_name`; a name of another month is refused. `title_date`: a pattern for the publication
    date on a workbook's first sheet; its only group is the date. `first`: the first edition
    (YYYY-MM) of the series, earlier ones are refused because of `before_it`.
    """

    content: str | None = None
    siblings: tuple[str, ...] = ()
    title_month: tuple[str, ...] = ()
    file_name: tuple[str, ...] = ()
    title_date: str | None = None
    first: str | None = Field(default=None, pattern=MONTH)
    before_it: str | None = None
