"""Content of the scorecard and the refresh pages: governance's records as plain rows."""

from __future__ import annotations

from typing import Any, get_args

import duckdb

from warehouse.base.sql import rows
from warehouse.editions.check_history import Dimension

Row = dict[str, Any]
DIMENSIONS: tuple[Dimension, ...] = get_args(Dimension)
# Verdict -> the word for it in the pages, and the name of its column of counts.
WORDS = {"pass": "passed", "warn": "warned", "fail": "failed", "skipped": "skipped"}
TREND = 24
REVISIONS = 10

# `sample`: synthetic editions that were not fetched; fetched ones are treated like real ones.
NEWEST = """
    SELECT e.*, s.synthetic AND NOT EXISTS (
        FROM governance.source_file AS f WHERE f.feed = e.feed AND f.url IS NOT NULL) AS sample
    FROM governance.edition AS e
    JOIN (SELECT feed, max(edition) AS edition, bool_and(synthetic) AS synthetic
          FROM governance.edition WHERE status NOT IN ('retired', 'withdrawn') GROUP BY feed) AS s
        USING (feed, edition)"""

# The check results of each edition when it was last checked.
LAST = """
    SELECT c.* FROM governance.check_result AS c WHERE c.feed <> 'mart'
    QUALIFY c.checked_at = max(c.checked_at) OVER (PARTITION BY c.feed, c.edition)"""


def publications(db: duckdb.DuckDBPyConnection) -> list[Row]:
    """Return every publication, newest first, with the check results of its refresh."""
    counted = ", ".join(
        f"count(c.verdict) FILTER (c.verdict = '{one}') AS {word}" for one, word in WORDS.items()
    )
    return rows(
        db,
        f"""SELECT p.*, count(DISTINCT (c.feed, c.edition)) FILTER (c.feed <> 'mart') AS judged,
                   {counted}
            FROM governance.publication AS p
            LEFT JOIN governance.refresh_check AS c ON c.refreshed_at = p.published_at
            GROUP BY ALL ORDER BY p.published_at DESC""",
    )


def feeds(db: duckdb.DuckDBPyConnection) -> list[Row]:
    """Return a row per feed: its newest edition, status, decision in force, and `dimensions`:
    dimension -> verdict -> number of checks of that edition."""
    found = rows(
        db,
        f"""SELECT f.feed, f.title, f.publisher, f.release, n.edition, n.status,
                   CASE WHEN n.override_lapsed IS NULL THEN n.override END AS override,
                   coalesce(n.sample, FALSE) AS sample, a.accepted
            FROM governance.feed AS f
            LEFT JOIN ({NEWEST}) AS n USING (feed)
            LEFT JOIN (SELECT feed, max(edition) AS accepted FROM governance.edition
                       WHERE status = 'accepted' OR stays_published IS NOT NULL
                       GROUP BY feed) AS a USING (feed)
            ORDER BY f.feed""",
    )
    counted = rows(
        db,
        f"""SELECT feed, edition, dimension, verdict, count(*) AS checks
            FROM ({LAST}) GROUP BY ALL""",
    )
    tally: dict[tuple[str, str], dict[str, dict[str, int]]] = {}
    for one in counted:
        verdicts = tally.setdefault((one["feed"], one["edition"]), {})
        verdicts.setdefault(one["dimension"], {})[one["verdict"]] = one["checks"]
    return [row | {"dimensions": tally.get((row["feed"], row["edition"]), {})} for row in found]


def held(db: duckdb.DuckDBPyConnection) -> list[Row]:
    """Return held editions with the reason, what of each stays published, and the newest accepted
    edition before it."""
    return rows(
        db,
        """SELECT e.feed, f.title, e.edition, e.reasons, e.checks_failed, e.override, e.override_by,
                  e.override_at, e.override_reason, e.override_lapsed, e.stays_published,
                  (SELECT max(a.edition) FROM governance.edition AS a
                   WHERE a.feed = e.feed AND a.status = 'accepted' AND a.edition < e.edition)
                      AS last_good
           FROM governance.edition AS e LEFT JOIN governance.feed AS f USING (feed)
           WHERE e.status = 'held' ORDER BY e.feed, e.edition""",
    )


def held_months(db: duckdb.DuckDBPyConnection) -> list[Row]:
    """Return held months of accepted editions, newest first."""
    return rows(
        db,
        """SELECT h.*, o.org_name, f.title, coalesce(m.title, h.measure) AS measure_title
           FROM governance.held_month AS h
           LEFT JOIN governance.feed AS f USING (feed)
           LEFT JOIN governance.measure AS m ON m.feed = h.feed AND m.measure = h.measure
           LEFT JOIN (SELECT org_level, org_code, any_value(org_name) AS org_name
                      FROM organisation GROUP BY ALL) AS o
               ON o.org_level = h.org_level AND o.org_code = h.org_code
           WHERE h.status = 'held'
           ORDER BY h.feed, h.edition DESC, h.month, h.org_level, h.org_code""",
    )


def overrides(db: duckdb.DuckDBPyConnection) -> list[Row]:
    """Return every decision, newest first, with the `title` of its feed. `despite`: titles of the
    failed checks of an edition accepted by it; `in_force`: whether it applies to an edition now;
    `lapsed`: why it no longer does; `uses_edition`: whether published figures may use an edition
    accepted by it."""
    found = rows(
        db,
        """SELECT o.*, f.title, e.status, e.override_at = o.decided_at AND e.override = o.decision
                      AND e.override_lapsed IS NULL AS in_force,
                  CASE WHEN e.override_at = o.decided_at THEN e.override_lapsed END AS lapsed
           FROM governance.override AS o LEFT JOIN governance.feed AS f USING (feed)
           LEFT JOIN governance.edition AS e ON e.feed = o.feed AND e.edition = o.edition
           ORDER BY o.decision_id DESC""",
    )
    titles = rule_titles(db)
    for one in found:
        failed = filter(None, (one["failed_rules"] or "").split("\n"))
        one["despite"] = [_titled(titles, one["feed"], rule) for rule in failed]
        accepted = one["decision"] == "accept" and one["status"] == "accepted"
        one["uses_edition"] = accepted and not one["lapsed"]
    return found


def _titled(titles: dict[tuple[str, str], str], feed: str, failed: str) -> str:
    """A failed check by its title: `keys_unique (month, code)` is `No key is repeated (month,
    code)`."""
    rule, space, columns = failed.partition(" ")
    return titles.get((feed, rule), rule) + space + columns


def rule_titles(db: duckdb.DuckDBPyConnection) -> dict[tuple[str, str], str]:
    """Return (feed, rule) -> title of the check, from its newest result."""
    found = rows(
        db,
        """SELECT feed, rule, max_by(title, checked_at) AS title FROM governance.check_result
           GROUP BY ALL""",
    )
    return {(one["feed"], one["rule"]): one["title"] for one in found}


def disputed(db: duckdb.DuckDBPyConnection) -> int:
    """Count the figures that use something accepted despite failed checks."""
    [found] = rows(db, "SELECT count(*) AS figures FROM kpi_monthly WHERE status = 'disputed'")
    return int(found["figures"])


def missing(db: duckdb.DuckDBPyConnection) -> list[Row]:
    """Count the figures that have no value, by reason, most first: `why` (a status where no reason
    is recorded), `levels` and `figures`. How many members are missing is told at each figure."""
    return rows(
        db,
        r"""SELECT CASE WHEN status = 'suppressed' OR status_reason IS NULL THEN status
                    ELSE regexp_replace(status_reason, '^\d+ of \d+ members', 'some members')
                    END AS why,
                   list(DISTINCT org_level) AS levels, count(*) AS figures
            FROM kpi_period WHERE value IS NULL GROUP BY ALL ORDER BY figures DESC, why""",
    )


def quarantine(db: duckdb.DuckDBPyConnection) -> list[Row]:
    """Count quarantined rows by feed, edition and rule, with the titles of feed and rule."""
    found = rows(
        db,
        """SELECT q.feed, f.title, q.edition, q.rule, count(*) AS rows
           FROM governance.quarantine AS q LEFT JOIN governance.feed AS f USING (feed)
           GROUP BY ALL ORDER BY q.feed, q.edition DESC, q.rule""",
    )
    titles = rule_titles(db)
    return [
        one | {"rule_title": titles.get((one["feed"], one["rule"]), one["rule"])} for one in found
    ]


def revisions(db: duckdb.DuckDBPyConnection) -> list[Row]:
    """Return the largest revision of each KPI in the last 12 editions, among ICBs and sub-ICBs."""
    return rows(
        db,
        f"""SELECT * FROM largest_revisions WHERE rank = 1 AND org_level IN ('sub_icb', 'icb')
            QUALIFY row_number() OVER (PARTITION BY kpi_id ORDER BY size DESC, org_level) = 1
            ORDER BY size DESC, kpi_id LIMIT {REVISIONS}""",
    )


def caveats(db: duckdb.DuckDBPyConnection) -> list[Row]:
    """Return every caveat once, breaks and the like first; `subjects`: titles of the feeds and KPIs
    that it applies to."""
    return rows(
        db,
        """SELECT * FROM (
               SELECT c.kind, c.caveat, c.first_month, c.last_month,
                      any_value(c.reference) AS reference,
                      list(DISTINCT coalesce(k.title, f.title, c.subject_id)
                           ORDER BY coalesce(k.title, f.title, c.subject_id)) AS subjects,
                      coalesce(list(DISTINCT c.org_code ORDER BY c.org_code)
                               FILTER (c.org_code IS NOT NULL), []) AS organisations
               FROM governance.caveat AS c
               LEFT JOIN kpi AS k ON k.kpi_id = c.subject_id
               LEFT JOIN governance.feed AS f ON f.feed = c.subject_id
               GROUP BY ALL)
           ORDER BY kind = 'general', first_month DESC NULLS LAST, caveat""",
    )


def checks_of_refresh(db: duckdb.DuckDBPyConnection, refreshed_at: object) -> list[Row]:
    """Return what was checked in a refresh: one row per edition with its `results`, failures
    first."""
    found = rows(
        db,
        """SELECT c.*, f.title AS feed_title, e.status, e.override, e.override_reason,
                  e.override_by, e.override_at, e.override_lapsed, k.owner, k.action, k.threshold,
                  k.threshold_means
           FROM governance.refresh_check AS c
           LEFT JOIN governance.feed AS f USING (feed)
           LEFT JOIN governance.edition AS e ON e.feed = c.feed AND e.edition = c.edition
           LEFT JOIN governance.check_register AS k ON k.feed = c.feed AND k.rule = c.rule
           WHERE c.refreshed_at = $at
           ORDER BY c.feed = 'mart' DESC, c.feed, c.edition DESC, c.checked_at,
                    list_position(['fail', 'warn', 'skipped', 'pass'], c.verdict)""",
        at=refreshed_at,
    )
    editions: dict[tuple[str, str], Row] = {}
    for one in found:
        entry = editions.setdefault((one["feed"], one["edition"]), {**one, "results": []})
        entry["results"].append(one)
    for entry in editions.values():
        verdicts = [one["verdict"] for one in entry["results"]]
        entry["tally"] = {verdict: verdicts.count(verdict) for verdict in WORDS}
    return list(editions.values())
