"""Claims tested: what was said in public about the places of this site, and what the data say."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from itertools import groupby
from typing import Any

from warehouse.base.sql import Connection, rows
from warehouse.claims.in_words import say_difference, say_edition, say_value
from warehouse.claims.verdicts import SYNTHETIC
from warehouse.outputs.headline import CONFIRMS_NOTHING
from warehouse.site.site_figures import SiteFigures
from warehouse.site.site_page import PageTable, SitePage
from warehouse.site.site_paths import CLAIMS, INDEX, kpi_page

Row = dict[str, Any]
Tag = tuple[str, str, str]  # colour, sign, words
# What verdicts a statement's figures have -> colour and sign; the gravest that applies.
LOOKS = {
    "cannot be true": ("red", "✖"),
    "differs": ("orange", "≠"),
    "not computable": ("white", "○"),
    "in part": ("yellow", "◐"),
    "since revised": ("blue", "✔"),
    "confirmed": ("green", "✔"),
}
AREAS = ("england", "region", "icb", "sub_icb", "local_authority")
CODE = re.compile(r"\b[A-Z0-9]{3,9}\b")
NOT_OF_SAMPLE = (
    "claims are not evaluated on sample data, whose figures are invented, so nothing is said for "
    "or against the statement."
)
ALL_SAMPLE = "All figures are of the synthetic sample, on which claims are not evaluated."
FITS = {True: "yes", False: "no", None: "-"}
# Every verdict in a sentence, for readers who meet it first.
MEANS = (
    ("Confirmed", "the published figures agree with what was said, within its rounding."),
    ("Confirmed, since revised", "an earlier edition agrees with it; the newest differs."),
    ("Differs", "it fits no reading of the words; the difference is given."),
    ("Cannot be true", "it contradicts what it must be part of, whatever period was meant."),
    (
        "Not computable",
        "the files imported here do not have the figure, so nothing is said for or against the "
        "statement. It is neither confirmed nor refuted.",
    ),
)


@dataclass(frozen=True)
class ClaimedFigure:
    """A figure of a statement: what was `stated`, about what, the `verdict`, what the data `say`,
    the ways to read it, and the KPI that it is about, if it is one."""

    stated: str
    label: str
    verdict: Tag
    say: str
    readings: PageTable | None
    kpi_id: str | None = None


@dataclass(frozen=True)
class PublicStatement:
    """What was said, word for word, and the verdict on all its figures."""

    anchor: str
    said: str
    verdict: Tag
    figures: tuple[ClaimedFigure, ...]


@dataclass(frozen=True)
class ClaimSource:
    """A document: who said it, when, where it is, and its statements."""

    anchor: str
    title: str
    body: str
    dated: str
    link: str | None
    statements: tuple[PublicStatement, ...]


def claims_page(figures: SiteFigures) -> Iterable[SitePage]:
    """The page of claims about the places of the site."""
    claims, readings = figures.once(read_claims)
    own = of_places(claims, {place.key for place in figures.places.every})
    names = area_names(figures.db) | {place.code: place.name for place in figures.places.every}
    synthetic = bool(figures.publication["synthetic"])
    common = common_note(own)
    sources = tuple(claim_sources(own, readings, names, common))
    content = {
        "sources": sources,
        "counts": counts(sources),
        "common": ALL_SAMPLE if common == SYNTHETIC else common,
        "confirms_nothing": sample_note(figures),
        "means": meanings(synthetic),
        "kpis": {kpi_id: row["title"] for kpi_id, row in figures.kpis.items()},
        "page_of": kpi_page,
    }
    parts = [(source.anchor, source.title) for source in sources]
    yield SitePage(
        CLAIMS,
        "claims.html.j2",
        "Claims tested",
        content,
        parts=[*parts, ("verdicts", "What the verdicts mean")] if sources else (),
        trail=((INDEX, "Overview"),),
    )


def meanings(synthetic: bool) -> list[tuple[str, str]]:
    """Every verdict and what it means, of real figures or of the sample."""
    last = ("Not computable", NOT_OF_SAMPLE) if synthetic else MEANS[-1]
    return [*MEANS[:-1], last]


def area_names(db: Connection) -> dict[str, str]:
    """Code -> name of areas above practices: their short names, or the published ones."""
    sql = """SELECT org_code, coalesce(short_name, org_name) AS name FROM organisation_current
             WHERE org_level IN (SELECT unnest($levels))
               AND coalesce(short_name, org_name) IS NOT NULL"""
    return {row["org_code"]: row["name"] for row in rows(db, sql, levels=list(AREAS))}


def read_claims(figures: SiteFigures) -> tuple[list[Row], dict[str, list[Row]]]:
    """Claims in the order of the register (table `claim`), and claim -> its readings
    (`claim_reading`) by the newest figures."""
    claims = rows(figures.db, "SELECT * FROM claim ORDER BY rowid")
    found = rows(figures.db, "SELECT * FROM claim_reading WHERE is_latest ORDER BY rowid")
    readings: dict[str, list[Row]] = {}
    for row in found:
        readings.setdefault(row["claim_id"], []).append(row)
    return claims, readings


def of_places(claims: Sequence[Row], keys: set[tuple[str, str]]) -> list[Row]:
    """The claims of documents that say something of one of these places; all where they say
    something of its ICB, whose register it is."""
    about = {(row["org_level"], row["org_code"]) for row in claims} & keys
    if any(level == "icb" for level, _ in about):
        return list(claims)
    named = {row["source"] for row in claims if (row["org_level"], row["org_code"]) in about}
    return [row for row in claims if row["source"] in named]


def sample_note(figures: SiteFigures) -> str:
    """That figures of the sample were chosen to agree with claims, where claims are about places of
    the site; nothing of real figures, and elsewhere."""
    claims, _ = figures.once(read_claims)
    own = of_places(claims, {place.key for place in figures.places.every})
    return CONFIRMS_NOTHING if own and figures.publication["synthetic"] else ""


def common_note(claims: Sequence[Row]) -> str:
    """Why none of the claims has a figure, if that is one reason for all of them; else nothing."""
    notes = {row["note"] for row in claims if row["computed_value"] is None}
    one_reason = len(notes) == 1 and all(row["computed_value"] is None for row in claims)
    return str(notes.pop()) if one_reason and len(claims) > 1 else ""


def claim_sources(
    claims: Sequence[Row],
    readings: Mapping[str, Sequence[Row]],
    names: Mapping[str, str],
    common: str = "",
) -> Iterable[ClaimSource]:
    """The documents with their statements. `names`: code -> name of places, since readings are
    written with codes; `common`: a note that is said once, above them."""
    for number, (_, of_source) in enumerate(groupby(claims, key=lambda row: row["source"]), 1):
        own = list(of_source)
        yield ClaimSource(
            f"source-{number}",
            own[0]["source"],
            own[0]["source_body"],
            own[0]["source_date"],
            own[0]["source_url"],
            tuple(
                _statement(f"claim-{number}-{place}", list(some), readings, names, common)
                for place, (_, some) in enumerate(
                    groupby(own, key=lambda row: row["statement_id"]), 1
                )
            ),
        )


def verdict_tag(verdicts: Sequence[str], words: str) -> Tag:
    """Colour, sign and words of verdicts on figures (column `verdict`) that are summed up as
    `words`. Figures that are not computable beside others make it a verdict in part."""
    kinds = {_kind(verdict) for verdict in verdicts}
    if "not computable" in kinds and kinds & {"confirmed", "since revised"}:
        kinds = kinds - {"not computable"} | {"in part"}
    gravest = next(kind for kind in LOOKS if kind in kinds)
    return (*LOOKS[gravest], words[:1].upper() + words[1:])


def counts(sources: Iterable[ClaimSource]) -> list[tuple[Tag, int]]:
    """How many statements have each look, the plainest words first."""
    every = [one.verdict for source in sources for one in source.statements]
    words = {"in part": "confirmed in part", "since revised": "confirmed, since revised"}
    found = [
        ((*look, words.get(kind, kind)), sum(tag[:2] == look for tag in every))
        for kind, look in reversed(LOOKS.items())
    ]
    return [(tag, number) for tag, number in found if number]


def _kind(verdict: str) -> str:
    if "since revised" in verdict:
        return "since revised"
    return next(kind for kind in LOOKS if verdict.startswith(kind))


def _statement(
    anchor: str,
    own: Sequence[Row],
    readings: Mapping[str, Sequence[Row]],
    names: Mapping[str, str],
    common: str,
) -> PublicStatement:
    verdict = verdict_tag([row["verdict"] for row in own], own[0]["statement_verdict"])
    figures = (_figure(row, readings.get(row["claim_id"], ()), names, common) for row in own)
    return PublicStatement(anchor, own[0]["statement"], verdict, tuple(figures))


def _figure(
    row: Row, readings: Sequence[Row], names: Mapping[str, str], common: str
) -> ClaimedFigure:
    return ClaimedFigure(
        row["stated"],
        row["label"],
        verdict_tag([row["verdict"]], row["verdict_in_short"]),
        _data_say(row, next((one["measure"] for one in readings), "value"), common),
        _readings(row, readings, names),
        row.get("kpi_id"),
    )


def _data_say(row: Row, measure: str, common: str) -> str:
    """What the data say of a figure: value, difference, edition, and the note."""
    note = "" if row["note"] == common else row["note"] or ""
    if row["computed_value"] is None:
        return note
    value = say_value(row["computed_value"], row["unit"], measure)
    by = say_difference(row["difference"], row["relative_difference"], row["unit"])
    edition = say_edition(row["edition"], row["revision"]) if row["edition"] else "-"
    return f"{value} (difference {by}, edition {edition}). {note}".strip()


def _readings(claim: Row, readings: Sequence[Row], names: Mapping[str, str]) -> PageTable | None:
    """The ways to read a figure. A reason that stands above is not said again, and there are no
    columns of values where no reading has one."""
    why = {id(one): _why(one, claim) for one in readings}
    valued = any(one["computed_value"] is not None for one in readings)
    headings = ["Reading", *(["Value", "Difference", "Edition", "Fits"] if valued else [])]
    headings += ["Why not, or only shown"] if any(why.values()) else []
    cells = [
        [
            _named(one["reading"], names),
            *(_known(one, claim) if valued else ()),
            *([why[id(one)]] if any(why.values()) else ()),
        ]
        for one in readings
    ]
    caption = f"Ways to read “{claim['stated']}: {claim['label']}”"
    numeric = frozenset({1, 2} if valued else ())
    return PageTable(caption, headings, cells, numeric) if cells else None


def _why(one: Row, claim: Row) -> str:
    missing = one["missing"] if one["missing"] != claim["note"] else ""
    return " ".join(text for text in (one["only_shown"], missing) if text)


def _known(one: Row, claim: Row) -> list[str]:
    return [
        say_value(one["computed_value"], one["unit"] or claim["unit"], one["measure"] or ""),
        say_difference(one["difference"], one["relative_difference"], claim["unit"]),
        say_edition(one["edition"], one["revision"]) if one["edition"] else "-",
        FITS[one["within_tolerance"]],
    ]


def _named(text: str, names: Mapping[str, str]) -> str:
    """A text with the names of places for their codes."""
    return CODE.sub(lambda found: names.get(found[0], found[0]), text)
