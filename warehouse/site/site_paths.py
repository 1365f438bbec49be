"""Addresses of pages and files within the site. Relative, with `/`: the site opens from a folder as
well as from any web server."""

from __future__ import annotations

import re

INDEX = "index.html"
KPIS, KPI_FOLDER = "kpis/index.html", "kpis"
PLACES, PLACE_FOLDER = "places/index.html", "places"
CLAIMS = "claims.html"
TRUST, TRUST_FOLDER = "trust/index.html", "trust"
PLAN, PLAN_FOLDER = "plan/index.html", "plan"
BOARD_PAPER, COUNCIL_PAPER = "board-paper.html", "council-paper.html"
PAYMENT, AGREED = "plan/payment.html", "plan/decisions.html"
COMPARE = "compare.html"
ALL_DOWNLOADS = "downloads.html"
CHARTS, STATIC, DOWNLOADS = "charts", "static", "downloads"
_UNSAFE = re.compile(r"[^A-Za-z0-9_-]")


def kpi_page(kpi_id: str) -> str:
    """The page of a KPI."""
    return f"{KPI_FOLDER}/{_safe(kpi_id)}.html"


def place_page(level: str, code: str) -> str:
    """The page of an organisation."""
    return f"{PLACE_FOLDER}/{_safe(level)}-{_safe(code)}.html"


def action_page(action_id: str) -> str:
    """The page of an action of the plan."""
    return f"{PLAN_FOLDER}/action-{_safe(action_id)}.html"


def chart_file(*parts: str, kind: str = "svg") -> str:
    """A file of a chart, named by what it shows."""
    return f"{CHARTS}/{'-'.join(map(_safe, parts))}.{kind}"


def up_from(path: str) -> str:
    """What leads from a page to the root of the site: `../` for one in a folder."""
    return "../" * path.count("/")


def _safe(text: str) -> str:
    """A code as part of a file's name, on Windows too. Codes come from files."""
    return _UNSAFE.sub(lambda found: f"~{ord(found[0]):x}", text)
