"""Caveats: where they are set, what they apply to, and that they are beside the figures."""

from datetime import date
from typing import Any

import duckdb
import pytest
from pydantic import ValidationError

from pipelines.cli.not_comparable import HEADINGS
from tests.warehouse.support_mart import Mart
from warehouse.base.sql import rows
from warehouse.contract.caveat import Caveat
from warehouse.contract.model import contracts
from warehouse.kpi.catalogue import WORKING_DAYS_COUNT, WORKING_DAYS_SHARE, catalogue, measure_of
from warehouse.mart.caveats import bind, caveat_macros, caveat_views, create_caveats
from warehouse.mart.hierarchy import create_from
from warehouse.mart.load import calendar

LISTS = "registered_patients"
BREAK = {"text": "Counted from another register since.", "kind": "series_break"}


def with_caveats(*written: object, feed: str = LISTS) -> dict[str, Any]:
    """The contract of one feed, with these caveats only."""
    caveats = tuple(Caveat.model_validate(one) for one in written)
    return {feed: contracts()[feed].model_copy(update={"caveats": caveats})}


def reach(feed: str, **written: object) -> set[tuple[str, str]]:
    caveat = {"text": "Something to bear in mind.", **written}
    [bound] = bind(with_caveats(caveat, feed=feed), bare())[-1:]
    return set(bound.reach)


def bare() -> dict[str, Any]:
    """The catalogue without its own caveats."""
    return {k: kpi.model_copy(update={"caveats": ()}) for k, kpi in catalogue().items()}


@pytest.mark.parametrize(
    ("written", "complaint"),
    [
        ({**BREAK, "first_month": "2024-04", "last_month": "2024-03"}, "is after `last_month"),
        (BREAK, "needs `first_month:`"),
        ({"text": "Something else.", "kind": "rumour"}, "non_comparable"),
        ({"text": "Something else.", "first_month": "April 2024"}, "first_month"),
        ({"text": "Something else.", "month": "2024-04"}, "month"),
    ],
)
def test_caveat_that_makes_no_sense_is_refused(written: dict[str, object], complaint: str) -> None:
    with pytest.raises(ValidationError, match=complaint):
        Caveat.model_validate(written)


@pytest.mark.parametrize(
    ("written", "complaint"),
    [
        ({"kpis": ["appointment"]}, r"registered_patients: .*`appointment` is unknown"),
        (
            {"kpis": ["nhs_app_logins"]},
            "does not use this feed; KPIs that use it: appointments_per_1000",
        ),
        ({"org_level": "pharmacy"}, "none of its KPIs has figures of `pharmacy`"),
    ],
)
def test_caveat_that_reaches_nothing_is_refused(written: dict[str, object], complaint: str) -> None:
    with pytest.raises(ValueError, match=complaint):
        reach(LISTS, **written)


def test_caveat_of_a_kpi_names_no_others() -> None:
    caveat = Caveat(text="Something to bear in mind.", kpis=("appointments",))
    kpi = catalogue()["appointments"].model_copy(update={"caveats": (caveat,)})
    with pytest.raises(ValueError, match=r"appointments: .*remove `kpis:`"):
        bind({}, {"appointments": kpi})


def test_caveat_of_a_feed_reaches_figures_with_it_as_numerator_or_denominator() -> None:
    assert reach("gp_appointments_coverage") == {
        (kpi, level)
        for kpi in (
            "appointments_per_1000_patients",
            "appointments_patient_coverage_share",
            "included_practices",
            "open_practices",
        )
        for level in ("sub_icb", "icb", "region", "england")
    } | {
        *(("nhs_app_logins_per_1000_patients", level) for level in ("icb", "region", "england")),
        ("nhs_app_ordering_share_of_patients", "icb"),
    }
    rates = {one for one in reach(LISTS) if one[0] == "appointments_per_1000_patients"}
    assert {level for _, level in rates} == {"practice", "pcn"}
    assert reach(LISTS, org_level="icb", kpis=[LISTS]) == {(LISTS, "icb")}


def test_plain_text_is_of_everything_for_ever() -> None:
    caveat = Caveat.model_validate("Something to bear in mind.")
    assert caveat == Caveat(text="Something to bear in mind.", kind="general")


MONTHS = [date(year, month, 1) for year in (2023, 2024, 2025) for month in range(1, 13)]


@pytest.fixture(scope="module")
def mart() -> duckdb.DuckDBPyConnection:
    """A mart in memory: lists of three years and two practices, with caveats of every kind."""
    db = duckdb.connect()
    db.execute("ATTACH ':memory:' AS mart; CREATE SCHEMA mart.governance; CREATE SCHEMA stage")
    db.execute(
        """CREATE TABLE mart.kpi_monthly AS
        SELECT m.month, 'practice' AS org_level, o.org_code, 'registered_patients' AS kpi_id,
               100.0 AS value
        FROM (SELECT unnest($months) AS month) AS m,
             (SELECT unnest(['C82001', 'C82002']) AS org_code) AS o""",
        {"months": MONTHS},
    )
    db.execute("CREATE TABLE mart.kpi_other_period AS FROM mart.kpi_monthly LIMIT 0")
    db.execute("CREATE TABLE mart.kpi AS SELECT 'registered_patients' AS kpi_id, 'lists' AS theme")
    create_from(db, "mart.calendar_month", calendar(MONTHS[0], MONTHS[-1]))
    feeds = with_caveats(
        "Lists are long.",
        {**BREAK, "first_month": "2024-04"},
        {"text": "On old boundaries.", "kind": "redefinition", "last_month": "2023-06"},
        {"text": "Coverage grew.", "kind": "coverage_growth", "last_month": "2023-03"},
        {"text": "Another release.", "kind": "non_comparable"},
        {
            "text": "Counted twice.",
            "first_month": "2024-05",
            "last_month": "2024-05",
            "organisations": ["C82002"],
        },
    )
    own = Caveat.model_validate("Lists are long.")
    kpis = {LISTS: catalogue()[LISTS].model_copy(update={"caveats": (own,)})}
    create_caveats(db, feeds, kpis)
    db.execute("USE mart")
    for sql in caveat_views().values():
        db.execute(sql)
    for signature, sql in caveat_macros().items():
        db.execute(f"CREATE MACRO {signature} AS TABLE {sql}")
    return db


def months_with(mart: duckdb.DuckDBPyConnection, column: str, text: str, code: str) -> list[str]:
    """First and last month, and number of months, whose `column` has the text."""
    found = mart.execute(
        f"SELECT strftime(month, '%Y-%m') FROM kpi_monthly_with_caveats "
        f"WHERE org_code = $code AND list_contains(string_split({column}, chr(10)), $text) "
        "ORDER BY month",
        {"code": code, "text": text},
    ).fetchall()
    shown = [month for (month,) in found]
    return [*shown[:1], *shown[-1:], str(len(shown))]


@pytest.mark.parametrize(
    ("text", "figures", "comparisons"),
    [
        ("Lists are long.", ["2023-01", "2025-12", "36"], ["0"]),
        (BREAK["text"], ["2024-04", "2025-12", "21"], ["2024-04", "2025-03", "12"]),
        ("On old boundaries.", ["2023-01", "2023-06", "6"], ["2023-07", "2024-06", "12"]),
        ("Coverage grew.", ["2023-01", "2023-03", "3"], ["2023-01", "2024-03", "15"]),
        ("Another release.", ["2023-01", "2025-12", "36"], ["0"]),
    ],
)
def test_caveat_is_beside_its_months_and_the_comparisons_it_affects(
    mart: duckdb.DuckDBPyConnection, text: str, figures: list[str], comparisons: list[str]
) -> None:
    for code in ("C82001", "C82002"):
        assert months_with(mart, "caveats", text, code) == figures
        assert months_with(mart, "comparison_caveats", text, code) == comparisons


def test_caveat_of_one_organisation_is_not_of_its_neighbour(
    mart: duckdb.DuckDBPyConnection,
) -> None:
    assert months_with(mart, "caveats", "Counted twice.", "C82001") == ["0"]
    assert months_with(mart, "caveats", "Counted twice.", "C82002") == ["2024-05", "2024-05", "1"]
    own = (
        "FROM governance.caveat_text SELECT org_code, strftime(month, '%Y-%m') WHERE org_code <> ''"
    )
    assert mart.execute(own).fetchall() == [("C82002", "2024-05")], "and no figure else has a row"


def test_view_has_every_figure_and_every_caveat_once(
    mart: duckdb.DuckDBPyConnection,
) -> None:
    figures = "SELECT * EXCLUDE (caveats, comparison_caveats) FROM kpi_monthly_with_caveats"
    assert mart.execute(f"{figures} EXCEPT ALL FROM kpi_monthly").fetchall() == []
    assert mart.execute(f"SELECT count(*) FROM ({figures})").fetchall() == [(72,)]
    [(text,)] = mart.execute(
        "SELECT caveats FROM kpi_monthly_with_caveats "
        "WHERE org_code = 'C82002' AND month = DATE '2024-05-01'"
    ).fetchall()
    assert text.splitlines() == [
        "Another release.",
        BREAK["text"],
        "Lists are long.",
        "Counted twice.",
    ]


def test_macro_lists_the_caveats_of_one_figure(mart: duckdb.DuckDBPyConnection) -> None:
    def listed(code: str, month: str) -> set[tuple[str, bool, bool]]:
        sql = f"""SELECT caveat, covers, spoils_comparison
            FROM caveats_of('{LISTS}', 'practice', $code, $month::DATE)"""
        return set(mart.execute(sql, {"code": code, "month": month}).fetchall())

    always = {("Lists are long.", True, False), ("Another release.", True, False)}
    since = (BREAK["text"], True, True)
    assert listed("C82001", "2024-05-01") == always | {
        since,
        ("On old boundaries.", False, True),
    }
    assert listed("C82002", "2024-05-01") - listed("C82001", "2024-05-01") == {
        ("Counted twice.", True, False)
    }
    assert listed("C82002", "2025-05-01") == always | {(BREAK["text"], True, False)}


def test_what_may_not_be_compared_is_a_view_of_the_caveats_that_forbid_it(
    mart: duckdb.DuckDBPyConnection,
) -> None:
    found = rows(mart, "FROM governance.not_comparable")
    listed = {(row["kind"], row["caveat"]) for row in found}
    assert listed >= {
        ("series_break", BREAK["text"]),
        ("redefinition", "On old boundaries."),
        ("non_comparable", "Another release."),
    }
    assert not {"Lists are long.", "Coverage grew."} & {caveat for _, caveat in listed}
    for row in found:
        assert (row["themes"], row["kpi_ids"]) == (["lists"], [LISTS])


def test_every_break_of_the_catalogue_is_among_what_may_not_be_compared(llr: Mart) -> None:
    known = {
        (kpi.kpi_id, caveat.text)
        for kpi in catalogue().values()
        for caveat in kpi.caveats
        if caveat.kind in HEADINGS and not caveat.kpis
    }
    found = llr.rows("SELECT unnest(kpi_ids) AS kpi_id, caveat FROM governance.not_comparable")
    bound = llr.rows("SELECT DISTINCT kpi_id FROM governance.caveat_scope")
    here = {row["kpi_id"] for row in bound}
    listed = {(row["kpi_id"], row["caveat"]) for row in found}
    assert {one for one in known if one[0] in here} <= listed and len(listed) > 20


def test_shipped_register_is_bound_and_known_breaks_are_in_it(llr: Mart) -> None:
    register = llr.rows("SELECT DISTINCT kind, subject_id, first_month FROM governance.caveat")
    breaks = {(r["subject_id"], r["first_month"]) for r in register if r["kind"] == "series_break"}
    assert (LISTS, date(2024, 4, 1)) in breaks
    assert {r["kind"] for r in register} >= {"general", "coverage_growth", "non_comparable"}
    lost = """SELECT caveat_id FROM governance.caveat_scope
        ANTI JOIN governance.caveat USING (caveat_id)"""
    assert llr.rows(lost) == []
    assert llr.rows("SELECT kpi_id FROM kpi_monthly_with_caveats WHERE caveats IS NULL") == []


def test_the_caveat_on_working_days_is_only_beside_figures_they_affect() -> None:
    told = {kpi.kpi_id: {one.text for one in kpi.all_caveats} for kpi in catalogue().values()}
    count = {kpi for kpi, texts in told.items() if WORKING_DAYS_COUNT.text in texts}
    share = {kpi for kpi, texts in told.items() if WORKING_DAYS_SHARE.text in texts}
    events = {
        kpi.kpi_id
        for kpi in catalogue().values()
        if {measure_of(one.numerator).unit for one in kpi.sources} == {"events"}
        and kpi.period.is_month
    }
    assert count | share == events - {"appointments_per_working_day"}
    shares = {kpi for kpi in events if catalogue()[kpi].unit == "share"}
    assert share == shares and len(share) > 10
    assert {"appointments", "appointments_per_1000_patients", "nhs_app_logins"} <= count
    assert not {"registered_patients", "appointments_patient_coverage_share"} & (count | share)


def test_a_count_compared_over_other_working_days_has_a_caveat(years: Mart) -> None:
    """November 2025 had a working day less than the one before, October as many."""
    rows = years.rows(
        """SELECT month, kpi_id, caveats, comparison_caveats FROM kpi_monthly_with_caveats
           WHERE org_code = '04C' AND kpi_id IN ('appointments', 'appointments_dna_share')
           AND month IN (DATE '2025-10-01', DATE '2025-11-01')"""
    )
    found = {(row["kpi_id"], row["month"].month): row for row in rows}
    assert all("orking days" in row["caveats"] for row in rows) and len(rows) == 4
    assert found["appointments", 11]["comparison_caveats"] == WORKING_DAYS_COUNT.text
    for one in (("appointments", 10), ("appointments_dna_share", 11)):
        assert found[one]["comparison_caveats"] is None
    [told] = years.rows(
        """SELECT spoils_comparison AS spoils FROM caveats_of(
            'appointments', 'sub_icb', '04C', DATE '2025-11-01') WHERE kind = 'working_days'"""
    )
    assert told == {"spoils": True}
