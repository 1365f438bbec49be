"""Expectations of our own: two numbers compared by a limit, and values of our references.

Importing this module registers them with Great Expectations, which otherwise drops them from a
suite without a word: import it before a suite is loaded. It takes seconds, because it loads the
library: only what runs checks imports it. Not here: which check uses which
(`checks.expectations`).
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, ClassVar

from great_expectations.execution_engine import PandasExecutionEngine
from great_expectations.expectations.expectation import (
    ColumnMapExpectation,
    ColumnPairMapExpectation,
    MulticolumnMapExpectation,
)
from great_expectations.expectations.metrics.map_metric_provider import (
    ColumnMapMetricProvider,
    ColumnPairMapMetricProvider,
    MulticolumnMapMetricProvider,
    column_condition_partial,
    column_pair_condition_partial,
    multicolumn_condition_partial,
)
from great_expectations.render import LegacyRendererType, RenderedStringTemplateContent
from great_expectations.render.renderer.renderer import renderer

from warehouse.reference import local_authorities

if TYPE_CHECKING:
    import pandas as pd
    from great_expectations.expectations.expectation_configuration import ExpectationConfiguration

PAIR = ("column_A", "column_B", "ignore_row_if")


class WithinFactor(ColumnPairMapMetricProvider):
    """Whether each A is between 1/`times` and `times` times B."""

    condition_metric_name = "column_pair_values.within_factor"
    condition_value_keys = ("times",)

    @column_pair_condition_partial(engine=PandasExecutionEngine)
    def _pandas(cls, column_A: pd.Series, column_B: pd.Series, times: float, **_: Any) -> pd.Series:
        return (column_A <= times * column_B) & (column_B <= times * column_A)


class ChangeWithin(ColumnPairMapMetricProvider):
    """Whether each A differs from B by at most `share` of B; from zero, not at all."""

    condition_metric_name = "column_pair_values.change_within"
    condition_value_keys = ("share",)

    @column_pair_condition_partial(engine=PandasExecutionEngine)
    def _pandas(cls, column_A: pd.Series, column_B: pd.Series, share: float, **_: Any) -> pd.Series:
        # Divided, as the words are: 5% of 7 is not the same number as 0.35.
        relative = ((column_A - column_B) / column_B.where(column_B != 0)).abs()
        return (relative <= share).fillna(value=False) | (column_A == column_B)


class NotBelowShare(ColumnPairMapMetricProvider):
    """Whether each A is at least `share` of B."""

    condition_metric_name = "column_pair_values.not_below_share"
    condition_value_keys = ("share",)

    @column_pair_condition_partial(engine=PandasExecutionEngine)
    def _pandas(cls, column_A: pd.Series, column_B: pd.Series, share: float, **_: Any) -> pd.Series:
        return column_A >= share * column_B


class AtMostShare(ColumnPairMapMetricProvider):
    """Whether each A is at most `share` of B."""

    condition_metric_name = "column_pair_values.at_most_share"
    condition_value_keys = ("share",)

    @column_pair_condition_partial(engine=PandasExecutionEngine)
    def _pandas(cls, column_A: pd.Series, column_B: pd.Series, share: float, **_: Any) -> pd.Series:
        return column_A <= share * column_B


class WithinLimits(MulticolumnMapMetricProvider):
    """Whether the first of three columns lies between the second and the third."""

    condition_metric_name = "multicolumn_values.within_limits"

    @multicolumn_condition_partial(engine=PandasExecutionEngine)
    def _pandas(cls, column_list: pd.DataFrame, **_: Any) -> pd.Series:
        number, low, high = (column_list[name] for name in column_list.columns)
        return (low <= number) & (number <= high)


class KnownLocalAuthority(ColumnMapMetricProvider):
    """Whether each value is a local authority of `warehouse/reference/local_authorities.csv`."""

    condition_metric_name = "column_values.known_local_authority"

    @column_condition_partial(engine=PandasExecutionEngine)
    def _pandas(cls, column: pd.Series, **_: Any) -> pd.Series:
        return column.map(lambda name: local_authorities.code_of(name) is not None).astype(bool)


class OwnSentence:
    """An expectation's sentence in Data Docs: the title of its check, and what it expects."""

    sentence: ClassVar[str]

    @classmethod
    @renderer(renderer_type=LegacyRendererType.PRESCRIPTIVE)
    def _prescriptive_renderer(
        cls,
        configuration: ExpectationConfiguration | None = None,
        result: Any = None,
        runtime_configuration: dict[str, Any] | None = None,
    ) -> list[RenderedStringTemplateContent]:
        """Return the sentence, with limits as numbers that people write."""
        said = configuration.kwargs if configuration else {}
        columns = zip(("number", "low", "high"), said.get("column_list", ()), strict=False)
        params = {
            "title": _title(configuration),
            **{name: said.get(name) for name in ("column", "column_A", "column_B")},
            **dict(columns),
            "times": f"{said.get('times', 1):g}",
            "percent": f"{said.get('share', 1) * 100:g}%",
        }
        return _text(f"$title: {cls.sentence}", params)


def _title(configuration: ExpectationConfiguration | None) -> str:
    """Return the title of the check that an expectation is of, and its column if it has several."""
    meta = (configuration.meta if configuration else None) or {}
    column = meta.get("column")
    return str(meta.get("title", "")) + (f" ({column})" if column else "")


def _text(template: str, params: dict[str, Any]) -> list[RenderedStringTemplateContent]:
    """Return a text of Data Docs. Without `styling`: no page is written if that is None."""
    content = {"template": template, "params": params}
    return [
        RenderedStringTemplateContent(content_block_type="string_template", string_template=content)
    ]


class ExpectColumnValuesToBeKnownLocalAuthorities(OwnSentence, ColumnMapExpectation):
    """Expect each value to be a local authority of the reference, in any of its spellings."""

    map_metric = "column_values.known_local_authority"
    success_keys = ("mostly",)
    args_keys = ("column",)
    sentence: ClassVar[str] = "each $column is a local authority of the reference"


class ComparedNumbers(OwnSentence, ColumnPairMapExpectation):
    """An expectation on two numbers of each row."""

    sentence: ClassVar[str]  # the library would take it for an argument
    ignore_row_if: str = "either_value_is_missing"


class ComparedByShare(ComparedNumbers):
    """An expectation on two numbers of each row, whose limit is a share of B."""

    share: float
    success_keys = (*PAIR, "share", "mostly")
    args_keys = ("column_A", "column_B", "share")


class ExpectNumbersToBeWithinFactor(ComparedNumbers):
    """Expect each A to be between 1/`times` and `times` times B."""

    times: float
    map_metric = "column_pair_values.within_factor"
    success_keys = (*PAIR, "times", "mostly")
    args_keys = ("column_A", "column_B", "times")
    sentence = "$column_A is between 1/$times and $times times $column_B"


class ExpectNumbersToChangeByAtMost(ComparedByShare):
    """Expect each A to differ from B by at most `share` of B."""

    map_metric = "column_pair_values.change_within"
    sentence = "$column_A differs from $column_B by at most $percent"


class ExpectNumbersNotToFallBelowShare(ComparedByShare):
    """Expect each A to be at least `share` of B."""

    map_metric = "column_pair_values.not_below_share"
    sentence = "$column_A is at least $percent of $column_B"


class ExpectNumbersToBeAtMostShare(ComparedByShare):
    """Expect each A to be at most `share` of B."""

    map_metric = "column_pair_values.at_most_share"
    sentence = "$column_A is at most $percent of $column_B"


class ExpectNumbersToBeWithinTheirLimits(OwnSentence, MulticolumnMapExpectation):
    """Expect the first of three columns to lie between the second and the third, row by row."""

    map_metric = "multicolumn_values.within_limits"
    success_keys = ("column_list", "ignore_row_if", "mostly")
    args_keys = ("column_list",)
    ignore_row_if: str = "any_value_is_missing"
    sentence: ClassVar[str] = "each $number is between $low and $high of its row"
