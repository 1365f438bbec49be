"""The storage, under the name that `dagster.yaml` uses."""

from pipelines.instance.sqlite import Storage

__all__ = ["Storage"]
