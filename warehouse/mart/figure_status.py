"""The status of each figure and the reason for it, in order of precedence: suppressed, held,
not_available, not_applicable, incomplete, disputed, provisional, final."""

from __future__ import annotations

from warehouse.kpi.units import BASE_UNITS
from warehouse.reference.levels import sql_list

# The statuses of figures without a value; each says why there is none.
NOT_AVAILABLE, NOT_APPLICABLE = "not_available", "not_applicable"
WITHOUT_VALUE = ("suppressed", "held", NOT_AVAILABLE, NOT_APPLICABLE, "incomplete")

# Which part of a figure without a value is incomplete: a count has no denominator.
_PART = f"""CASE WHEN p.unit IN ({sql_list(BASE_UNITS)}) THEN 'a part of it is missing'
        WHEN p.numerator IS NOT NULL THEN 'its denominator is incomplete'
        WHEN p.denominator IS NOT NULL THEN 'its numerator is incomplete'
        ELSE 'its numerator or denominator is incomplete' END"""

# Condition, status and reason for a row `p` of `stage.latest`. `d`: its dispute, `v`: the
# provisional rule of its KPI and level, `h`: its held or released month, `c`: whether the feed that
# counts it covers the month.
_STATUS = (
    ("p.suppressed", "suppressed", "'a small number of a local return, or it would disclose one'"),
    ("p.value IS NULL AND h.held IS NOT NULL", "held", "h.held"),
    (
        "p.value IS NULL AND p.edition IS NULL AND c.feed IS NOT NULL",
        NOT_AVAILABLE,
        "'the publisher gave this month without this figure'",
    ),
    (
        "p.value IS NULL AND p.edition IS NULL",
        NOT_AVAILABLE,
        "'no accepted edition covers this ' || CASE WHEN p.is_month THEN 'month' ELSE 'period' END",
    ),
    ("p.value IS NULL AND p.reason IS NOT NULL", "incomplete", "p.reason"),
    (
        "p.value IS NULL AND p.org_level = 'pcn'",
        "incomplete",
        f"'a sub-ICB in which it has practices is incomplete, or ' || {_PART}",
    ),
    (
        "p.value IS NULL AND p.members_present < p.members_expected",
        "incomplete",
        "(p.members_expected - p.members_present) || ' of ' || p.members_expected "
        "|| ' members missing'",
    ),
    ("p.value IS NULL AND p.denominator = 0", NOT_APPLICABLE, "'the denominator is 0'"),
    ("p.value IS NULL", "incomplete", _PART),
    (
        "p.disputed IS NOT NULL OR h.released IS NOT NULL",
        "disputed",
        "concat_ws('; ', d.reason, h.released)",
    ),
    ("p.month >= v.provisional_from", "provisional", "v.rule"),
)


def with_status() -> str:
    """SQL: the rows of `stage.latest` with `status` and `status_reason` (NULL if final). Needs
    `stage.dispute_reason`, `stage.held_figure` and `kpi_provisional`."""
    status = " ".join(f"WHEN {when} THEN '{status}'" for when, status, _ in _STATUS)
    reason = " ".join(f"WHEN {when} THEN {why}" for when, _, why in _STATUS)
    return f"""SELECT p.*, CASE {status} ELSE 'final' END AS status,
            CASE {reason} END AS status_reason
        FROM stage.latest AS p LEFT JOIN stage.dispute_reason AS d ON d.disputed = p.disputed
        LEFT JOIN mart.kpi_provisional AS v ON v.kpi_id = p.kpi_id AND v.org_level = p.org_level
        LEFT JOIN stage.held_figure AS h ON h.series = p.series AND h.ordinal = p.ordinal
        LEFT JOIN stage.covered AS c ON c.feed = p.feed AND c.month = p.month"""
