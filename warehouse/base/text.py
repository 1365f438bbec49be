"""How words are compared: one spelling whatever the dress of the published text.

Belongs here: text alone. Does not: which words there are (`warehouse.contract.labels`).
"""

from __future__ import annotations

import re

FOOTNOTE = re.compile(r"\[[^\]]*\]")
SUPERSCRIPTS = dict.fromkeys(
    map(ord, "\u00b9\u00b2\u00b3\u2070\u2074\u2075\u2076\u2077\u2078\u2079")
)


def fold(text: str) -> str:
    """One spelling for comparison: no BOM, case or double spaces. `8  To 14` -> `8 to 14`."""
    return " ".join(text.replace("\ufeff", "").split()).casefold()


def heading_key(text: str) -> str:
    """What a heading says, whatever its dress: no case, spaces, punctuation or footnote marks.

    `ICB ODS Code [1,2]` and `icb_ods_code` are one heading.
    """
    words = FOOTNOTE.sub(" ", text).translate(SUPERSCRIPTS).casefold()
    return "".join(letter for letter in words if letter.isalnum())
