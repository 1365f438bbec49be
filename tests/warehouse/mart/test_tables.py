"""The tables that users hold in their hands: names, comments, and that they agree."""

from pathlib import Path

import duckdb
import pytest

from checks.check_catalogue import mart_checks
from checks.mart_checks import OFFENCES
from tests.checks.cases_corrections import RIGHT, WRONG, correcting
from tests.checks.cases_mart import LIST, MADE
from tests.support import regional, write, write_regional
from tests.warehouse.support_mart import Mart, bring, build, build_aside, retrieved, take_in_all
from tests.warehouse.worlds import area
from warehouse.archive.source_files import Archive
from warehouse.base.home import Home
from warehouse.contract.model import contracts
from warehouse.editions.freshness import freshness
from warehouse.kpi.catalogue import catalogue
from warehouse.mart.figure_status import WITHOUT_VALUE
from warehouse.mart.place_names import short_name, shortened
from warehouse.publication.publish import publish

COLUMNS = {
    "kpi_monthly": "month org_level org_code kpi_id value numerator denominator "
    "previous_year_value year_on_year_change year_on_year_ratio financial_ytd_value "
    "rolling_12_month_value first_reported_value edition status members_present "
    "members_expected synthetic organisation_key kpi_key kpi_title unit financial_year "
    "previous_month_value previous_month_change",
    "kpi": "kpi_id kpi_key title description numerator denominator unit polarity "
    "additive_over_organisations additive_over_time not_additive_because feed theme caveats "
    "owner reviewed_on next_review typical_revision_after_1 typical_revision_after_3 "
    "typical_revision_after_12",
    "pharmacy_participation": "month org_level org_code org_name list_edition pharmacies_on_list "
    "participating claiming_but_not_on_list organisation_key",
    "pharmacy_first_monthly": "month org_level org_code organisation_key "
    "pharmacy_first_consultations",
    "nhs_app_monthly": "month org_level org_code nhs_app_logins",
    "organisation": "org_code org_level org_name pcn_code sub_icb_code icb_code region_code "
    "local_authority valid_from valid_to imd_score imd_quintile organisation_key short_name",
    "organisation_current": "organisation_key org_code org_level org_name short_name",
    "calendar_month": "month financial_year financial_month days working_days",
    "kpi_vintage": "month org_level org_code kpi_id edition revision published_on value "
    "numerator denominator known_from known_until organisation_key kpi_key",
    "kpi_revision": "kpi_id org_level org_code org_name month from_edition edition revision "
    "known_from kind old_value new_value change ratio editions_after synthetic "
    "organisation_key kpi_key",
    "kpi_revision_typical": "kpi_id org_level editions_after basis observations median_change "
    "p90_change unit_of_change",
    "largest_revisions": "rank kpi_id org_level org_code month edition old_value new_value size",
    "kpi_monthly_with_caveats": "kpi_id value status synthetic caveats comparison_caveats",
    "appointments_monthly": "month org_level org_code appointments registered_patients "
    "appointments_dna_share",
    "feed": "feed title publisher licence",
    "edition": "feed edition status reasons",
    "source_file": "sha256 container_sha256 file_name feed edition edition_basis revision bytes "
    "rows url page published_on retrieved_at licence synthetic",
    "check_result": "run_id feed edition layer rule title dimension severity column_name observed "
    "expected failed_rows total_rows verdict message checked_at code_version",
    "quarantine": "feed edition rule reason source_row row_json",
    "caveat": "subject subject_id caveat caveat_id kind first_month last_month org_level org_code "
    "reference",
    "caveat_scope": "caveat_id kpi_id org_level org_code first_month last_month",
    "caveat_text": "kpi_id org_level org_code month caveats comparison_caveats",
    "publication": "published_at run_id fingerprint",
    "figure_source": "feed org_level org_code month edition revision sha256",
}


def test_every_table_has_its_columns_each_with_a_comment(llr: Mart) -> None:
    found = llr.rows(
        "SELECT table_name, column_name, comment FROM duckdb_columns() "
        "WHERE database_name = 'mart' AND table_name IN (SELECT unnest($tables))",
        tables=list(COLUMNS),
    )
    known = {(row["table_name"], row["column_name"]) for row in found}
    wanted = {(table, column) for table, names in COLUMNS.items() for column in names.split()}
    assert wanted - known == set()
    assert [row for row in found if len(row["comment"] or "") < 8] == []


def test_types_are_those_of_the_interface(llr: Mart) -> None:
    found = llr.rows(
        "SELECT column_name, data_type FROM duckdb_columns() WHERE database_name = 'mart' "
        "AND table_name = 'kpi_monthly'"
    )
    types = {row["column_name"]: row["data_type"] for row in found}
    wanted = {"month": "DATE", "value": "DOUBLE", "synthetic": "BOOLEAN", "org_code": "VARCHAR"}
    assert {name: types[name] for name in wanted} == wanted


def test_wide_view_has_a_column_per_kpi_and_the_same_figures(llr: Mart) -> None:
    columns = llr.rows("SELECT * FROM appointments_monthly LIMIT 1")[0]
    appointments = {k for k, kpi in catalogue().items() if kpi.theme == "appointments"}
    assert set(columns) >= appointments
    for theme in ("pharmacy_first", "nhs_app"):
        ids = {k for k, kpi in catalogue().items() if kpi.theme == theme}
        shown = llr.rows(f"DESCRIBE {theme}_monthly")
        assert {row["column_name"] for row in shown} >= ids
    [row] = llr.rows(
        "SELECT * FROM appointments_monthly WHERE org_code = '04C' AND org_level = 'sub_icb' "
        "AND month = DATE '2025-10-01'"
    )
    assert {k: row[k] for k in appointments} == {
        k: llr.value(k, "sub_icb", "04C", "2025-10") for k in appointments
    }


# Table or view -> its primary keys, as its comment states them.
PRIMARY_KEYS = {
    "kpi_monthly": [
        "kpi_id, org_level, org_code, month",
        "kpi_key, organisation_key, month",
    ],
    "kpi_other_period": ["kpi_id, org_level, org_code, period_start, period_end"],
    "kpi_vintage": ["kpi_id, org_level, org_code, month, edition, revision"],
    "kpi_revision": ["kpi_id, org_level, org_code, month, edition, revision"],
    "kpi_spc": ["kpi_id, org_level, org_code, month", "kpi_id, organisation_key, month"],
    "kpi_comparison": ["kpi_id, org_level, org_code, month", "kpi_id, organisation_key, month"],
    "kpi_by_deprivation": [
        "kpi_id, org_level, org_code, month, quintile",
        "kpi_id, organisation_key, month, quintile",
    ],
    "kpi_inequality": ["kpi_id, org_level, org_code, month", "kpi_id, organisation_key, month"],
    "kpi_funding_outcome": [
        "funding_kpi_id, kpi_id, org_level, org_code, month",
        "funding_kpi_id, kpi_id, organisation_key, month",
    ],
    "kpi_target": ["target_key"],
    "kpi": ["kpi_id", "kpi_key"],
    "organisation": ["organisation_key"],
    "organisation_current": ["org_level, org_code", "organisation_key"],
    "calendar_month": ["month"],
    "pharmacy_participation": ["org_level, org_code, month"],
    "appointments_monthly": ["organisation_key, month"],
}


@pytest.mark.parametrize("table", PRIMARY_KEYS)
def test_primary_keys_hold_and_are_in_the_comment(llr: Mart, table: str) -> None:
    [row] = llr.rows(
        "SELECT comment FROM (SELECT table_name, comment, database_name FROM duckdb_tables() "
        "UNION ALL SELECT view_name, comment, database_name FROM duckdb_views()) "
        "WHERE table_name = $table AND database_name = 'mart'",
        table=table,
    )
    stated = row["comment"].partition("Primary key: ")[2]
    for key in PRIMARY_KEYS[table]:
        assert key in stated
        [count] = llr.rows(
            f"SELECT count(*) AS rows, count(DISTINCT ({key})) AS keys, "
            f"count(*) FILTER (WHERE ({' OR '.join(f'{c} IS NULL' for c in key.split(', '))})) "
            f"AS empty FROM {table}"
        )
        assert count["rows"] == count["keys"] and not count["empty"], key


FACTS = (
    *("kpi_monthly", "kpi_other_period", "kpi_vintage", "kpi_revision", "appointments_monthly"),
    *("kpi_spc", "kpi_comparison", "kpi_by_deprivation", "kpi_inequality"),
)


@pytest.mark.parametrize("table", FACTS)
def test_every_fact_joins_its_organisation_by_one_column(llr: Mart, table: str) -> None:
    [row] = llr.rows(
        f"""SELECT count(*) AS rows, count(o.organisation_key) AS found,
               count(*) FILTER (o.org_level = f.org_level AND o.org_code = f.org_code
                   AND f.month BETWEEN o.valid_from
                       AND coalesce(o.valid_to, DATE '9999-12-31')) AS right
        FROM {"kpi_period" if table == "kpi_other_period" else table} AS f
        LEFT JOIN organisation AS o USING (organisation_key)"""
    )
    assert row["rows"] == row["found"] == row["right"]
    assert row["rows"] or table == "kpi_by_deprivation", "this home has no index of deprivation"


def test_keys_of_statistics_are_traced_to_organisations(llr: Mart) -> None:
    for table in (
        "kpi_spc",
        "kpi_comparison",
        "kpi_by_deprivation",
        "kpi_inequality",
        "kpi_target",
    ):
        own = llr.rows(
            "SELECT from_column FROM lineage_of($table, 'organisation_key') WHERE to_table = $full",
            table=table,
            full=f"mart.{table}",
        )
        named = {row["from_column"] for row in own}
        assert {"org_level", "org_code", "organisation_since"} <= named, table
        [row] = llr.rows(
            "SELECT count(*) AS steps FROM lineage_of($table, 'organisation_since')", table=table
        )
        assert row["steps"] > 1, table


def test_the_month_before_is_compared_in_the_unit_of_the_kpi(llr: Mart) -> None:
    joined = """FROM kpi_monthly AS m JOIN kpi AS k USING (kpi_key)
        LEFT JOIN kpi_monthly AS b ON b.kpi_id = m.kpi_id AND b.org_level = m.org_level
            AND b.org_code = m.org_code AND b.month = m.month - INTERVAL 1 MONTH"""
    wrong = llr.rows(
        f"""SELECT m.kpi_id, m.month {joined}
        WHERE m.previous_month_value IS DISTINCT FROM b.value
           OR m.previous_month_change IS DISTINCT FROM m.value - b.value
           OR m.kpi_id <> k.kpi_id OR m.kpi_title <> k.title OR m.unit <> k.unit"""
    )
    assert wrong == []
    [row] = llr.rows("SELECT count(previous_month_change) AS known FROM kpi_monthly")
    assert row["known"] > 100


def test_short_names_are_those_of_the_table_or_of_the_name(llr: Mart) -> None:
    found = {
        (row["org_level"], row["org_code"]): row["short_name"]
        for row in llr.rows("FROM organisation_current")
    }
    assert found[("sub_icb", "04C")] == "Leicester City"
    assert found[("sub_icb", "03W")] == "East Leicestershire and Rutland"
    assert found[("icb", "QK1")] == "LLR"
    assert None not in found.values()


@pytest.mark.parametrize(
    ("published", "short"),
    [
        ("NHS Kent and Medway Integrated Care Board", "Kent and Medway"),
        ("NHS Kent and Medway ICB - 91Q", "Kent and Medway - 91Q"),
        ("Cumbria and North East STP", "Cumbria and North East"),
        ("THE SURGERY", "THE SURGERY"),
        (None, None),
        ("NHS Kent and Medway Integrated Care Board (SYNTHETIC)", "Kent and Medway (SYNTHETIC)"),
    ],
)
def test_a_name_loses_what_all_of_its_level_have(published: str | None, short: str | None) -> None:
    with duckdb.connect() as db:
        db.execute("CREATE TABLE n AS SELECT $name::VARCHAR AS org_name", {"name": published})
        db.execute("CREATE TABLE w AS SELECT NULL::VARCHAR AS short_name")
        assert db.execute(f"SELECT {short_name('w', 'n')} FROM n, w").fetchone() == (short,)
    assert published is None or shortened(published) == short


def test_periods_of_an_organisation_never_overlap(llr: Mart) -> None:
    assert (
        llr.rows(
            """SELECT a.org_level, a.org_code, a.valid_from FROM organisation AS a
        JOIN organisation AS b USING (org_level, org_code)
        WHERE a.valid_from < b.valid_from
          AND coalesce(a.valid_to, DATE '9999-12-31') >= b.valid_from"""
        )
        == []
    )
    assert llr.rows("SELECT * FROM organisation WHERE valid_to < valid_from") == []


def test_every_value_of_a_wide_view_has_a_status_that_says_why_it_is_missing(llr: Mart) -> None:
    rows = llr.rows("SELECT * FROM appointments_monthly")
    places = [(row["month"], row["org_level"], row["org_code"]) for row in rows]
    assert len(places) > 100 and places == sorted(places)
    kpis = [kpi for kpi in catalogue().values() if kpi.theme == "appointments"]
    known = {
        (row["kpi_id"], row["month"], row["org_level"], row["org_code"]): row["status"]
        for row in llr.rows("SELECT * FROM kpi_monthly")
    }
    seen = set()
    for row, place in zip(rows, places, strict=True):
        for kpi in kpis:
            value, status = row[kpi.kpi_id], row[f"{kpi.kpi_id}_status"]
            assert status and (value is None) == (status in WITHOUT_VALUE), (row, kpi.kpi_id)
            levels = {level for source in kpi.sources for level in source.levels}
            absent = "not_available" if row["org_level"] in levels else "not_applicable"
            assert status == known.get((kpi.kpi_id, *place), absent)
            seen.add(status)
    assert seen >= {"final", "incomplete", "not_available", "not_applicable"}


def test_every_figure_has_an_organisation_and_a_kpi(llr: Mart) -> None:
    assert (
        llr.rows(
            "SELECT DISTINCT org_level, org_code FROM kpi_monthly ANTI JOIN organisation "
            "USING (org_level, org_code)"
        )
        == []
    )
    assert {r["kpi_id"] for r in llr.rows("SELECT kpi_id FROM kpi")} == set(catalogue())


def test_counted_figure_is_traced_to_its_file(llr: Mart) -> None:
    counted = llr.rows(
        """SELECT m.org_code, m.month, m.edition, f.rows, s.file_name, s.in_mart
        FROM kpi_monthly AS m
        LEFT JOIN governance.figure_source AS f
            ON f.org_level = m.org_level AND f.org_code = m.org_code AND f.month = m.month
            AND f.edition = m.edition AND f.feed = 'gp_appointments_' || m.org_level
        LEFT JOIN governance.source_file AS s ON s.sha256 = f.sha256
        WHERE m.kpi_id = 'appointments' AND m.org_level IN ('practice', 'sub_icb')
          AND m.value IS NOT NULL"""
    )
    assert len(counted) > 100
    assert [row for row in counted if not row["in_mart"] or not row["rows"]] == []
    files = {(r["org_code"], str(r["month"])[:7]): r["file_name"] for r in counted}
    assert files[("04C", "2025-10")] == "llr-nov.csv"
    assert files[("04V", "2025-10")] == "llr-oct.csv"
    assert files[("C82002", "2025-05")] == "practice-may.csv"


def test_timeliness_is_of_the_day_of_the_query(llr: Mart, llr_home: Home) -> None:
    """The view says in SQL what `freshness` says in Python, as at today: editions of years ago
    failed, though all their checks of timeliness passed when they were judged."""
    files = Archive(llr_home).active_files()
    told = {row["feed"]: row for row in llr.rows("FROM governance.timeliness")}
    assert set(told) == set(contracts())
    for feed, contract in contracts().items():
        newest = max((file.edition for file in files if file.feed == feed), default=None)
        row = told[feed]
        expected = freshness(contract, newest, False, row["as_at"])
        assert (row["newest_edition"], row["next_edition"]) == (newest, expected.next_edition), feed
        assert (row["next_due"], row["verdict"]) == (expected.due, expected.verdict), feed
        assert row["days_overdue"] == (None if expected.due is None else expected.days_overdue), (
            feed
        )
    assert told["gp_appointments_sub_icb"]["verdict"] == "fail"
    passed = """SELECT 1 FROM governance.check_result
        WHERE feed = 'gp_appointments_sub_icb' AND dimension = 'timeliness' AND verdict = 'fail'"""
    assert llr.rows(passed) == []


def test_governance_tables_agree_with_each_other(llr: Mart, llr_home: Home) -> None:
    assert len(llr.rows("FROM governance.source_file")) == len(Archive(llr_home).files())
    assert (
        llr.rows(
            """SELECT e.feed, e.edition FROM governance.edition AS e
        JOIN (SELECT feed, edition, count(*) AS n FROM governance.source_file GROUP BY ALL) AS f
            USING (feed, edition) WHERE e.files <> f.n"""
        )
        == []
    )
    assert llr.rows("SELECT * FROM governance.edition ANTI JOIN governance.feed USING (feed)") == []
    [row] = llr.rows("FROM governance.publication ORDER BY published_at DESC LIMIT 1")
    [counted] = llr.rows("SELECT count(value) AS n FROM kpi_period")
    assert (row["figures"], row["editions"]) == (
        counted["n"],
        len(llr.rows("FROM governance.edition")),
    )
    lost = llr.rows("SELECT file_name, found, source_row FROM governance.quarantine ORDER BY found")
    assert [tuple(one.values()) for one in lost] == [
        ("list-sep.csv", "lots", 3),
        ("practice-jun.csv", "many", 4),
        ("llr-nov.csv", "x", 4),
        ("list-sep.csv", None, 6),
    ]


def test_mart_keeps_the_verdicts_on_itself(llr: Mart) -> None:
    found = llr.rows("SELECT rule, verdict FROM governance.check_result WHERE layer = 'mart'")
    assert {row["rule"]: row["verdict"] for row in found} == {
        check.rule: "pass" for check in mart_checks()
    }


def test_held_edition_is_absent_but_listed(home: Home, tmp_path: Path) -> None:
    good = write_regional(tmp_path / "oct.csv", area("04C", "OCT2025", 10))
    bad = write_regional(
        tmp_path / "nov.csv",
        area("04C", "OCT2025", 99),
        *[area("04C", "NOV2025", "?", APPT_STATUS=s) for s in ["Attended", "DNA"] * 12],
    )
    bring(home, good, retrieved(bad, "2025-12-20"))
    verdicts = take_in_all(home)
    assert verdicts[("gp_appointments_sub_icb", "2025-11")] == "held"
    publish(home, build_aside(home))
    mart = Mart(home.mart)
    assert mart.vintages("appointments", "sub_icb", "04C", "2025-10") == [("2025-10", 1, 10)]
    [row] = mart.rows("SELECT * FROM governance.edition WHERE edition = '2025-11'")
    assert (row["status"], row["rows_quarantined"], row["revisions"]) == ("held", 24, None)
    assert "whole number" in row["reasons"]
    [publication] = mart.rows("FROM governance.publication")
    assert (publication["editions"], publication["held_editions"]) == (1, 1)


@pytest.mark.parametrize("level", ["sub_icb", "icb"])
def test_people_added_over_organisations_are_found(llr: Mart, tmp_path: Path, level: str) -> None:
    """Users of the App are counted by ICB: at a sub-ICB they are wrong, whatever their number."""
    changes = "'nhs_app_unique_users' AS kpi_id, 1 AS value"
    counted = "INSERT INTO governance.figure_source SELECT * REPLACE ('nhs_app' AS feed, 'icb' AS "
    counted += "org_level) FROM governance.figure_source LIMIT 1;"
    path = tmp_path / "spoilt.duckdb"
    path.write_bytes(llr.path.read_bytes())
    with duckdb.connect(str(path)) as db:
        db.execute(counted + MADE.format(changes=changes, chosen=LIST.format(level)))
        found = db.execute(OFFENCES["non_additive_not_summed"][1]).fetchall()
    assert len(found) == (level == "sub_icb")


def test_a_corrected_cell_is_listed_with_its_evidence(home: Home, tmp_path: Path) -> None:
    """What was published, what is read instead, and the figure that follows."""
    with correcting():
        wrong = regional({"ICB_NAME": WRONG, "COUNT_OF_APPOINTMENTS": 99})
        mart = build(home, [write(tmp_path / "regional.csv", wrong)])
        rows = mart.rows("SELECT * FROM governance.correction ORDER BY column_name")
    assert [(r["source_row"], r["column_name"], r["published"], r["corrected"]) for r in rows] == [
        (2, "appointments", "99", "12"),
        (2, "icb_name", WRONG, RIGHT),
    ]
    assert {(r["correction_id"], r["in_force"], r["expires"]) for r in rows} == {
        ("leicester-icb", True, "2026-01")
    }
    assert mart.value("appointments", "sub_icb", "04C", "2025-10") == 12
