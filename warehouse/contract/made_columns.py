"""Columns that no file has, made of others of the same row: the part of a count that a published
share stands for. Not here: making them (`warehouse.transform.made`)."""

from __future__ import annotations

from collections.abc import Mapping

from pydantic import Field

from warehouse.base.strict import Strict


class PartOf(Strict):
    """The part of a count: where they are known, the sum of the counts `counted`; otherwise `share`
    of `of`, in decimals. It is unknown where the share or the count is: a publisher may withhold
    the share.
    """

    share: str
    of: str
    counted: tuple[str, ...] = Field(default=())

    @property
    def columns(self) -> tuple[str, ...]:
        """The columns that it is made of."""
        return (self.share, self.of, *self.counted)

    def words(self, headings: Mapping[str, str]) -> str:
        """How it is made, in words. `headings`: column -> published heading, of a file that may
        lack the counts."""
        times = f"{headings[self.share]} × {headings[self.of]}"
        known = [headings[one] for one in self.counted if one in headings]
        sums = " + ".join(known) if len(known) == len(self.counted) else ""
        return f"{sums} (without them {times})" if sums else times
