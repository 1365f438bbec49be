"""Find editions in data sets of a CKAN portal. Not here: names of resources (contracts), requests
(`client`)."""

from __future__ import annotations

import json
import math
from collections.abc import Callable
from datetime import UTC, datetime
from typing import Any

from pydantic import BaseModel, ValidationError, field_validator

from warehouse.contract.discovery import Ckan
from warehouse.fetch.candidates import (
    GATEWAY,
    Found,
    Link,
    NotFound,
    NotThePublisher,
    Page,
    Search,
    answered,
    listed,
    may_lead,
)
from warehouse.fetch.html import FILE_SUFFIX, address, file_name, read_html, size_in, squashed
from warehouse.readers.refused import shown


class _Resource(BaseModel):
    name: str | None = None
    url: str | None = None
    zip_url: str | None = None
    format: str | None = None
    size: int | float | str | None = None
    position: int | None = None
    created: str | None = None
    last_modified: str | None = None


class _Package(BaseModel):
    resources: list[_Resource]

    @field_validator("resources", mode="before")
    @classmethod
    def _only_resources(cls, said: Any) -> Any:
        """Drop invalid entries of the list, and keep the rest."""
        return list(filter(_is_resource, said)) if isinstance(said, list) else said


def _is_resource(said: Any) -> bool:
    try:
        _Resource.model_validate(said)
    except ValidationError:
        return False
    return True


class _Answer(BaseModel):
    success: bool
    result: _Package | None = None
    error: dict[str, Any] | None = None


def find_ckan(source: Ckan, feed: str, edition: str, get: Callable[[str], Page]) -> Found:
    """The resource of an edition, and its reissues. Raises as `listed` and `answered`, and NotFound
    if the data set does not exist."""
    search = Search(feed, edition, source.page, source.allowed_hosts)
    package = _package(get(source.address), source, search)
    data = [_link(one, search) for one in package.resources if _is_data(one, source)]
    seen = [link for link in data if link]
    links = listed(seen, source.label, source.patterns, search)
    first = links[0].modified
    return Found(source.page, first.date() if first else None, links)


def _package(page: Page, source: Ckan, search: Search) -> _Package:
    """The portal's description of the data set. CKAN answers 404 if there is none."""
    if page.status != 404:
        answered(page, search)
    if page.content.lstrip()[:1] == b"<":
        read_html(page, ["<"])  # a login form is reported as such
        raise NotThePublisher(f"{page.url} answered with a web page instead of JSON.", GATEWAY)
    try:
        answer = _Answer.model_validate(json.loads(page.content))
    except (ValueError, RecursionError) as error:
        raise _changed(page, search) from error
    if not answer.success:
        said = str((answer.error or {}).get("message") or "no reason given")
        raise NotFound(
            f"{page.url} answered that there is no data set `{source.dataset}`: {shown(said)}.",
            f"Look for its new name at {source.portal}, and change `dataset:` in "
            f"assets/feeds/{search.feed}/contract.yaml.",
        )
    if answer.result is None:
        raise _changed(page, search)
    return answer.result


def _changed(page: Page, search: Search) -> NotFound:
    begin = shown(page.content[:60].decode("utf-8", "replace"))
    return NotFound(
        f"{page.url} did not answer with a list of resources: {begin}",
        f"The portal may have changed, or have a fault. {search.remedy}",
    )


def _is_data(resource: _Resource, source: Ckan) -> bool:
    """Whether it may be a data file: notes and pictures are resources too."""
    known = (resource.format or "").casefold().rpartition("/")[2]
    return not known or known in source.formats


def _link(resource: _Resource, search: Search) -> Link | None:
    """The link to a resource's file, or to its zip if the file has no usable address."""
    stated = [address(url, search.page) for url in (resource.url, resource.zip_url) if url]
    usable = [url for url in stated if may_lead(url, search)]
    url = next((one for one in (*usable, *stated) if one), "")
    if not url:
        return None
    name = file_name(url)
    if not FILE_SUFFIX.search(name) and resource.name:
        name = f"{squashed(resource.name)}.{(resource.format or 'csv').casefold()}"
    when = _when(resource.last_modified) or _when(resource.created)
    text, size = squashed(resource.name or name), _bytes(resource.size)
    return Link(url, text, name, size, when, position=resource.position)


def _bytes(size: float | str | None) -> int | None:
    if isinstance(size, str):
        return int(size) if size.isdecimal() else size_in(size)
    return int(size) if size and math.isfinite(size) else None


def _when(text: str | None) -> datetime | None:
    """A time as CKAN writes it: UTC, without stating it. None for another text."""
    try:
        when = datetime.fromisoformat(text or "")
    except ValueError:
        return None
    return when.astimezone(UTC) if when.tzinfo else when.replace(tzinfo=UTC)
