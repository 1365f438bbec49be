"""Expectations of our own: what Data Docs say of them."""

from typing import Any


def test_data_docs_can_write_each_sentence() -> None:
    from great_expectations.expectations.expectation_configuration import ExpectationConfiguration
    from great_expectations.render.view import DefaultJinjaPageView

    from checks import custom_expectations
    from checks.evaluation import library

    library()
    kwargs = {"column": "board", "column_A": "now", "column_B": "before", "times": 2, "share": 0.9}
    own: list[Any] = [
        one for name, one in vars(custom_expectations).items() if name.startswith("Expect")
    ]
    own = [one for one in own if one.__module__ == custom_expectations.__name__]
    assert len(own) >= 5
    for one in own:
        said = ExpectationConfiguration(one.expectation_type, kwargs, meta={"title": "Why"})
        [content] = one._prescriptive_renderer(configuration=said)
        text = content.to_json_dict()["string_template"]
        written = DefaultJinjaPageView().render_string_template(text)
        assert "$" not in written and ("now" in written or "board" in written), one
