"""Compare published text whatever its spelling, and suggest names for unknown ones. Not here: which
labels there are (`warehouse.contract.model`)."""

from __future__ import annotations

import re
from collections.abc import Collection, Iterator, Mapping, Sequence
from difflib import get_close_matches
from functools import lru_cache

LISTED = 60  # at most so many known names are listed if none is similar
FOOTNOTE = re.compile(r"\[[^\]]*\]")
SUPERSCRIPTS = dict.fromkeys(
    map(ord, "\u00b9\u00b2\u00b3\u2070\u2074\u2075\u2076\u2077\u2078\u2079")
)


def fold(text: str) -> str:
    """A text for comparison, without BOM, case and double spaces: `8  To 14` -> `8 to 14`."""
    return " ".join(text.replace("\ufeff", "").split()).casefold()


@lru_cache(maxsize=4096)  # the same few headings are compared with those of every feed
def heading_key(text: str) -> str:
    """A heading for comparison, without case, spaces, punctuation and footnote marks:
    `ICB ODS Code [1,2]` and `icb_ods_code` are the same, `Unused %` and `Unused` are not."""
    words = FOOTNOTE.sub(" ", text.replace("%", " percent ")).translate(SUPERSCRIPTS).casefold()
    return "".join(letter for letter in words if letter.isalnum())


def plural(number: int, noun: str) -> str:
    """`1 day`, `2 days`."""
    return f"{number:,} {noun}" + ("" if number == 1 else "s")


def and_list(names: Sequence[str]) -> str:
    """`a`, `a and b`, `a, b and c`; blank for none. A name may have `and` in it."""
    return " and ".join(filter(None, (", ".join(names[:-1]), *names[-1:])))


def begin_list(text: str, most: int) -> str:
    """A list with `; ` between its entries, cut after `most` of them: `a; b; and 3 more`. Its last
    entry may itself be `and 2 more: d, e`, which count. In a list of rows (`row 2: a; b; row 3: c`)
    an entry is a row."""
    entries = re.split(r"; (?=row \d)", text) if "; row " in text else text.split("; ")
    further = re.match(r"and ([\d,]+) more\b", entries[-1])
    unlisted = int(further[1].replace(",", "")) if further else 0
    listed = entries[:-1] if further else entries
    if len(listed) <= most:
        return text
    return "; ".join([*listed[:most], f"and {len(listed) - most + unlisted:,} more"])


def similar(name: str, known: Collection[str]) -> list[str]:
    """At most three known names that are similar to a name, whatever its case; the best first."""
    folded = {one.casefold(): one for one in known}
    return [folded[one] for one in get_close_matches(name.casefold(), folded)]


def perhaps(name: str, known: Collection[str]) -> str:
    """Known names that are similar, for within a sentence: ` (a or b?)`; nothing if none is."""
    near = similar(name, known)
    return f" ({' or '.join(near)}?)" if near else ""


def unknown(kind: str, name: str, known: Collection[str]) -> tuple[str, str]:
    """The message for an unknown name, and a suggestion: `Unknown KPI "x".`, `Did you mean y?`.
    `known`: names, or name -> title (of anything else, the names count alone); a short list is
    given in full if none is similar."""
    titles = {one: title for one, title in _titles(known) if title}
    near = similar(name, known) or _similarly_titled(name, titles)
    named = [f"{one} ({titles[one]})" if one in titles else one for one in near]
    meant = f"Did you mean {' or '.join(named)}?" if named else ""
    few = f"Known: {', '.join(sorted(known))}." if known and len(known) <= LISTED else ""
    return f'Unknown {kind} "{name}".', meant or few


def _titles(known: Collection[str]) -> Iterator[tuple[str, str]]:
    if isinstance(known, Mapping):
        yield from ((one, title) for one, title in known.items() if isinstance(title, str))


def _similarly_titled(name: str, titles: Mapping[str, str]) -> list[str]:
    """Names whose titles are similar: people know an organisation by its name."""
    near = similar(name, titles.values())
    return [next(one for one, title in titles.items() if title == found) for found in near]
