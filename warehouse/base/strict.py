"""The base class of every record in YAML or JSON."""

from pydantic import BaseModel, ConfigDict


class Strict(BaseModel):
    """An immutable record; an unknown key, such as a misspelt one, is an error."""

    model_config = ConfigDict(extra="forbid", frozen=True)
