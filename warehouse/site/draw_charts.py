"""Draws charts as SVG and PNG, without a browser."""

from __future__ import annotations

import hashlib
import json
import struct
import zlib
from collections.abc import Mapping
from importlib.metadata import version
from typing import Any

ENGINE = "vl-convert-python"
SHARP = 1.5  # pixels of a picture per unit of the drawing
PNG_HEAD, PNG_DATA = 8, b"IDAT"  # bytes before the first part of a picture; its parts of data


def digest_of(spec: Mapping[str, Any]) -> str:
    """What a drawing depends on: the specification, and the program that draws it."""
    text = json.dumps(spec, sort_keys=True, ensure_ascii=False, default=str)
    return hashlib.sha256(f"{version(ENGINE)} {text}".encode()).hexdigest()


def as_svg(spec: Mapping[str, Any]) -> bytes:
    """A Vega-Lite specification as SVG, by its whole data: nothing is loaded from anywhere."""
    import vl_convert

    drawn: str = vl_convert.vegalite_to_svg(dict(spec), allowed_base_urls=[])
    return drawn.encode()


def as_png(svg: bytes) -> bytes:
    """A drawing as a picture, for a slide or a letter."""
    import vl_convert

    picture: bytes = vl_convert.svg_to_png(svg.decode(), scale=SHARP)
    return _packed(picture)


def _packed(picture: bytes) -> bytes:
    """The same PNG, a third as large: the engine packs for speed."""
    parts, at = [], PNG_HEAD
    while at < len(picture):
        (length,) = struct.unpack_from(">I", picture, at)
        parts.append((picture[at + 4 : at + 8], picture[at + 8 : at + 8 + length]))
        at += 12 + length
    data = zlib.compress(zlib.decompress(b"".join(d for kind, d in parts if kind == PNG_DATA)), 7)
    first = [kind for kind, _ in parts].index(PNG_DATA)
    kept = [part for part in parts if part[0] != PNG_DATA]
    kept.insert(first, (PNG_DATA, data))
    return picture[:PNG_HEAD] + b"".join(
        struct.pack(">I", len(d)) + kind + d + struct.pack(">I", zlib.crc32(kind + d))
        for kind, d in kept
    )
