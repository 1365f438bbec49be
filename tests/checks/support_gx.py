"""Great Expectations in tests: answers reversed, or not asked for where judging is not tested."""

from collections.abc import Callable, Sequence

from checks.evaluation import Asked, Result, evaluate

Evaluate = Callable[[Sequence[Asked]], list[Result]]


def met(asked: Sequence[Asked]) -> list[Result]:
    """Results that say that everything is as expected: loading the library takes seconds."""
    return [
        {
            "success": True,
            "expectation_config": one.expected.configuration(),
            "result": {},
            "meta": {},
            "exception_info": {"raised_exception": False},
        }
        for one in asked
    ]


def changed(change: Callable[[Asked, Result], Result]) -> Evaluate:
    """The library's results, each changed."""

    def evaluated(asked: Sequence[Asked]) -> list[Result]:
        found = zip(asked, evaluate(asked), strict=True)
        return [change(one, result) for one, result in found]

    return evaluated
