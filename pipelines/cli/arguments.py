"""Arguments that several commands take: a feed's name, a month.

Belongs here: checking them as typed, with the words for wrong ones.
"""

from __future__ import annotations

import typer


def feed_named(name: str) -> str:
    """A feed's name. Raises BadParameter naming those there are."""
    from assets.contract import contracts

    if name not in contracts():
        raise typer.BadParameter(f"`{name}` is no feed; feeds are {', '.join(sorted(contracts()))}")
    return name


def month_named(text: str) -> str:
    """A month, YYYY-MM. Raises BadParameter saying how it is written."""
    from assets.conform import month_text, parse_month

    try:
        return month_text(parse_month(text))
    except ValueError as error:
        raise typer.BadParameter(str(error)) from error
