"""Which edition a recognised file belongs to: by its content, its siblings, its name, or
`--edition`. Not here: finding months in content (`recognise`), archiving files (`importer`)."""

from __future__ import annotations

from datetime import UTC, date, datetime
from urllib.parse import unquote

from warehouse.archive.source_files import EditionBasis
from warehouse.base.months import add_months, month_text, parse_month
from warehouse.contract.model import Contract
from warehouse.contract.names_of_editions import editions_in, months_found
from warehouse.intake.recognise import Recognised
from warehouse.readers.refused import Refused, shown

FIRST_EDITION = date(2015, 1, 1)


def choose_edition(
    one: Recognised,
    editions: dict[str, str],
    container_name: str,
    stated: str | None,
    otherwise: str | None = None,
) -> tuple[str, EditionBasis]:
    """A file's edition and how it was found: content, siblings, name, or stated by a person.

    `editions`: feed -> edition, from its container's content. `otherwise`: the edition if nothing
    else gives one. Raises Refused if nothing does, or two sources contradict each other.
    """
    contract, ends = one.contract, one.contract.period.ends
    found = editions.get(contract.feed)
    if found and one.months[-1] < add_months(parse_month(found), 1 - contract.window_months):
        found = month_text(one.months[-1])  # another edition's file in the same zip
    basis: EditionBasis = "content"
    if found is None:
        sibling = [editions[feed] for feed in contract.edition.siblings if feed in editions]
        named = month_in_name(contract, one.content.name, container_name)
        if one.titled and not stated:
            _check_titled(one, named)
        if sibling:
            found, basis = max(sibling), "sibling"
        elif one.titled:
            found = month_text(one.titled.month)
        elif named:
            found, basis = month_text(named), "file_name"
        else:
            stated = stated or otherwise
    if stated and stated != found:
        _check_stated(one, stated, found if basis == "sibling" else None)
        found, basis = stated, "argument"
    if found is None:
        raise Refused(
            f"It is {contract.feed}, but neither its content nor its name gives the edition.",
            "State it with --edition YYYY-MM (the latest month that the release covers"
            + (f"; a {contract.period.words} ends in YYYY-{ends:02d})." if ends else ")."),
        )
    if not contract.period.ends_in(parse_month(found)):
        raise Refused(
            f"It is {contract.feed}, whose figures are of a {contract.period.words}, but no "
            f"{contract.period.words} ends in {found} (edition by {basis}).",
            "Figures of part of a period are not imported. If the file is of a whole one, state "
            "the month in which that ends with --edition YYYY-MM.",
        )
    if found < (contract.edition.first or found):
        raise Refused(
            f"It is {contract.feed}, edition {found} (by {basis}): {contract.edition.before_it}.",
            f"Import editions from {contract.edition.first} on; if it is one, state it with "
            "--edition YYYY-MM.",
        )
    if not FIRST_EDITION <= parse_month(found) <= datetime.now(UTC).date():
        raise Refused(
            f"It is {contract.feed}, but edition {found} (by {basis}) is in the future, "
            f"or before {month_text(FIRST_EDITION)}.",
            "Check the month; state the right one with --edition YYYY-MM.",
        )
    return found, basis


def _check_titled(one: Recognised, named: date | None) -> None:
    if one.titled and named and named != one.titled.month:
        raise Refused(
            f"Its name says {month_text(named)}, but its sheet says "
            f"{month_text(one.titled.month)} (`{shown(one.titled.words)}`).",
            "Check which month it is, and state it with --edition YYYY-MM.",
        )


def _check_stated(one: Recognised, stated: str, sibling: str | None) -> None:
    edition = parse_month(stated)
    if sibling and stated < sibling:
        raise Refused(
            f"--edition {stated} contradicts the files beside it, which cover {sibling}.",
            "Omit --edition.",
        )
    if one.months and one.months[-1] > edition:
        raise Refused(
            f"--edition {stated} contradicts its content, which covers "
            f"{month_text(one.months[-1])}.",
            "An edition is named by the latest month it covers; omit --edition.",
        )
    if one.months and one.months[-1] < add_months(edition, 1 - one.contract.window_months):
        raise Refused(
            f"--edition {stated} contradicts its content, which ends in "
            f"{month_text(one.months[-1])}; an edition of {one.contract.feed} covers "
            f"{one.contract.window_months} month(s).",
            "Omit --edition.",
        )


def check_published(stated: date | None, edition: str) -> None:
    """Refuse a publication date in the future or before the edition's month."""
    if stated and not parse_month(edition) <= stated <= datetime.now(UTC).date():
        raise Refused(
            f"--published {stated} is in the future, or before the month of edition {edition}.",
            "Check the date; it is the day on which the publisher released the file.",
        )


def month_in_name(contract: Contract, *names: str) -> date | None:
    """The month in a file's or its container's name, by the contract's patterns."""
    ends, patterns = contract.period.ends, contract.edition.file_name
    found = (months_found(patterns, unquote(name), ends) for name in names)
    return next((month for months in found for month in months), None)


def months_said(contract: Contract, name: str) -> list[str]:
    """The months (YYYY-MM) in a file's name: by the contract's patterns, else, of monthly figures,
    in any form in which publishers write them."""
    if named := month_in_name(contract, name):
        return [month_text(named)]
    return list(editions_in(unquote(name))) if contract.period.is_month else []


def edition_from_months(recognised: list[Recognised]) -> dict[str, str]:
    """Feed -> edition in one container: the latest month that any of its files covers."""
    latest: dict[str, date] = {}
    for one in recognised:
        if one.months:
            feed = one.contract.feed
            latest[feed] = max(latest.get(feed, date.min), one.months[-1])
    return {feed: month_text(month) for feed, month in latest.items()}
