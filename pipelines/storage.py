"""The storage named in homes' `dagster.yaml`, under the name used there."""

from pipelines.instance.sqlite import Storage

__all__ = ["Storage"]
