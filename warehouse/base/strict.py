"""The base of every record that people or this product write as YAML or JSON."""

from pydantic import BaseModel, ConfigDict


class Strict(BaseModel):
    """A record that never changes; an unknown key, such as a misspelt one, is refused."""

    model_config = ConfigDict(extra="forbid", frozen=True)
