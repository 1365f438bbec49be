"""Pages as the publishers render them, in our own words: the structure that discovery reads.

Belongs here: functions that give the bytes of one page. Does not: serving them, or the files.
Titles, addresses, sizes and dates are the caller's; the rest has valid defaults.
"""

import json
from collections.abc import Sequence
from dataclasses import dataclass
from html import escape
from typing import Any


@dataclass(frozen=True)
class File:
    """A file that a page links to. `href`: as in the page, absolute or relative."""

    title: str
    href: str
    size: str | None = "3 MB"
    tag: str = "zip"


@dataclass(frozen=True)
class Resource:
    """A resource of a CKAN data set. `modified`, `created`: as CKAN writes them, None is null."""

    name: str
    url: str
    modified: str | None = None
    created: str | None = "2026-01-28T09:30:00.000000"
    size: int | None = None
    format: str = "CSV"
    zip_url: str | None = None


def publication_page(
    title: str,
    files: Sequence[File],
    published: str | None = "27 Nov 2025",
    edited: str | None = "27 November 2025 9:30 am",
    related: Sequence[File] = (),
) -> bytes:
    """A publication of digital.nhs.uk as it is today: each file is a card.

    `related`: plain links below the cards, such as those to earlier months.
    """
    dated = f"""<div class="nhsd-o-hero__meta-data-item">
        <div class="nhsd-o-hero__meta-data-item-title">Publication Date:</div>
        <div class="nhsd-o-hero__meta-data-item-description"
             data-uipath="ps.publication.nominal-publication-date">{published}</div></div>"""
    below = "".join(f'<li><a href="{escape(f.href)}">{escape(f.title)}</a></li>' for f in related)
    last = f'<p class="nhsd-t-body" id="last-edited">Last edited: {edited}</p>' if edited else ""
    return _publisher(
        title,
        f"""<article class="article article--publication" itemscope>
        <div class="nhsd-o-hero"><h1 data-uipath="document.title">{escape(title)}</h1>
        {dated if published else ""}</div>
        <h2>Summary</h2><p>Counts of things. <a href="#resources">To the files</a>
        <a href="/about-nhs-digital/contact-us">Contact us</a></p>
        <div id="resources"><h2>Resources</h2>{"".join(_card(file) for file in files)}</div>
        <ul data-uipath="ps.publication.related-links">{below}</ul>{last}</article>""",
    )


def publication_page_2018(
    title: str, files: Sequence[File], published: str | None = "25 Oct 2018"
) -> bytes:
    """The same publisher's page of the first years: a definition list and attachments."""
    items = "".join(
        f"""<li class="attachment"><a href="{escape(f.href)}" title="{escape(f.title)}"
        itemprop="contentUrl"><span itemprop="name">{escape(f.title)}</span></a>
        <span class="fileSize">[size: <span itemprop="contentSize">{f.size}</span>]</span></li>"""
        for f in files
    )
    dated = f"""<dl class="detail-list"><dt class="detail-list__key">Publication date:</dt>
        <dd class="detail-list__value" itemprop="datePublished">{published}</dd></dl>"""
    return _publisher(
        title,
        f"""<div class="document-header"><h1>{escape(title)}</h1>{dated if published else ""}
        </div><h3>Resources</h3><ul data-uipath="ps.publication.resources">{items}</ul>""",
    )


def upcoming_page(title: str, due: str = "29 Jan 2026") -> bytes:
    """The page of an edition that is announced and not out: title and date, no file."""
    return _publisher(
        title,
        f"""<article class="article article--publication"><h1>{escape(title)}</h1>
        <div class="nhsd-o-hero__meta-data-item-title">Publication Date:</div>
        <div data-uipath="ps.publication.nominal-publication-date">{due}</div>
        <p class="nhsd-t-heading-xs">(Upcoming, not yet published)</p></article>""",
    )


def missing_page() -> bytes:
    """The body that comes with status 404."""
    return _publisher("Page not found", "<h1>Page not found</h1><p>Check the address.</p>")


def listing_page(files: Sequence[File]) -> bytes:
    """NHSBSA's page of dispensing contractors' data: every month, in accordions."""
    items = "".join(
        f"""<li><a href="{escape(f.href)}" class="file-link">{escape(f.title)}</a>
        (CSV: {f.size})</li>"""
        for f in files
    )
    return f"""<!DOCTYPE html><html lang="en">
        <head><title>Dispensing contractors' data | NHSBSA</title></head>
        <body><header><a href="/">NHS Business Services Authority</a></header>
        <main><h1>Dispensing contractors' data</h1><p>Data by dispensing contractor.</p>
        <details class="nhsuk-details"><summary>Year</summary><ul>{items}</ul></details>
        </main></body></html>""".encode()


def package_show(name: str, resources: Sequence[Resource]) -> bytes:
    """CKAN's answer about one data set."""
    listed = [_resource(resource, number) for number, resource in enumerate(resources)]
    body = {
        "help": "https://opendata.nhsbsa.net/api/3/action/help_show?name=package_show",
        "success": True,
        "result": {
            "name": name,
            "title": name.replace("-", " ").capitalize(),
            "license_id": "OGL-UK-3.0",
            "num_resources": len(listed),
            "resources": listed,
        },
    }
    return json.dumps(body, indent=1).encode()


def package_missing() -> bytes:
    """CKAN's answer about a data set that it does not have (status 404)."""
    error = {"message": "Not found", "__type": "Not Found Error"}
    return json.dumps({"help": "", "success": False, "error": error}).encode()


def login_page() -> bytes:
    """A login form, as a gateway sends it with status 200 in place of what was asked for."""
    return b"""<!DOCTYPE html><html><head><title>Sign in</title></head><body>
        <form action="/sign-in" method="post"><label>User <input name="user"></label>
        <label>Password <input type="password" name="pass"></label>
        <button>Sign in</button></form></body></html>"""


def blocked_page() -> bytes:
    """A web filter's page, with status 200 and no form."""
    return b"""<!DOCTYPE html><html><head><title>Access denied</title></head><body>
        <h1>Access denied</h1><p>This site is in the category: uncategorised.</p></body></html>"""


def _publisher(title: str, body: str) -> bytes:
    return f"""<!DOCTYPE html><html lang="en"><head><meta charset="utf-8">
        <title>{escape(title)} - NHS England Digital</title></head>
        <body><header><a href="/">NHS England Digital</a><a href="/services">Services</a></header>
        <main>{body}</main></body></html>""".encode()


def _card(file: File) -> str:
    title, href = escape(file.title), escape(file.href)
    size = f'<span class="nhsd-a-tag nhsd-a-tag--meta-light">{file.size}</span>'
    return f"""<div class="nhsd-m-download-card"><a class="nhsd-a-box-link" href="{href}"
        title="{title}" itemprop="contentUrl" aria-label="{title}">
        <div class="nhsd-m-download-card__content-box"><p itemprop="name">{title}</p>
        <div class="nhsd-m-download-card__meta-tags"><span class="nhsd-a-tag">{file.tag}</span>
        {size if file.size else ""}</div></div></a></div>"""


def _resource(resource: Resource, number: int) -> dict[str, Any]:
    return {
        "id": f"00000000-0000-4000-8000-{number:012d}",
        "name": resource.name,
        "format": resource.format,
        "url": resource.url,
        "zip_url": resource.zip_url,
        "size": resource.size,
        "position": number,
        "created": resource.created,
        "last_modified": resource.modified,
    }
