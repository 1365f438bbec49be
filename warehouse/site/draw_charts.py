"""Draws charts as SVG and PNG, without a browser."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Mapping
from importlib.metadata import version
from typing import Any

ENGINE = "vl-convert-python"
SHARP = 2.0  # pixels of a picture per unit of the drawing


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
    return picture
