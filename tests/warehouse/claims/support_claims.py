"""Small marts and registers for claims: a few figures set by the test, without files."""

from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import duckdb
import yaml

from warehouse.claims.evaluate import EvaluatedClaim, evaluate_claims
from warehouse.claims.register import load_register
from warehouse.claims.register_entries import Claim
from warehouse.kpi.catalogue import catalogue

CITY, LLR = ("sub_icb", "04C"), ("icb", "QK1")
APPOINTMENTS, SHARE = "appointments", "appointments_same_day_share"
CITY_AND_LLR = [{"level": "sub_icb", "code": "04C"}, {"level": "icb", "code": "QK1"}]
PEOPLE = {"unit": "people", "kpi": "nhs_app_unique_users", "written": "1.4m"}
FROM_TODAY = "differs from today's figures by"
NOT_THEN = "; the edition of the time is not available"
Entry = dict[str, Any]
ADD_VINTAGE = "INSERT INTO mart.kpi_vintage VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?)"
ADD_MONTHLY = "INSERT INTO mart.kpi_monthly VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, 2, 3)"
FORGET = """DELETE FROM mart.kpi_monthly
    WHERE month = ? AND org_level = ? AND org_code = ? AND kpi_id = ?"""


def figure(**keys: Any) -> Entry:
    """An entry of the register: by default appointments of October 2024."""
    entry = {
        "label": "a figure",
        "aspect": "value",
        "written": "100",
        "unit": "events",
        "kpi": "appointments",
        "period": {"month": "2024-10"},
    } | keys
    return {key: value for key, value in entry.items() if value is not None}


def registered(
    folder: Path, *, organisations: object = None, said_by: str | None = None, **figures: Entry
) -> tuple[Claim, ...]:
    """A register of one statement with these figures (`a_claim` is called `a-claim`)."""
    city = [{"level": "sub_icb", "code": "04C"}]
    said = {
        "says": "A hundred appointments were given in October.",
        "organisations": organisations or city,
        "figures": {name.replace("_", "-"): entry for name, entry in figures.items()},
    }
    document = {"title": "Minutes", "body": "A council", "date": "2025-02-01", "said_by": said_by}
    path = folder / "claims.yaml"
    whole = {"doc": document | {"statements": {"one": said}}}
    path.write_text(yaml.safe_dump(whole, sort_keys=False), "utf-8")
    return load_register(path)


class LittleMart:
    """The tables that claims are judged against, filled figure by figure."""

    def __init__(self, db: duckdb.DuckDBPyConnection) -> None:
        self.db = db
        tables = """ATTACH ':memory:' AS mart;
            CREATE SCHEMA mart.governance;
            CREATE TABLE mart.kpi_vintage (month DATE, org_level VARCHAR, org_code VARCHAR,
                kpi_id VARCHAR, edition VARCHAR, revision INTEGER, value DOUBLE,
                numerator BIGINT, denominator BIGINT);
            CREATE TABLE mart.kpi_monthly (month DATE, org_level VARCHAR, org_code VARCHAR,
                kpi_id VARCHAR, edition VARCHAR, value DOUBLE, numerator BIGINT,
                denominator BIGINT, status VARCHAR, members_present BIGINT,
                members_expected BIGINT);
            CREATE TABLE mart.kpi_other_period AS FROM mart.kpi_monthly;
            CREATE TABLE mart.governance.edition (feed VARCHAR, edition VARCHAR, status VARCHAR,
                first_month VARCHAR, last_month VARCHAR, reasons VARCHAR, override VARCHAR,
                override_by VARCHAR, override_reason VARCHAR, override_lapsed VARCHAR,
                stays_published VARCHAR);
            CREATE TABLE mart.governance.source_file (feed VARCHAR, edition VARCHAR,
                file_name VARCHAR, withdrawn BOOLEAN, withdrawn_by VARCHAR,
                withdrawn_reason VARCHAR)"""
        for sql in tables.split(";"):
            db.execute(sql.strip())

    def knows(
        self,
        kpi: str,
        months: Mapping[str, int | tuple[int, int] | None],
        edition: str = "2025-11",
        revision: int = 1,
        place: tuple[str, str] = CITY,
    ) -> None:
        """Figures of an edition: month -> value, or numerator and denominator; None: incomplete."""
        for month, told in months.items():
            top, bottom = told if isinstance(told, tuple) else (told, None)
            value = top / bottom if top is not None and bottom else top
            key = [f"{month}-01", *place, kpi]
            status = "incomplete" if value is None else "final"
            self.db.execute(ADD_VINTAGE, [*key, edition, revision, value, top, bottom])
            self.db.execute(FORGET, key)
            self.db.execute(ADD_MONTHLY, [*key, edition, value, top, bottom, status])

    def holds(
        self, feed: str, edition: str, status: str = "accepted", since: str = "", **columns: str
    ) -> None:
        """An edition of a feed, its status, and the first month it covers."""
        row = {"feed": feed, "edition": edition, "status": status} | columns
        self._insert("edition", row | {"first_month": since or edition, "last_month": edition})

    def withdrew(self, feed: str, edition: str, file_name: str, by: str, reason: str) -> None:
        """A file of an edition that was withdrawn."""
        row = {"feed": feed, "edition": edition, "file_name": file_name, "withdrawn": True}
        self._insert("source_file", row | {"withdrawn_by": by, "withdrawn_reason": reason})

    def _insert(self, table: str, row: Mapping[str, object]) -> None:
        marks = ", ".join("?" for _ in row)
        sql = f"INSERT INTO mart.governance.{table} ({', '.join(row)}) VALUES ({marks})"
        self.db.execute(sql, list(row.values()))

    def judged(
        self, claims: tuple[Claim, ...], synthetic: bool = False
    ) -> dict[str, EvaluatedClaim]:
        """The claims after their trial, by id."""
        self.db.execute("DROP SCHEMA IF EXISTS stage CASCADE; CREATE SCHEMA stage")
        tested = evaluate_claims(self.db, claims, catalogue(), synthetic)
        return {one.claim.claim_id: one for one in tested}


@contextmanager
def little_mart() -> Iterator[LittleMart]:
    """A mart with no figures, and an accepted edition of the feed of appointments."""
    with duckdb.connect(config={"threads": 1}) as db:
        mart = LittleMart(db)
        mart.holds("gp_appointments_sub_icb", "2025-11")
        yield mart
