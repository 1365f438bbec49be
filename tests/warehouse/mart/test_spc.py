"""`kpi_spc` and `kpi_target`: which series are charted, on which baseline, and what gives nothing
away."""

from collections.abc import Iterable, Iterator
from datetime import date
from itertools import pairwise
from typing import Any

import duckdb
import polars as pl
import pytest

from tests.warehouse.support_mart import Mart
from tests.warehouse.worlds import HOLE, SPAN, volume
from warehouse.base.months import add_months, month_text
from warehouse.base.working_days import working_days
from warehouse.kpi.catalogue import catalogue
from warehouse.kpi.chart_choices import DeclaredBaseline, Target
from warehouse.mart import spc
from warehouse.mart.spc import create_spc
from warehouse.mart.targets import add_targets, create_targets
from warehouse.statistics.point_words import PROVISIONAL

START = date(2023, 1, 1)
DNA, COUNT, SCORE = "appointments_dna_share", "appointments", "imd_2025_score"
KEYS = ("kpi_id", "org_level", "org_code")
QUIET = [0.04, 0.06] * 15
Row = dict[str, Any]


class Charts:
    """A mart of hand-made figures."""

    def __init__(self) -> None:
        self.db = duckdb.connect()
        self.db.execute(
            """ATTACH ':memory:' AS mart;
            CREATE SCHEMA mart.governance;
            CREATE TABLE mart.kpi_monthly (kpi_id VARCHAR, org_level VARCHAR, org_code VARCHAR,
                month DATE, value DOUBLE, status VARCHAR,
                organisation_since DATE);
            CREATE TABLE mart.calendar_month (month DATE, working_days BIGINT);
            CREATE TABLE mart.organisation (org_level VARCHAR, org_code VARCHAR, icb_code VARCHAR,
                valid_from DATE);
            CREATE TABLE mart.governance.caveat (caveat_id VARCHAR, org_code VARCHAR,
                kind VARCHAR, caveat VARCHAR);
            CREATE TABLE mart.governance.caveat_scope (caveat_id VARCHAR, kpi_id VARCHAR,
                org_level VARCHAR, org_code VARCHAR, first_month DATE, last_month DATE);"""
        )
        months = [add_months(START, n) for n in range(60)]
        self.db.executemany(
            "INSERT INTO mart.calendar_month VALUES (?, ?)", [(m, working_days(m)) for m in months]
        )

    def series(
        self,
        values: Iterable[float | None],
        kpi: str = DNA,
        level: str = "icb",
        code: str = "QK1",
        **status: str,
    ) -> None:
        """Figures from January 2023 on. `status`: of the months named `m0`, `m1`, ..."""
        rows = [
            (kpi, level, code, add_months(START, n), value, status.get(f"m{n}", "final"))
            for n, value in enumerate(values)
        ]
        self.db.executemany("INSERT INTO mart.kpi_monthly VALUES (?, ?, ?, ?, ?, ?, NULL)", rows)

    def caveat(self, kind: str, text: str, first: str, code: str | None = None) -> None:
        """A caveat on DNA shares of ICBs from a month on."""
        self.db.execute("INSERT INTO mart.governance.caveat VALUES ($t, $c, $k, $t)", {
            "t": text, "c": code, "k": kind,
        })  # fmt: skip
        self.db.execute(
            "INSERT INTO mart.governance.caveat_scope VALUES ($t, $kpi, 'icb', $c, $m::DATE, NULL)",
            {"t": text, "kpi": DNA, "c": code, "m": f"{first}-01"},
        )

    def made(
        self,
        declared: Iterable[DeclaredBaseline] = (),
        national: Iterable[Target] = (),
        own: Iterable[Target] = (),
    ) -> list[Row]:
        """The rows of `kpi_spc`."""
        create_targets(self.db, national, own)
        create_spc(self.db, catalogue(), "QK1", declared)
        order = "ORDER BY kpi_id, org_level, org_code, month"
        return self.db.sql(f"FROM mart.kpi_spc {order}").pl().to_dicts()

    def drop(self) -> None:
        """As before `made`."""
        for table in ("mart.kpi_spc", "mart.kpi_target"):
            self.db.execute(f"DROP TABLE {table}")


@pytest.fixture
def charts() -> Iterator[Charts]:
    made = Charts()
    yield made
    made.db.close()


def target(value: float, **others: Any) -> Target:
    said = {"kpi": DNA, "level": "icb", "from": "2023-01", "source": "a test, for tests"}
    return Target.model_validate({**said, "value": value, **others})


def test_a_baseline_full_of_signals_says_how_many_and_still_judges(charts: Charts) -> None:
    """A series that grows throughout: its signals stay, and how stable limits are is told."""
    grows = [0.01 * n + 0.001 * (n % 2) for n in range(1, 31)]
    charts.series(grows, code="QK1", m29="provisional")
    charts.series(QUIET, code="QNC")
    rows = charts.made(own=[target(0.9)])
    one = [row for row in rows if row["org_code"] == "QK1"]
    assert one[0]["baseline_signals"] >= 12 and one[0]["points_in_baseline"] == 24
    assert {row["not_judged_because"] for row in one} == {None, PROVISIONAL}
    assert one[28]["signal"] == "outside_limits" and one[28]["assurance"] is not None
    assert one[0]["parameters"].endswith("not stable from 50% signals on")
    other = [row for row in rows if row["org_code"] == "QNC"]
    assert {row["baseline_signals"] for row in other} == {0}


def test_a_count_is_charted_per_working_day(years: Mart) -> None:
    rows = years.rows(
        "SELECT * FROM kpi_spc WHERE kpi_id = 'appointments' AND org_code = '04C' ORDER BY month"
    )
    by_month = {row["month"]: row for row in rows}
    per_day = {month: volume(month) / working_days(month) for month in SPAN}
    for month in SPAN:
        assert by_month[month]["value"] == pytest.approx(per_day[month])
        assert by_month[month]["basis"] == "per_working_day"
    first = [per_day[month] for month in SPAN[:24]]
    newest = by_month[SPAN[-1]]
    assert newest["mean"] == pytest.approx(sum(first) / 24)
    ranges = [abs(b - a) for a, b in pairwise(first)]
    assert newest["upper_limit"] == pytest.approx(sum(first) / 24 + 2.66 * sum(ranges) / 23)
    assert newest["previous_year_value"] == pytest.approx(per_day[add_months(SPAN[-1], -12)])
    assert (newest["points_in_baseline"], newest["limits"]) == (24, "settled")
    assert newest["parameters"].startswith("xmr-1; first 24 points, at least 8;")
    # The newest month is provisional: high, and no signal. The hole is no point.
    assert newest["provisional"] and newest["value"] > newest["upper_limit"]
    assert (newest["signal"], newest["variation"]) == (None, None)
    assert newest["not_judged_because"] == PROVISIONAL
    assert by_month[HOLE]["value"] is None and by_month[HOLE]["signal"] is None
    assert by_month[date(2025, 8, 1)]["signal"] == "outside_limits"
    assert by_month[date(2025, 8, 1)]["variation"] == "neutral_high"


def test_events_and_their_rates_are_charted_per_working_day_and_nothing_else(years: Mart) -> None:
    daily = years.rows("FROM kpi WHERE chart_basis = 'per_working_day'")
    assert {row["unit"] for row in daily} == {"events", "rate_per_1000"}
    rates = {row["kpi_id"] for row in daily if row["unit"] == "rate_per_1000"}
    assert rates == {
        "appointments_per_1000_patients", "annex1_appointments_per_1000_patients",
        "cloud_telephony_calls_per_1000_patients", "nhs_app_logins_per_1000_patients",
        "online_consultations_per_1000_patients",
    }  # fmt: skip
    rows = years.rows(
        """SELECT s.value, m.value AS whole, s.month FROM kpi_spc AS s
           JOIN kpi_monthly AS m USING (kpi_id, org_level, org_code, month)
           WHERE kpi_id = 'appointments_per_1000_patients' AND s.value IS NOT NULL"""
    )
    assert rows
    for row in rows:
        assert row["value"] == pytest.approx(row["whole"] / working_days(row["month"]))


def test_a_series_break_begins_a_baseline_and_says_so(years: Mart) -> None:
    found = years.rows(
        """SELECT DISTINCT baseline, baseline_from, baseline_because FROM kpi_spc
        WHERE kpi_id = 'appointments' AND org_code = '04C' ORDER BY 1"""
    )
    assert [row["baseline"] for row in found] == [1, 2]
    assert found[0]["baseline_because"] is None
    assert found[1]["baseline_from"] == date(2022, 7, 1)
    assert "CCG" in found[1]["baseline_because"]


def test_every_chart_belongs_to_a_figure_and_is_of_what_is_published(llr: Mart) -> None:
    lost = llr.rows(
        """FROM kpi_spc ANTI JOIN kpi_monthly USING (kpi_id, org_level, org_code, month)"""
    )
    assert lost == []
    [shown] = llr.rows("SELECT count(*) AS n, count(DISTINCT kpi_id) AS kpis FROM kpi_spc")
    assert shown["n"] > 100 and shown["kpis"] > 10
    hidden = llr.rows(
        """SELECT * FROM kpi_spc JOIN kpi_monthly AS m USING (kpi_id, org_level, org_code, month)
        WHERE m.value IS NULL AND (kpi_spc.value IS NOT NULL OR signal IS NOT NULL)"""
    )
    assert hidden == []
    [kpis] = llr.rows(
        "SELECT list(kpi_id ORDER BY kpi_id) AS ids FROM kpi WHERE chart_basis = 'none'"
    )
    charted = {row["kpi_id"] for row in llr.rows("SELECT DISTINCT kpi_id FROM kpi_spc")}
    assert SCORE in kpis["ids"] and not charted & set(kpis["ids"])
    assert llr.rows(
        "FROM kpi WHERE (chart_basis = 'none') <> (not_charted_because IS NOT NULL)"
    ) == []  # fmt: skip


def test_practices_are_those_of_the_home_where_they_are_now(charts: Charts) -> None:
    places = [("A1", "QK1", "2023-01-01"), ("A2", "QNC", "2023-01-01"), ("A3", "QNC", "2023-01-01")]
    places.append(("A3", "QK1", "2024-04-01"))
    charts.db.executemany(
        "INSERT INTO mart.organisation VALUES ('practice', ?, ?, ?::DATE)", places
    )
    for code in ("A1", "A2", "A3"):
        charts.series(QUIET, level="practice", code=code)
    charts.series(QUIET, level="pharmacy", code="FA1")
    charts.series(QUIET, level="pcn", code="U1")
    charts.series(QUIET, kpi=SCORE)
    shown = {(row["org_level"], row["org_code"]) for row in charts.made()}
    assert shown == {("practice", "A1"), ("practice", "A3"), ("pcn", "U1")}


def test_polarity_makes_a_signal_a_concern(charts: Charts) -> None:
    charts.series([*QUIET[:24], 0.2])
    last = charts.made()[-1]
    assert (last["signal"], last["direction"]) == ("outside_limits", "high")
    assert (last["variation"], last["basis"]) == ("concern", "as_it_is")


def test_a_suppressed_month_moves_nothing_and_is_no_point(charts: Charts) -> None:
    charts.series([*QUIET[:10], None, *QUIET[:10]], m10="suppressed")
    charts.series([*QUIET[:10], None, *QUIET[:10]], code="QNC")
    rows = charts.made()
    own = ("org_code", "organisation_key")
    one, other = ([r for r in rows if r["org_code"] == code] for code in ("QK1", "QNC"))
    plain = [{k: v for k, v in row.items() if k not in own} for row in one]
    assert plain == [{k: v for k, v in row.items() if k not in own} for row in other]
    gone = one[10]
    assert gone["value"] is None and gone["signal"] is None and gone["variation"] is None
    assert one[0]["points_in_baseline"] == 20 and one[0]["mean"] == pytest.approx(0.05)


def test_a_series_without_any_value_has_no_limits(charts: Charts) -> None:
    charts.series([None] * 6)
    rows = charts.made()
    assert len(rows) == 6
    assert {(r["mean"], r["limits"], r["signal"], r["assurance"]) for r in rows} == {(None,) * 4}


def test_from_too_few_points_there_are_no_limits_and_no_verdict(charts: Charts) -> None:
    """Seven months can have no signal whatever they are, so that none says nothing."""
    charts.series([0.04, 0.05, 0.9, 0.04, 0.05, 0.04, 0.05])
    charts.series([0.04, 0.05, 0.9, 0.04, 0.05, 0.04, 0.05, 0.04], code="QNC")
    rows = charts.made()
    seven, eight = ([r for r in rows if r["org_code"] == code] for code in ("QK1", "QNC"))
    assert {(r["signal"], r["variation"], r["upper_limit"], r["assurance"]) for r in seven} == {
        (None,) * 4
    }
    assert {r["not_judged_because"] for r in seven} == {"too few months (7 of 8)"}
    assert seven[0]["mean"] == pytest.approx(1.17 / 7)
    assert [r["signal"] for r in eight if r["value"] == 0.9] == ["outside_limits"]
    assert {(r["not_judged_because"], r["limits"]) for r in eight} == {(None, "trial")}


def test_disputed_months_of_the_limits_are_counted_and_judged(charts: Charts) -> None:
    """No outlier is screened: a person vouches for them, and readers are told."""
    charts.series([*QUIET, 0.9], m3="disputed", m5="disputed", m30="disputed")
    charts.series([*QUIET, 0.9], code="QNC")
    rows = charts.made()
    one, other = ([r for r in rows if r["org_code"] == code] for code in ("QK1", "QNC"))
    assert {r["baseline_disputed_points"] for r in one} == {2}, "the last gave no limits"
    assert {r["baseline_disputed_points"] for r in other} == {0}
    same = ("mean", "upper_limit", "signal", "not_judged_because")
    assert [[r[k] for k in same] for r in one] == [[r[k] for k in same] for r in other]
    assert one[-1]["signal"] == "outside_limits"


def test_breaks_of_one_place_and_of_all(charts: Charts) -> None:
    charts.series(QUIET)
    charts.series(QUIET, code="QNC")
    charts.caveat("series_break", "One place changed.", "2023-06", "QK1")
    charts.caveat("redefinition", "All count otherwise.", "2024-01")
    charts.caveat("coverage_growth", "More practices report.", "2023-09")
    found = {
        (
            row["org_code"],
            row["baseline"],
            month_text(row["baseline_from"]),
            row["baseline_because"],
        )
        for row in charts.made()
    }
    assert found == {
        ("QK1", 1, "2023-01", None),
        ("QK1", 2, "2023-06", "One place changed."),
        ("QK1", 3, "2024-01", "All count otherwise."),
        ("QNC", 1, "2023-01", None),
        ("QNC", 2, "2024-01", "All count otherwise."),
    }


def test_a_gap_and_a_declared_baseline_say_why(charts: Charts) -> None:
    charts.series([*QUIET[:8], None, None, None, *QUIET[:19]])
    said = DeclaredBaseline(
        kpi=DNA, level="icb", month="2024-08", reason="Reminders are sent by text.", who="A. Person"
    )
    found = {row["baseline"]: row for row in charts.made([said])}
    assert month_text(found[2]["baseline_from"]) == "2023-12"
    assert found[2]["baseline_because"] == "For more than 2 months before it there is no figure."
    assert found[3]["baseline_because"] == "Reminders are sent by text. (A. Person)"
    assert month_text(found[3]["baseline_from"]) == "2024-08"


def test_the_target_that_applies(charts: Charts) -> None:
    charts.series(QUIET)
    charts.series(QUIET, code="QNC")
    charts.series([1000] * 5, kpi=COUNT)
    periods = [("QK1", "2023-01-01"), ("QK1", "2024-04-01")]
    charts.db.executemany("INSERT INTO mart.organisation VALUES ('icb', ?, NULL, ?::DATE)", periods)
    rows = charts.made(
        national=[target(0.01), target(0.02, **{"from": "2024-01"}), target(2.0, kpi=COUNT)],
        own=[
            target(0.9, organisation="QK1", **{"from": "2025-01", "until": "2025-03"}),
            target(0.03, **{"from": "2025-05"}),
        ],
    )
    found = {(r["org_code"], month_text(r["month"])): r for r in rows if r["kpi_id"] == DNA}
    assert found["QK1", "2023-12"]["target"] == 0.01
    assert found["QK1", "2024-01"]["target"] == 0.02
    assert found["QK1", "2025-02"]["target"] == 0.9 and found["QNC", "2025-02"]["target"] == 0.02
    assert found["QK1", "2025-04"]["target"] == 0.02, "the local one has ended"
    assert found["QK1", "2025-06"]["target"] == 0.03, "a local one goes before a national one"
    assert found["QK1", "2025-02"]["assurance"] == "passing"  # fewer are better
    assert found["QK1", "2024-01"]["assurance"] == "hit_or_miss"
    per_day = [r for r in rows if r["kpi_id"] == COUNT]
    assert {(r["target"], r["assurance"]) for r in per_day} == {(None, None)}
    told = charts.db.sql("SELECT * FROM mart.kpi_target ORDER BY from_month, kpi_id").pl()
    keys = dict(zip(told["target_key"], told["organisation_key"], strict=True))
    assert keys[f"{DNA} icb:* 2023-01 national"] is None
    assert keys[f"{DNA} icb:QK1 2025-01 local"] == "icb:QK1@2024-04-01"
    assert told.height == 5 and set(told["set_by"]) == {"national", "local"}


def told_targets(
    charts: Charts, national: Iterable[Target], *of: tuple[str, str, str]
) -> list[Row]:
    """What `add_targets` adds to figures of DNA shares, or of `kpi_id`, by level and month."""
    create_targets(charts.db, national, ())
    figures: list[Row] = [
        {"kpi_id": kpi, "org_level": level, "org_code": "QK1", "month": date.fromisoformat(month)}
        for kpi, level, month in of
    ]
    add_targets(charts.db, figures, catalogue())
    return figures


def test_where_no_target_applies_it_is_said_whose_there_is(charts: Charts) -> None:
    near = "appointments_same_day_share"
    year = target(0.05, level="pcn", beside=[near], **{"from": "2023-04", "until": "2024-03"})
    applies, level, month, beside, none = told_targets(
        charts,
        [year],
        (DNA, "pcn", "2023-07-01"),
        (DNA, "icb", "2023-07-01"),
        (DNA, "pcn", "2024-04-01"),
        (near, "pcn", "2023-07-01"),
        ("appointments_gp_share", "pcn", "2023-07-01"),
    )
    assert (applies["target"], applies["elsewhere"]) == (0.05, None)
    for one in (level, month, beside):
        assert one["target"] is None
        assert (one["elsewhere"].value, one["elsewhere"].whom) == ("5.0%", "networks")
        assert (one["elsewhere"].when, one["elsewhere"].ended) == ("in 2023/24", True)
    assert level["elsewhere"].title is None and beside["elsewhere"].title == catalogue()[DNA].title
    assert (none["target"], none["elsewhere"]) == (None, None)


def test_of_several_targets_of_others_the_newest_is_named_and_none_of_one_place(
    charts: Charts,
) -> None:
    first = target(0.05, **{"until": "2023-06"})
    second = target(0.04, **{"from": "2024-01"})
    own = target(0.03, organisation="QNC", **{"from": "2025-01"})
    [before, count] = told_targets(
        charts,
        [first, second, own, target(9.0, kpi=COUNT)],
        (DNA, "icb", "2023-10-01"),
        (COUNT, "icb", "2024-10-01"),
    )
    assert (before["elsewhere"].value, before["elsewhere"].ended) == ("4.0%", False)
    assert before["elsewhere"].when == "from January 2024 on"
    assert (count["target"], count["elsewhere"]) == (9.0, None), "though its chart has none"


def test_charts_are_the_same_in_batches(charts: Charts, monkeypatch: pytest.MonkeyPatch) -> None:
    for kpi in (DNA, COUNT, "appointments_same_day_share"):
        charts.series([*QUIET, 0.3], kpi=kpi)
        charts.series(QUIET, kpi=kpi, code="QNC")
    together = charts.made()
    monkeypatch.setattr(spc, "TOGETHER", 1)
    charts.drop()
    assert charts.made() == together and len(together) == 3 * 61


def test_without_figures_there_is_an_empty_table_of_the_same_columns(charts: Charts) -> None:
    assert charts.made() == []
    empty = charts.db.sql("FROM mart.kpi_spc").pl().schema
    charts.series(QUIET)
    charts.drop()
    charts.made()
    assert charts.db.sql("FROM mart.kpi_spc").pl().schema == empty
    assert tuple(empty) == (*spc.COLUMNS, "organisation_key") and empty["month"] == pl.Date


@pytest.mark.parametrize("column", ["mean", "upper_limit", "signal", "variation", "assurance"])
def test_a_limits_lineage_has_what_decides_its_points(years: Mart, column: str) -> None:
    """Working days by which counts are divided, which months are provisional, and breaks."""
    edges = years.rows(
        """SELECT from_table, from_column FROM governance.lineage_edge
           WHERE to_table = 'mart.kpi_spc' AND to_column = $column""",
        column=column,
    )
    assert {
        ("mart.kpi_monthly", "value"),
        ("mart.kpi_monthly", "status"),
        ("mart.calendar_month", "working_days"),
        ("mart.kpi", "chart_basis"),
        ("mart.governance.caveat_scope", "first_month"),
    } <= {(edge["from_table"], edge["from_column"]) for edge in edges}
