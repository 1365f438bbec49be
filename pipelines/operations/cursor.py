"""What a sensor remembers from one evaluation to the next, and when it tries again.

Belongs here: what the sensors' memories have in common. Does not: what each remembers (`landing`,
`pending`).
"""

from __future__ import annotations

from typing import Self

from pydantic import BaseModel, ConfigDict, ValidationError

AGAIN_AFTER = 3600.0  # seconds until what a sensor asked for in vain is tried again


class Cursor(BaseModel):
    """A memory that is kept as Dagster's cursor, as JSON."""

    model_config = ConfigDict(frozen=True)

    @classmethod
    def read(cls, cursor: str | None) -> Self:
        """What a cursor says; nothing for one that can't be read."""
        try:
            return cls.model_validate_json(cursor or "{}")
        except ValidationError:
            return cls()
