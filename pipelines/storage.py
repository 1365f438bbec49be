"""The storage that homes' `dagster.yaml` names, under the name that they know it by."""

from pipelines.instance.sqlite import Storage

__all__ = ["Storage"]
