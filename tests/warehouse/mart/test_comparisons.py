"""`kpi_comparison`: comparators, ranks, peers and funnels of hand-made figures, and what gives
nothing away."""

from collections.abc import Iterator
from datetime import date
from typing import Any

import duckdb
import polars as pl
import pytest

from tests.warehouse.support_mart import Mart
from warehouse.kpi.catalogue import catalogue
from warehouse.mart import comparisons as comparison
from warehouse.mart.comparisons import COLUMNS, create_comparison

MONTH, BEFORE, LONG_AGO = date(2025, 10, 1), date(2025, 9, 1), date(2023, 10, 1)
DNA, COUNT, LOGINS = "appointments_dna_share", "appointments", "nhs_app_logins_per_1000_patients"
ENGLAND = "E92000001"
Row = dict[str, Any]


class Figures:
    """A mart of hand-made figures."""

    def __init__(self) -> None:
        self.db = duckdb.connect()
        self.db.execute(
            """ATTACH ':memory:' AS mart;
            CREATE SCHEMA mart.governance;
            CREATE TABLE mart.governance.caveat (caveat_id VARCHAR, kind VARCHAR, caveat VARCHAR,
                org_level VARCHAR);
            CREATE TABLE mart.governance.caveat_scope (caveat_id VARCHAR, kpi_id VARCHAR);
            CREATE TABLE mart.kpi_monthly (kpi_id VARCHAR, org_level VARCHAR, org_code VARCHAR,
                month DATE, value DOUBLE, numerator DOUBLE, denominator DOUBLE,
                organisation_since DATE, status VARCHAR);
            CREATE TABLE mart.organisation (org_level VARCHAR, org_code VARCHAR,
                sub_icb_code VARCHAR, icb_code VARCHAR, region_code VARCHAR, valid_from DATE,
                valid_to DATE, imd_quintile INTEGER, special_service VARCHAR);"""
        )

    def figure(
        self,
        level: str,
        code: str,
        value: float | None,
        kpi: str = DNA,
        month: date = MONTH,
        of: float | None = 1000,
    ) -> None:
        """A figure; a share or rate of `of`."""
        top = value if of is None or value is None else value * of
        bottom = None if value is None else of
        row = (kpi, level, code, month, value, top, bottom)
        self.db.execute(
            "INSERT INTO mart.kpi_monthly VALUES (?, ?, ?, ?, ?, ?, ?, NULL, 'final')", row
        )

    def place(self, level: str, code: str, **of: Any) -> None:
        """An organisation and its places."""
        names = ("sub_icb_code", "icb_code", "region_code")
        row = (level, code, *(of.get(name) for name in names), of.get("since", LONG_AGO))
        rest = (of.get("until"), of.get("quintile"), of.get("special"))
        self.db.execute(
            "INSERT INTO mart.organisation VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?)", (*row, *rest)
        )

    def made(self) -> dict[tuple[str, str, date], Row]:
        """The rows by KPI, organisation and month."""
        create_comparison(self.db, catalogue(), "QK1")
        rows = self.db.sql("FROM mart.kpi_comparison").pl().to_dicts()
        return {(row["kpi_id"], row["org_code"], row["month"]): row for row in rows}


@pytest.fixture
def figures() -> Iterator[Figures]:
    made = Figures()
    yield made
    made.db.close()


def test_comparators_are_of_the_place_of_the_month(figures: Figures) -> None:
    figures.place("sub_icb", "04C", icb_code="QK1", region_code="Y60", until=date(2025, 9, 30))
    figures.place("sub_icb", "04C", icb_code="QT1", region_code="Y60", since=MONTH)
    for month, add in ((BEFORE, 0.0), (MONTH, 0.01)):
        figures.figure("sub_icb", "04C", 0.05 + add, month=month)
        figures.figure("icb", "QK1", 0.04 + add, month=month)
        figures.figure("icb", "QT1", 0.02 + add, month=month)
        figures.figure("region", "Y60", None, month=month)
        figures.figure("england", ENGLAND, 0.03 + add, month=month)
    made = figures.made()
    now, before = made[DNA, "04C", MONTH], made[DNA, "04C", BEFORE]
    assert (now["icb_value"], before["icb_value"]) == (0.03, 0.04)
    assert now["england_value"] == 0.04 and now["region_value"] is None, "incomplete"
    assert now["previous_month_value"] == 0.05 and before["previous_month_value"] is None
    assert now["sub_icb_value"] is None


def test_only_the_newest_months_are_there(figures: Figures) -> None:
    for month in (LONG_AGO, date(2023, 11, 1), MONTH):
        figures.figure("icb", "QK1", 0.05, month=month)
    assert {month for _, _, month in figures.made()} == {date(2023, 11, 1), MONTH}


def test_practices_of_all_england_are_ranked_and_those_of_the_home_stored(
    figures: Figures,
) -> None:
    for n in range(10):
        code, icb = f"P{n}", "QK1" if n < 4 else "QNC"
        figures.place("practice", code, icb_code=icb, special="asylum" if n == 0 else None)
        figures.figure("practice", code, 0.01 * (n + 1))
        figures.figure("practice", code, 900 if n == 1 else 5000, "registered_patients", of=None)
    figures.figure("pharmacy", "FA1", 0.5)
    made = figures.made()
    own = {code: row for (kpi, code, _), row in made.items() if kpi == DNA}
    assert set(own) == {"P0", "P1", "P2", "P3"}
    assert own["P0"]["not_ranked_because"] == comparison.SPECIAL and own["P0"]["rank"] is None
    assert own["P1"]["not_ranked_because"] == comparison.SMALL and own["P1"]["funnel"] is None
    assert (own["P2"]["rank"], own["P3"]["rank"], own["P3"]["ranked_of"]) == (1, 2, 8)
    assert own["P2"]["decile"] == 1 and own["P2"]["rank_order"] == "best_first"
    assert own["P2"]["median"] == pytest.approx(0.065), "of the ranked ones"


def test_a_withheld_figure_has_no_rank_and_moves_none(figures: Figures) -> None:
    for n, code in enumerate(("QK1", "QT1", "QNC")):
        figures.figure("icb", code, None if code == "QT1" else 0.01 * (n + 1))
    with_gap = figures.made()
    gone = with_gap[DNA, "QT1", MONTH]
    given = ("value", "rank", "percentile", "decile", "funnel", "funnel_method", "peer_median")
    assert {gone[name] for name in given} == {None}
    assert gone["not_ranked_because"] == comparison.NO_FIGURE and not gone["ranked"]
    figures.db.execute(
        "DROP TABLE mart.kpi_comparison; DELETE FROM mart.kpi_monthly WHERE org_code = 'QT1'"
    )
    assert {key: row for key, row in with_gap.items() if key[1] != "QT1"} == figures.made()


def test_what_its_publisher_wants_compared_with_nobody_is_not(figures: Figures) -> None:
    for kpi, kind, level in (
        (DNA, "non_comparable", "practice"),
        (COUNT, "non_comparable", "england"),
        (LOGINS, "general", "practice"),
    ):
        figures.db.execute("INSERT INTO mart.governance.caveat VALUES ($k, $i, 'No ranks.', $l)", {
            "k": kpi, "i": kind, "l": level,
        })  # fmt: skip
        figures.db.execute("INSERT INTO mart.governance.caveat_scope VALUES ($k, $k)", {"k": kpi})
        for n in range(9):
            figures.place("icb", f"Q{n}", region_code="Y60")
            figures.figure("icb", f"Q{n}", 0.01 * n, kpi)
            figures.figure("icb", f"Q{n}", 1.0 + n, "imd_2025_score", of=None)
            figures.figure("icb", f"Q{n}", 1.0 + n, "registered_patients", of=None)
        figures.figure("england", ENGLAND, 0.05, kpi)
    made = figures.made()
    apart = made[DNA, "Q0", MONTH]
    assert apart["value"] == 0 and apart["not_ranked_because"] == "No ranks."
    given = ("rank", "decile", "median", "p10", "funnel", "peer_group", "peer_median")
    assert {apart[name] for name in (*given, "england_value", "region_value")} == {None}
    for other in (COUNT, LOGINS):
        row = made[other, "Q1", MONTH]
        assert row["ranked"] and row["england_value"] == 0.05 and row["peer_median"] is not None


def test_the_only_one_of_its_level_is_in_no_rank(figures: Figures) -> None:
    figures.figure("england", ENGLAND, 0.05)
    [row] = figures.made().values()
    assert (row["rank"], row["funnel"], row["ranked"]) == (None, None, False)
    assert row["not_ranked_because"] == comparison.ONLY_ONE


@pytest.mark.parametrize(("number", "because"), [
    (2, "Only 2 of its level have a figure: a rank needs 5."),
    (4, "Only 4 of its level have a figure: a rank needs 5."),
    (5, None),
])  # fmt: skip
def test_a_rank_needs_five_with_a_figure(figures: Figures, number: int, because: str) -> None:
    for n in range(number):
        figures.figure("icb", f"Q{n}", 0.01 * (n + 1))
    figures.figure("icb", "QK1", None)
    made = figures.made()
    row = made[DNA, "Q0", MONTH]
    given = ("rank", "percentile", "decile", "median", "funnel")
    assert row["not_ranked_because"] == because
    assert all((row[name] is None) == (because is not None) for name in given)
    assert row["ranked_of"] == (number if because is None else 0)
    assert made[DNA, "QK1", MONTH]["not_ranked_because"] == comparison.NO_FIGURE


def test_what_is_no_place_is_in_no_rank_and_moves_none(figures: Figures) -> None:
    for n in range(5):
        figures.figure("icb", f"Q{n}", 0.01 * (n + 1), of=10_000)
    figures.figure("icb", "Unknown", 0.9, of=10_000)
    made = figures.made()
    nowhere = made[DNA, "Unknown", MONTH]
    assert nowhere["value"] == 0.9 and nowhere["not_ranked_because"] == comparison.NOWHERE
    assert (nowhere["rank"], nowhere["funnel"]) == (None, None)
    first = made[DNA, "Q0", MONTH]
    assert (first["rank"], first["ranked_of"]) == (1, 5)
    assert first["median"] == pytest.approx(0.03)


def test_where_most_are_the_same_there_is_no_rank_but_a_funnel(figures: Figures) -> None:
    for n in range(6):
        figures.figure("icb", f"Q{n}", 0.05 if n < 4 else 0.1 * n, of=10_000)
        figures.figure("icb", f"Q{n}", 0.05 if n < 3 else 0.1 * n, "appointments_gp_share")
    made = figures.made()
    row = made[DNA, "Q5", MONTH]
    assert row["not_ranked_because"] == comparison.SAME and not row["ranked"]
    assert (row["rank"], row["percentile"], row["ranked_of"]) == (None, None, 0)
    assert row["median"] == 0.05 and row["funnel"] is not None
    assert made["appointments_gp_share", "Q5", MONTH]["rank"] is not None, "half are no more"


@pytest.mark.parametrize(("of", "judged"), [(40_000, False), (60_000, True)])
def test_a_share_of_nearly_all_is_judged_only_if_chance_gives_five(
    figures: Figures, of: int, judged: bool
) -> None:
    """Of 0.9999 chance leaves out 4 of 40,000, and 6 of 60,000."""
    for n in range(5):
        figures.figure("icb", f"Q{n}", 0.9999 + 0.000001 * (n - 2), of=of)
    made = figures.made()
    for n in range(5):
        row = made[DNA, f"Q{n}", MONTH]
        assert row["rank"] == 5 - n or row["rank"] == n + 1
        assert (row["funnel"] is not None) == (row["funnel_method"] is not None) == judged


def test_a_provisional_figure_is_compared_and_says_so(figures: Figures) -> None:
    for n in range(5):
        figures.figure("icb", f"Q{n}", 0.01 * (n + 1))
    figures.db.execute("UPDATE mart.kpi_monthly SET status = 'provisional' WHERE org_code = 'Q1'")
    made = figures.made()
    told = {code: row["status"] for (_, code, _), row in made.items()}
    assert told == {
        "Q0": "final",
        "Q1": "provisional",
        **dict.fromkeys(("Q2", "Q3", "Q4"), "final"),
    }
    assert made[DNA, "Q1", MONTH]["rank"] == 2


def test_peers_of_practices_share_quintile_and_size(figures: Figures) -> None:
    for code, quintile, patients, value in (
        ("A", 1, 6000, 0.01),
        ("B", 1, 9999, 0.03),
        ("C", 1, 10_000, 0.5),
        ("D", 2, 6000, 0.5),
        ("E", None, 6000, 0.5),
    ):
        figures.place("practice", code, icb_code="QK1", quintile=quintile)
        figures.figure("practice", code, value)
        figures.figure("practice", code, patients, "registered_patients", of=None)
    made = {code: row for (kpi, code, _), row in figures.made().items() if kpi == DNA}
    assert made["A"]["peer_group"] == "practices of quintile 1 with 5,000 to 9,999 patients"
    assert made["A"]["peer_median"] == made["B"]["peer_median"] == pytest.approx(0.02)
    assert made["C"]["peer_median"] == 0.5 and made["E"]["peer_group"] is None


def test_peers_of_a_place_are_the_five_nearest_and_all_must_have_a_figure(
    figures: Figures,
) -> None:
    for n in range(8):
        code = f"Q{n}"
        figures.place("icb", code)
        figures.figure("icb", code, 0.01 * (n + 1))
        figures.figure("icb", code, None if n == 7 else 0.01, month=BEFORE)
        figures.figure("icb", code, 20.0 + n, "imd_2025_score", of=None)
        figures.figure("icb", code, 1000.0, "registered_patients", of=None)
    made = figures.made()
    first, last = made[DNA, "Q0", MONTH], made[DNA, "Q7", MONTH]
    assert first["peer_group"] == "nearest by deprivation and list size: Q1, Q2, Q3, Q4, Q5"
    assert first["peer_median"] == pytest.approx(0.04)
    assert last["peer_median"] == pytest.approx(0.05)
    assert made[DNA, "Q0", BEFORE]["peer_median"] == 0.01
    assert made[DNA, "Q3", BEFORE]["peer_group"].endswith("Q0, Q1, Q2, Q4, Q5")
    assert made[DNA, "Q6", BEFORE]["peer_median"] is None, "Q7 has no figure"


def test_a_place_that_is_new_or_gone_is_nobodys_peer(figures: Figures) -> None:
    for n in range(8):
        since = date(2025, 4, 1) if n == 1 else LONG_AGO
        figures.place("icb", f"Q{n}", since=since, until=BEFORE if n == 2 else None)
        figures.figure("icb", f"Q{n}", 0.01 * (n + 1))
        figures.figure("icb", f"Q{n}", 20.0 + n, "imd_2025_score", of=None)
        figures.figure("icb", f"Q{n}", 1000.0, "registered_patients", of=None)
    made = figures.made()
    assert made[DNA, "Q0", MONTH]["peer_group"].endswith(": Q3, Q4, Q5, Q6, Q7")
    assert made[DNA, "Q1", MONTH]["peer_group"] is None and made[DNA, "Q1", MONTH]["ranked"]


def test_funnels_are_of_shares_and_rates_and_say_their_method(figures: Figures) -> None:
    for n in range(20):
        figures.figure("icb", f"Q{n}", 0.05 if n else 0.09, of=10_000)
        figures.figure("icb", f"Q{n}", 100.0 + 30 * (n % 7), LOGINS, of=5000)
        figures.figure("icb", f"Q{n}", 1000.0, COUNT, of=None)
    figures.db.execute(
        "UPDATE mart.kpi_monthly SET numerator = value * denominator / 1000 WHERE kpi_id = $kpi",
        {"kpi": LOGINS},
    )
    made = figures.made()
    assert made[DNA, "Q0", MONTH]["funnel"] == "high_0.001"
    assert made[DNA, "Q1", MONTH]["funnel"] == "within"
    assert made[DNA, "Q1", MONTH]["funnel_method"] == "plain"
    assert made[LOGINS, "Q1", MONTH]["funnel_method"] == "overdispersed"
    assert made[LOGINS, "Q1", MONTH]["funnel"] == "within"
    assert made[COUNT, "Q1", MONTH]["funnel"] is None
    assert made[COUNT, "Q1", MONTH]["rank_order"] == "largest_first"


def test_comparisons_are_the_same_in_batches(
    figures: Figures, monkeypatch: pytest.MonkeyPatch
) -> None:
    for kpi in (DNA, LOGINS, "appointments_same_day_share"):
        for n in range(5):
            figures.figure("icb", f"Q{n}", 0.01 * n, kpi)
    together = figures.made()
    monkeypatch.setattr(comparison, "TOGETHER", 1)
    figures.db.execute("DROP TABLE mart.kpi_comparison")
    assert figures.made() == together and len(together) == 15


def test_without_figures_there_is_an_empty_table_of_the_same_columns(figures: Figures) -> None:
    assert figures.made() == {}
    empty = figures.db.sql("FROM mart.kpi_comparison").pl().schema
    figures.db.execute("DROP TABLE mart.kpi_comparison")
    figures.figure("icb", "QK1", 0.05)
    figures.made()
    assert figures.db.sql("FROM mart.kpi_comparison").pl().schema == empty
    assert tuple(empty) == (*COLUMNS, "organisation_key") and empty["rank"] == pl.Int64


def test_the_marts_own_comparisons_agree_with_its_figures(llr: Mart) -> None:
    lost = llr.rows(
        """FROM kpi_comparison AS c JOIN kpi_monthly AS m
            USING (kpi_id, org_level, org_code, month)
        WHERE c.value IS DISTINCT FROM m.value"""
    )
    assert lost == []
    [counted] = llr.rows(
        """SELECT count(*) AS n, count(rank) AS ranks, count(median) AS spreads,
               count(*) FILTER (ranked AND rank IS NULL) AS wrong
        FROM kpi_comparison"""
    )
    # The other places of this world have equal figures, so that few have a rank.
    assert counted["n"] > 100 and counted["spreads"] > 50 and counted["ranks"] > 20
    assert counted["wrong"] == 0
    wrong = llr.rows(
        """SELECT * FROM kpi_comparison AS c JOIN kpi_monthly AS e
            ON e.kpi_id = c.kpi_id AND e.month = c.month AND e.org_level = 'england'
        WHERE c.england_value IS DISTINCT FROM e.value"""
    )
    assert wrong == []
    hidden = llr.rows("FROM kpi_comparison WHERE value IS NULL AND (ranked OR rank IS NOT NULL)")
    assert hidden == []
