"""Match a table's headings to the contract whose required columns it has. Not here: reading files
(`tables`), the months of their content (`warehouse.intake.recognise`)."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Sequence
from difflib import SequenceMatcher, get_close_matches
from functools import cache

from warehouse.base.text import fold, plural, unknown
from warehouse.contract.model import Contract, contracts
from warehouse.readers.refused import AGAIN, NamesPeople, Refused, shown

LIKE = 0.5  # least similarity of two headings, from 0 to 1
SAME_STEM = 0.85  # of two stems that may be the same word in another spelling
ONLY_MONTHLY = (
    "Daily or weekly files of the same publication are not this feed; import the monthly one."
)

TEMPLATE = "For a local return, `access-recovery template` writes an empty one."


def match_contract(headings: Sequence[str], feed: str | None = None) -> Contract:
    """The contract whose required headings are all present, and none of them twice.

    `feed` restricts the choice. Raises Refused naming the nearest feed, and what is missing.
    """
    missing, nearest = nearest_contract(headings, feed)
    if not missing and feed not in (None, nearest.feed):
        raise Refused(
            f"It looks like {feed}, but its columns are those of {nearest.feed}.",
            "Omit --feed.",
        )
    if not missing:
        _refuse_doubled(nearest, headings)
        return nearest
    _refuse_known(headings)
    far = _is_far(nearest, missing, headings)
    if far and not feed:
        raise Refused(
            f"Column headings match no known feed (found: {_known_words(headings)}).",
            "Check that it is one of the publications in `access-recovery status`, and that the "
            f"first line has the headings. {TEMPLATE}",
        )
    likely = _likely(nearest, missing, headings)
    opening = f"It is not like {feed}:" if far else f"It looks like {nearest.feed}, but"
    raise Refused(
        f"{opening} {_missing_text(nearest, likely)}.",
        _missing_remedy(nearest, likely, headings),
    )


def _is_far(contract: Contract, missing: list[str], headings: Sequence[str]) -> bool:
    """Whether a table lacks more than half of what a feed requires, or has nothing of a local
    return but months and codes, which any file may have."""
    required, present = contract.required(headings), contract.columns_in(headings)
    none_own = contract.local_return and all(
        contract.columns[name].type in ("month", "date", "code") for name in present
    )
    similar = any(_likely(contract, missing, headings).values())
    return len(missing) * 2 > len(required) or (none_own and not similar)


def _refuse_known(headings: Sequence[str]) -> None:
    """Refuse a table that a contract knows by its headings, and that is not read."""
    for contract in contracts().values():
        for table in contract.not_read_tables:
            if table.is_of(headings):
                kind = NamesPeople if table.persons else Refused
                raise kind(table.why, table.remedy)


def _known_words(headings: Sequence[str]) -> str:
    """The first headings, for a message. The first line of a file that no feed has may be anything,
    such as names of staff: a text with words of no feed's headings is counted, not shown."""
    known = [shown(h) for h in headings if "_" in h or (h.strip() and _words(h) <= _vocabulary())]
    more = sum(bool(h.strip()) for h in headings) - len(known)
    rest = f"{plural(more, 'text')} that no feed has, not quoted: it may be a name" if more else ""
    return ", ".join(filter(None, [*known[:6], "..." if len(known) > 6 else "", rest]))


def _words(text: str) -> set[str]:
    return set(re.findall(r"[^\W\d_]+", text.casefold()))


@cache
def _vocabulary() -> set[str]:
    """The words of all feeds' titles and headings."""
    every = contracts().values()
    texts = [h for one in every for column in one.columns.values() for h in column.published]
    return {word for text in (*texts, *(one.title for one in every)) for word in _words(text)}


def nearest_contract(headings: Sequence[str], feed: str | None) -> tuple[list[str], Contract]:
    """The nearest contract, and its required columns that have no heading (none if it matches)."""
    choice = [c for c in contracts().values() if c.feed == feed or (not feed and not c.is_within)]
    if not choice:
        raise Refused(*unknown("feed", str(feed), contracts()))
    scored = [(missing_columns(contract, headings), contract) for contract in choice]
    fitting = [pair for pair in scored if not pair[0]]
    if not fitting:
        return min(scored, key=lambda pair: len(pair[0]) / len(pair[1].columns))
    found = max(fitting, key=lambda pair: len(pair[1].columns))
    read = _read_of(found[1], headings)
    # A table that has lost a column may fit the contract of a narrower one.
    others = (one for one in contracts().values() if read < _read_of(one, headings))
    wider = ((missing_columns(one, headings), one) for one in others)
    return next((pair for pair in wider if len(pair[0]) <= 1), found)


def _read_of(contract: Contract, headings: Sequence[str]) -> set[str]:
    """The headings that a contract reads."""
    return {h for h in headings if contract.column_of(h) or contract.is_label(h)}


def _missing_remedy(
    contract: Contract, likely: dict[str, str | None], headings: Sequence[str]
) -> str:
    finer = [h for h in _spare(contract, headings) if re.search("date|day|week", fold(h))]
    if contract.edition.content in likely and finer and not contract.local_return:
        return ONLY_MONTHLY
    if contract.local_return:
        wanted = {name: _published(contract, name)[0] for name in likely}
        told = [
            f"rename the heading `{shown(found)}` to `{wanted[name]}`"
            if found
            else f"add a column `{wanted[name]}`"
            for name, found in likely.items()
        ]
        words = ", and ".join(told)
        return f"{words[0].upper()}{words[1:]}, if it has these figures. {TEMPLATE}"
    return (
        "If the publisher renamed a column, add the new heading to "
        f"assets/feeds/{contract.feed}/contract.yaml; otherwise download the file again."
    )


def _spare(contract: Contract, headings: Sequence[str]) -> list[str]:
    return [heading for heading in headings if not contract.is_known(heading)]


def missing_columns(contract: Contract, headings: Sequence[str]) -> list[str]:
    """Required columns of a contract, and labels of its wide layout, that have no heading."""
    present = {contract.column_of(heading) for heading in headings}
    missing = [name for name in contract.required(headings) if name not in present]
    return [*missing, *contract.missing_labels(headings)]


def _likely(
    contract: Contract, missing: list[str], headings: Sequence[str]
) -> dict[str, str | None]:
    """Missing column -> the heading that is likely to be it; one with a percentage is no count."""
    found: dict[str, str | None] = {}
    for name in missing:
        wanted, count = _published(contract, name), _is_count(contract, name)
        taken = set(found.values())
        spare = [
            h for h in _spare(contract, headings) if h not in taken and not (count and "%" in h)
        ]
        found[name] = nearest_heading(wanted, spare) or _respelt(contract, wanted, headings)
    return found


def _is_count(contract: Contract, name: str) -> bool:
    """Whether a column, or a label of the wide layout, has counts."""
    return name not in contract.columns or contract.columns[name].type == "count"


def _missing_text(contract: Contract, likely: dict[str, str | None]) -> str:
    parts = [
        f"`{_published(contract, name)[0]}`"
        + (f" (found `{shown(found)}` instead?)" if found else "")
        for name, found in likely.items()
    ]
    noun = "column is" if len(parts) == 1 else "columns are"
    return f"the {noun} missing: {', '.join(parts)}"


def _respelt(contract: Contract, wanted: Sequence[str], headings: Sequence[str]) -> str | None:
    """The heading with the same ending as one wanted (`stem.pcteval`), and nearly the same stem,
    among those that are known and not read."""
    for heading in wanted:
        stem, dot, ending = heading.casefold().rpartition(".")
        stems = {
            other.casefold().removesuffix(f".{ending}"): other
            for other in headings
            if contract.is_ignored(other) and other.casefold().endswith(f".{ending}")
        }
        if dot and (near := get_close_matches(stem, list(stems), 1, SAME_STEM)):
            return stems[near[0]]
    return None


def _published(contract: Contract, name: str) -> tuple[str, ...]:
    """The headings of a column, or of a label of the wide layout."""
    if contract.wide and name in contract.wide.headings:
        return contract.wide.headings[name]
    return contract.columns[name].published


def nearest_heading(wanted: Sequence[str], spare: Sequence[str]) -> str | None:
    """The heading that is most similar to one of those wanted; None if none is similar."""
    folded = {heading.casefold(): heading for heading in reversed(spare)}
    scored = [
        (SequenceMatcher(None, near, one.casefold()).ratio(), near)
        for one in wanted
        for near in get_close_matches(one.casefold(), list(folded), 1, LIKE)
    ]
    return folded[max(scored)[1]] if scored else None


def _refuse_doubled(contract: Contract, headings: Sequence[str]) -> None:
    """Refuse two headings for one column or label: the same twice, or an old and a new one."""
    meant = [contract.meaning_of(heading) or fold(heading) for heading in headings]
    for name, times in Counter(meant).items():
        if name and times > 1:
            same = [shown(h) for h, meaning in zip(headings, meant, strict=True) if meaning == name]
            raise Refused(f"Two headings for one column: `{'`, `'.join(same)}`.", AGAIN)
