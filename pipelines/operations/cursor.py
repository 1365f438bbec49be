"""The common part of the sensors' cursors. Does not: their content (`landing`, `pending`)."""

from __future__ import annotations

from typing import Self

from pydantic import BaseModel, ConfigDict, ValidationError

AGAIN_AFTER = 3600.0  # seconds until a sensor's failed request is retried


class Cursor(BaseModel):
    """A sensor's state between evaluations, stored by Dagster as JSON."""

    model_config = ConfigDict(frozen=True)

    @classmethod
    def read(cls, cursor: str | None) -> Self:
        """Return the state; an empty one if the cursor can't be read."""
        try:
            return cls.model_validate_json(cursor or "{}")
        except ValidationError:
            return cls()
