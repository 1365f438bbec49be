"""A sensor's memory between evaluations, and when it retries.

Belongs here: what the sensors' cursors have in common. Does not: the content of each (`landing`,
`pending`).
"""

from __future__ import annotations

from typing import Self

from pydantic import BaseModel, ConfigDict, ValidationError

AGAIN_AFTER = 3600.0  # seconds until a sensor's failed request is retried


class Cursor(BaseModel):
    """A sensor's memory, kept as Dagster's cursor, as JSON."""

    model_config = ConfigDict(frozen=True)

    @classmethod
    def read(cls, cursor: str | None) -> Self:
        """Read a cursor; an unreadable one is empty."""
        try:
            return cls.model_validate_json(cursor or "{}")
        except ValidationError:
            return cls()
