"""Whether a text names a role, a team or a body, and no person, by the words of `roles.yaml`.

A name can't be told from a word for certain: what is not known to be a role is not accepted, and a
home adds words of its own (`role_words` in its settings).
"""

from __future__ import annotations

import re
from collections.abc import Collection
from functools import cache
from itertools import pairwise
from pathlib import Path

from pydantic import field_validator

from warehouse.base.strict import Strict
from warehouse.base.yaml_files import read_yaml
from warehouse.kpi.chart_choices import Fault
from warehouse.reference import local_authorities, organisations

ROLES = Path(__file__).with_name("roles.yaml")
TITLE = re.compile(r"(?i)(?<!\w)(dr|mr|mrs|ms|miss|mx|prof|professor|cllr|sir|dame|rev)\b\.?")
EXAMPLE = "a role, such as Head of primary care"
ADD = "if it is a role, add its words to `role_words` in settings.yaml"
PERSON = f"{EXAMPLE}, and no person's name; {ADD}"
NO_ROLE = (
    f"{EXAMPLE}, with a word for a role, team or body (head, lead, manager, team, board and more: "
    f"access-recovery template --format xlsx lists them); {ADD}"
)
WORD = re.compile(r"[^\W_]+(?:['\u2019-][^\W_]+)*")
LINKS = ("of", "for", "at", "in", "to", "the", "and", "&")  # before what a role is of
PARTS = re.compile(r"[^\w\s'\u2019&-]+|\s-\s")
MOST = 6  # letters of an abbreviation


class RoleWords(Strict):
    """The whole file: words of roles, of bodies, of what they are of, and common names."""

    roles: frozenset[str]
    bodies: frozenset[str]
    subjects: frozenset[str]
    names: frozenset[str]

    @field_validator("*", mode="before")
    @classmethod
    def _split(cls, text: str) -> frozenset[str]:
        return frozenset(text.split())


class NotNamed(Fault):
    """A fault of a cell that may hold a person's name, which is not repeated."""


@cache
def role_words() -> RoleWords:
    """The shipped words."""
    return RoleWords.model_validate(read_yaml(ROLES))


def not_a_role(column: str, text: str | None, own: Collection[str] = ()) -> NotNamed | None:
    """What is wrong with a cell that is to have a role; None if nothing, or if it is blank. `own`:
    words, or whole phrases, that the home accepts."""
    accepted = {one.casefold().strip() for one in own}
    if not text or not text.strip() or text.casefold().strip() in accepted:
        return None
    if TITLE.search(text) or any(_has_name(part, accepted) for part in PARTS.split(text)):
        return NotNamed(column, PERSON)
    makes = role_words().roles | role_words().bodies | accepted
    if any(_is_one_of(word, makes) for word in WORD.findall(text)):
        return None
    return NotNamed(column, NO_ROLE)


def _has_name(part: str, own: Collection[str]) -> bool:
    """Whether a part of a text, between commas or brackets, has a word that is taken for a name: a
    common one; two unknown ones with capitals in a row; or a single one that is not what a role is
    of (`Frailty lead`, `Head of Oadby`)."""
    words = WORD.findall(part)
    known = [_is_known(word, own) for word in words]
    if any(word.casefold() in role_words().names and not is_known
           for word, is_known in zip(words, known, strict=True)):  # fmt: skip
        return True
    strange = [
        not is_known and _like_a_name(word) for word, is_known in zip(words, known, strict=True)
    ]
    if any(one and following for one, following in pairwise(strange)):
        return True
    makes = role_words().roles | role_words().bodies
    for place, is_strange in enumerate(strange):
        before = words[place - 1].casefold() if place else ""
        follows = place + 1 < len(words) and place == 0 and _is_one_of(words[-1], makes)
        if is_strange and before not in LINKS and not follows:
            return True
    return False


def _like_a_name(word: str) -> bool:
    """Whether a word is written as names are: with a capital, and not as an abbreviation."""
    short = word.removesuffix("s")
    is_abbreviation = short.isupper() and short.isascii() and 1 < len(short) <= MOST
    return not word.islower() and not is_abbreviation


def _is_known(word: str, own: Collection[str]) -> bool:
    """Whether a word is of a role, body, subject or place, or has no letters."""
    file = role_words()
    words = file.roles | file.bodies | file.subjects | set(own)
    return word.isdigit() or _is_one_of(word, words) or word.casefold() in _places()


def _is_one_of(word: str, words: Collection[str]) -> bool:
    """Whether a word, its singular, or each part of it, is one of these."""
    text = word.casefold().replace("\u2019", "'").removesuffix("'s")
    singular = {text, text.removesuffix("s"), text.removesuffix("es")}
    singular |= {f"{text.removesuffix('ies')}y"} if text.endswith("ies") else set()
    if singular & set(words):
        return True
    return "-" in text and all(_is_one_of(one, words) for one in text.split("-") if one)


@cache
def _places() -> frozenset[str]:
    """Words in names of places and organisations that are not common names."""
    names = [*local_authorities.names().values(), *organisations.reference()["org_name"]]
    words = {word.casefold() for name in names for word in WORD.findall(name)}
    return frozenset(words - role_words().names)
