"""What the fuzzer begins with, and how it damages a container from within. Not here: what is fed
with it (`targets`)."""

from __future__ import annotations

import gzip
import importlib
import inspect
import io
import lzma
import struct
import warnings
import zipfile
import zlib
from collections.abc import Callable, Iterator
from random import Random

from tests.fetch_pages import (
    File,
    Resource,
    listing_page,
    package_show,
    publication_page,
    publication_page_2018,
)
from warehouse.contract.model import contracts
from warehouse.readers.containers import WORKBOOK_PART, ZIP_STARTS

# Names of members that must not lead out of a folder, or confuse who reads them.
NAMES = ("../../outside.csv", "/tmp/outside.csv", "C:\\outside.csv", "a/../../b.csv", "CON.csv")
NAMES += ("a.csv", "=cmd|' /C calc'!A0.csv", "\u202ecsv.exe", "x" * 300 + ".csv", "b.zip")
# What a zip or gzip that can't be unpacked raises.
DAMAGED = (OSError, EOFError, ValueError, RuntimeError, KeyError, struct.error)
DAMAGED += (zipfile.BadZipFile, zlib.error, lzma.LZMAError)
Mutate = Callable[[bytes, int], bytes]


def seeds(kind: str) -> list[bytes]:
    """Small valid inputs of a kind: `csv`, `xlsx`, `zip`, `gz` as the feeds' own builders make
    them, `html`, `json` as publishers answer."""
    if kind == "html":
        files = [File("Practice level crosstab", "/a/Practice_Level_Crosstab_Nov_25.zip")]
        page = publication_page("Appointments in General Practice, November 2025", files)
        return [page, publication_page_2018("Appointments", files), listing_page(files)]
    if kind == "json":
        return [
            package_show(
                "a-data-set", [Resource("CPCF November 2025", "https://example.org/a.csv")]
            )
        ]
    built = list(dict.fromkeys(_built()))
    tables = [one for one in built if not one.startswith(ZIP_STARTS)]
    if kind == "csv":
        return tables
    if kind == "gz":
        return [gzip.compress(one, mtime=0) for one in tables[:8]]
    zipped = [one for one in built if one.startswith(ZIP_STARTS)]
    books = [one for one in zipped if _is_workbook(one)]
    if kind == "xlsx":
        return books
    return [
        *(one for one in zipped if not _is_workbook(one)),
        packed([("a.csv", tables[0]), ("b/c.csv", tables[1]), ("d.xlsx", books[0])]),
    ]


def _built() -> Iterator[bytes]:
    """What the builders of the feeds make, of those that need no argument."""
    for feed in contracts():
        module = importlib.import_module(f"assets.feeds.{feed}.testing")
        for _, build in inspect.getmembers(module, inspect.isfunction):
            told = inspect.signature(build)
            own = build.__module__ == module.__name__ and told.return_annotation in (bytes, "bytes")
            if own and not any(_is_needed(one) for one in told.parameters.values()):
                try:
                    yield build({})
                except TypeError:
                    yield build()


def _is_needed(one: inspect.Parameter) -> bool:
    return one.default is one.empty and one.kind is not one.VAR_POSITIONAL


def _is_workbook(content: bytes) -> bool:
    with zipfile.ZipFile(io.BytesIO(content)) as book:
        return WORKBOOK_PART in book.namelist()


def packed(members: list[tuple[str, bytes]]) -> bytes:
    """A zip with these members, of which two may have the same name."""
    made = io.BytesIO()
    with warnings.catch_warnings(), zipfile.ZipFile(made, "w", zipfile.ZIP_DEFLATED) as book:
        warnings.simplefilter("ignore", UserWarning)
        for name, content in members:
            book.writestr(zipfile.ZipInfo(name, (2025, 11, 27, 9, 30, 0)), content)
    return made.getvalue()


def damaged_within(kind: str, content: bytes, mutate: Mutate, most: int, random: Random) -> bytes:
    """A container whose content is changed, and which is whole itself: bytes changed at random
    seldom get past a checksum. Any other content is changed as it is."""
    try:
        if kind == "gz":
            return gzip.compress(mutate(gzip.decompress(content), most), mtime=0)
        with zipfile.ZipFile(io.BytesIO(content)) as book:
            members = [(one.filename, book.read(one)) for one in book.infolist()[:40]]
        chosen = random.randrange(len(members))
        name, inner = members[chosen]
        if kind == "zip" and random.random() < 0.2:
            name = random.choice(NAMES)
        members[chosen] = (name, mutate(inner, most))
        if random.random() < 0.1:
            members.append(random.choice(members))
        return packed(members)
    except DAMAGED:  # the container itself
        return mutate(content, most)
