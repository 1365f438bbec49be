"""The checks: what must hold of every edition, and how grave it is when it does not.

Belongs here: ids, titles, dimension and severity of the checks that feeds share, and of the mart's.
Does not: those of one feed alone (`checks.feed_rules` finds them in its folder), gathering the
evidence (`checks.evidence`), judging it (`checks.runner`).
"""

from __future__ import annotations

from dataclasses import dataclass

from warehouse.history import Dimension, Layer, Severity

# A few broken rows are quarantined and the edition goes on; when more than this share of an
# edition's rows break one rule, the file is not what the contract says, and the edition is held.
HOLD_SHARE = 0.05
HOLD_ROWS = 20


@dataclass(frozen=True)
class Check:
    """One thing that must hold of an edition. ERROR holds the edition back, WARN is recorded."""

    rule: str
    title: str
    layer: Layer
    dimension: Dimension
    severity: Severity


ROW_CHECKS = (
    Check("row_shape", "Every row has the fields of its headings", "contract", "validity", "ERROR"),
    Check("total_row", "No row is a total of others", "contract", "validity", "WARN"),
    Check("value_present", "Every required value is given", "contract", "completeness", "ERROR"),
    Check("month_not_mangled", "No spreadsheet changed a month", "contract", "timeliness", "ERROR"),
    Check("month_readable", "Every month can be read", "contract", "validity", "ERROR"),
    Check("count_whole", "Every count is a whole number", "contract", "validity", "ERROR"),
    Check("count_not_negative", "No count is negative", "contract", "validity", "ERROR"),
    Check("label_known", "Every label is one the contract lists", "contract", "validity", "ERROR"),
    Check(
        "code_pattern", "Every code has the pattern of its kind", "contract", "validity", "ERROR"
    ),
    Check(
        "month_in_window",
        "Every month lies in the edition's window",
        "rules",
        "timeliness",
        "ERROR",
    ),
)

EDITION_CHECKS = (
    Check("file_readable", "Every file of the edition can be read", "file", "validity", "ERROR"),
    Check(
        "columns_present",
        "Every column of the contract is there",
        "contract",
        "completeness",
        "ERROR",
    ),
    Check("columns_expected", "No column is new", "contract", "consistency", "WARN"),
    Check("rows_accepted", "Rows are left after quarantine", "contract", "completeness", "ERROR"),
    Check("keys_unique", "No key stands twice", "contract", "uniqueness", "ERROR"),
    Check(
        "edition_from_content", "The content itself tells the edition", "file", "accuracy", "WARN"
    ),
    Check(
        "cells_whole",
        "No organisation's month lost rows to quarantine",
        "rules",
        "completeness",
        "WARN",
    ),
    Check(
        "coverage_present",
        "The coverage file of the same edition is held",
        "rules",
        "completeness",
        "WARN",
    ),
    Check("parts_complete", "All parts of the edition are here", "rules", "completeness", "WARN"),
    Check("sums_reconcile", "Practice sums equal sub-ICB sums", "rules", "consistency", "WARN"),
    Check(
        "people_within_population",
        "No more people than registered patients",
        "rules",
        "accuracy",
        "ERROR",
    ),
    Check("practices_known", "Every practice is on a patient list", "rules", "validity", "WARN"),
)

MART_CHECKS = (
    Check(
        "tables_described", "Every table and column has a comment", "mart", "completeness", "ERROR"
    ),
    Check(
        "figures_unique",
        "One figure per month, organisation and KPI",
        "mart",
        "uniqueness",
        "ERROR",
    ),
    Check(
        "catalogue_complete",
        "Every figure's KPI is in the catalogue",
        "mart",
        "consistency",
        "ERROR",
    ),
    Check("shares_in_range", "Every share lies between 0 and 1", "mart", "validity", "ERROR"),
    Check(
        "absent_is_null",
        "No value without status, no incomplete figure with a value",
        "mart",
        "accuracy",
        "ERROR",
    ),
    Check(
        "figures_traceable",
        "Every figure's edition is accepted and has source files",
        "mart",
        "accuracy",
        "ERROR",
    ),
    Check(
        "mart_people_within_population",
        "No figure of people exceeds the registered patients",
        "mart",
        "accuracy",
        "ERROR",
    ),
    Check(
        "non_additive_not_summed",
        "Nothing is added up that must not be",
        "mart",
        "accuracy",
        "ERROR",
    ),
)

CHECKS = {check.rule: check for check in (*ROW_CHECKS, *EDITION_CHECKS, *MART_CHECKS)}
