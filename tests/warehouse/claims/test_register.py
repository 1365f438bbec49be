"""The register: what it holds, and what it refuses."""

import re
from datetime import date
from pathlib import Path
from typing import Any

import pytest
import yaml

from tests.warehouse.claims.support_claims import LittleMart, figure, registered
from warehouse.claims.register import (
    REGISTERS,
    check_register,
    load_register,
    published_claims,
    register_file,
)
from warehouse.kpi.catalogue import catalogue
from warehouse.publication import build

FIGURES_OF_THE_MINUTES = {
    "1.8 million", "267,552", "16 %", "9 %", "around 70 %", "81", "82", "13,257", "39", "51",
    "100 %", "1.4m", "89 %", "41 %", "90 %", "4 %", "5", "72 %", "3,262", "2,829", "2,266", "65.6",
    "40.5", "14.7", "14.4", "13.8", "approximately 3,000", "52", "126", "£7 million",
}  # fmt: skip
OF_THE_COUNTY = {"6,948,961", "7,451,092", "502,131", "7.2 %", "7,881,384", "33,679", "7,488,914"}


def test_the_register_has_every_figure_of_the_minutes_and_fits_the_catalogue() -> None:
    claims = published_claims("QK1")
    check_register(claims, catalogue())
    minutes = [one for one in claims if one.claim_id.startswith("minutes-2025-")]
    stated = [one for one in minutes if not one.figure.implied]
    assert {one.figure.written for one in stated} == FIGURES_OF_THE_MINUTES
    assert {one.figure.written for one in claims} >= OF_THE_COUNTY
    for one in minutes:
        said = one.statement.says
        for text in re.findall(r"[\d.]+ %", one.figure.implied or "") or [one.figure.written]:
            bare = text.removeprefix("around ").replace(" %", "%")
            assert bare in said or bare.replace(",", "") in said, one.claim_id
        assert one.document.url and one.document.url.endswith("?ID=123109")


def test_a_changed_register_builds_the_mart_anew(monkeypatch: pytest.MonkeyPatch) -> None:
    hashed: list[Path] = []
    monkeypatch.setattr(build, "hash_files", lambda files: hashed.extend(files) or "version")
    assert build.mart_version.__wrapped__() == "version"
    assert {register_file("QK1"), REGISTERS.with_name("verdicts.py")} <= set(hashed)


@pytest.mark.parametrize(
    ("keys", "told"),
    [
        (
            {"period": {"month": "2024-13"}},
            "claim `claim`: `period.month`: found `2024-13`, expected a month, YYYY-MM",
        ),
        ({"period": {"month": date(2024, 10, 1)}}, "found the date `2024-10-01`, expected a mon"),
        ({"period": {"financial_year": "2099/00"}}, "found `2099/00`, expected a financial year"),
        (
            {"period": {"month": "2024-10", "calendar_year": 2024}},
            "`period`: found the keys `calendar_year`, `month`, expected just one of",
        ),
        ({"period": {"range": ["2024-10", "2024-04"]}}, "`period`: 2024-10 is after 2024-04"),
        (
            {"period": {"financial_year": "2024/26"}},
            "`period.financial_year`: found `2024/26`, expected",
        ),
        ({"period": {"months": ["2024-10", "2024-10"]}}, "`period`: a month is named twice"),
        ({"period": None}, "claim `claim`: `period` is missing"),
        ({"written": "lots"}, "claim `claim`: `written`: found `lots`, expected a figure"),
        ({"written": 5}, "`written`: found the number `5`, expected text (put it in quotes)"),
        ({"written": "16 %"}, "`written`: found `16 %`, expected a number of events"),
        ({"whole": "some of it"}, "claim `claim`: `whole`"),
        ({"unit": "apples"}, "claim `claim`: `unit`: found `apples`, expected one of 'events'"),
        ({"measured": "value"}, "claim `claim`: `measured`: no such key, expected `measure`"),
        ({"tolerance": "5"}, "claim `claim`: found one of `tolerance` and `tolerance_because`"),
        (
            {"tolerance": "-5", "tolerance_because": "as read off a chart"},
            "claim `claim`: `tolerance`: found `-5`, expected how far off the figure may be",
        ),
        ({"kpi": None}, "claim `claim`: `readings.0`: expected a `kpi`, or under `missing`"),
        (
            {"readings": [{"only_show": "x"}]},
            "`readings.0.only_show`: no such key, expected `only_shown`",
        ),
        (
            {"organisations": [{"level": "town", "code": "04C"}]},
            "claim `claim`: `organisations.0.level`: found `town`, expected one of 'practice'",
        ),
    ],
)
def test_a_fault_is_reported_with_claim_and_key(
    tmp_path: Path, keys: dict[str, Any], told: str
) -> None:
    with pytest.raises(ValueError, match=r"claims\.yaml") as refused:
        registered(tmp_path, claim=figure(**keys))
    assert told in str(refused.value)


@pytest.mark.parametrize(
    ("keys", "told"),
    [
        ({"kpi": "appointment"}, "claim `claim`: `kpi`: `appointment` is not in the catalogue"),
        ({"kpi": "nhs_app_unique_users"}, "`unit`: found `events`, expected `people`, that of nhs"),
        ({"measure": "year_on_year_ratio"}, "found `events`, expected `growth`"),
        (
            {"kpi": "registered_patients", "unit": "people", "measure": "monthly_mean"},
            "`measure`: found `monthly_mean`, but registered_patients",
        ),
    ],
)
def test_what_the_catalogue_can_make_no_sense_of_is_refused(
    mart: LittleMart, tmp_path: Path, keys: dict[str, Any], told: str
) -> None:
    claims = registered(tmp_path, claim=figure(**keys))
    with pytest.raises(ValueError, match="claim `claim`") as refused:
        mart.judged(claims, synthetic=True)
    assert told in str(refused.value)


@pytest.mark.parametrize(
    ("text", "told"),
    [
        ("doc: {title: T, body: B, date: D}", "document `doc`: `statements` is missing"),
        (
            "doc: {title: T, body: B, date: D, statements: {}}",
            "`statements`: found no keys, expected entries by name",
        ),
        ("doc: {title: T, dated: D, statements: {s: {}}}", "document `doc`: `body`"),
        ("- a list", "the register: found a list, expected entries by name"),
        ("doc: {a: 1\n", "claims.yaml: "),
    ],
)
def test_a_fault_outside_the_claims_is_reported(tmp_path: Path, text: str, told: str) -> None:
    path = tmp_path / "claims.yaml"
    path.write_text(text, "utf-8")
    with pytest.raises(ValueError, match=r"claims\.yaml") as refused:
        load_register(path)
    assert told in str(refused.value)


def test_the_error_has_no_other_cause_and_a_remedy(tmp_path: Path) -> None:
    """A refresh reports the innermost cause of a failure, so there must be no other."""
    with pytest.raises(ValueError, match="claim") as refused:
        registered(tmp_path, claim=figure(period={"month": "October"}))
    assert refused.value.__cause__ is None
    path = tmp_path / "claims.yaml"
    assert str(refused.value).endswith(
        f"Correct it in {path}, then run access-recovery refresh again."
    )


def test_a_date_needs_no_quotes(tmp_path: Path) -> None:
    path = tmp_path / "claims.yaml"
    registered(tmp_path, claim=figure())
    text = path.read_text("utf-8").replace("'2025-02-01'", "2025-02-01")
    assert isinstance(yaml.safe_load(text)["doc"]["date"], date)
    path.write_text(text, "utf-8")
    assert load_register(path)[0].document.date == "2025-02-01"


def test_a_claim_id_is_unique_and_a_valid_name(tmp_path: Path) -> None:
    with pytest.raises(ValueError, match="claim `A claim`: expected an id of lower-case"):
        registered(tmp_path, **{"A claim": figure()})
    path = tmp_path / "claims.yaml"
    registered(tmp_path, claim=figure())
    text = path.read_text("utf-8")
    path.write_text(text + text.replace("doc:", "other:", 1), "utf-8")
    with pytest.raises(ValueError, match="found claim `claim` twice"):
        load_register(path)


def test_a_tolerance_may_be_given_with_its_reason(mart: LittleMart, tmp_path: Path) -> None:
    mart.knows("appointments", {"2024-10": 109})
    because = {"tolerance": "10", "tolerance_because": "the bars of a chart were read off"}
    [one] = mart.judged(registered(tmp_path, claim=figure(**because))).values()
    assert one.verdict.words == "confirmed"
    assert "the bars of a chart were read off" in one.note
