"""Whether a KPI's texts have what people look for, in their words or in others for the same. Not
here: which texts those are (`warehouse.outputs.search`)."""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence
from functools import cache
from pathlib import Path

from warehouse.base.text import fold
from warehouse.base.yaml_files import read_yaml

TABLE = Path(__file__).with_name("synonyms.yaml")
SHORT = 3  # letters of a word that has no plural of its own, such as GP


def plain_words(text: str) -> str:
    """A text as words, without case, hyphens and other signs: `Two-week` -> `two week`."""
    return " ".join(re.sub(r"[^\w\s]|_", " ", fold(text)).split())


@cache
def synonyms() -> tuple[tuple[str, ...], ...]:
    """Groups of words for the same."""
    return tuple(tuple(map(plain_words, group)) for group in read_yaml(TABLE))


def sought(words: Iterable[str]) -> list[tuple[str, ...]]:
    """What to look for: for each thing named by the words, all words for it. A thing without
    synonyms is a word, and may be a part of one (`prescri`)."""
    left = f" {plain_words(' '.join(words))} "
    found: list[tuple[str, ...]] = []
    longest_first = sorted(
        ((phrase, group) for group in synonyms() for phrase in group), key=lambda one: -len(one[0])
    )
    for phrase, group in longest_first:
        if (without := _at(phrase).sub(" ", left)) != left:
            left = without
            found.append(group)
    return [*found, *((word,) for word in left.split())]


def matched(things: Sequence[tuple[str, ...]], *texts: str) -> int:
    """How many of these things the texts have."""
    text = " ".join(map(plain_words, texts))
    return sum(_has(thing, text) for thing in things)


def _has(thing: tuple[str, ...], text: str) -> bool:
    if len(thing) == 1:
        return thing[0] in text
    return any(_at(phrase).search(text) for phrase in thing)


@cache
def _at(phrase: str) -> re.Pattern[str]:
    """A phrase at whole words; of longer ones also their plurals."""
    return re.compile(rf"\b{re.escape(phrase)}{'' if len(phrase) <= SHORT else 's?'}\b")
