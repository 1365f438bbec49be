"""Retry network requests: when, how often, and how long to wait."""

from __future__ import annotations

from collections.abc import Callable
from typing import TypeVar

from tenacity import RetryCallState, Retrying, retry_if_exception, stop_after_attempt
from tenacity.wait import wait_exponential_jitter

from warehouse.fetch.failures import Unreachable

ATTEMPTS = 5
GROWING = wait_exponential_jitter(initial=1, max=60, jitter=1)

T = TypeVar("T")


def with_retries(ask: Callable[[], T], sleep: Callable[[float], None]) -> T:
    """Call `ask`, and retry temporary errors. Waits grow, with random additions, and are at least
    what the publisher asks for. Raises Unreachable after the last attempt."""
    retrying = Retrying(
        retry=retry_if_exception(_may_pass),
        stop=stop_after_attempt(ATTEMPTS),
        wait=_wait,
        sleep=sleep,
        reraise=True,
    )
    try:
        return retrying(ask)
    except Unreachable as error:
        error.attempts = retrying.statistics.get("attempt_number", 1)
        raise


def _may_pass(error: BaseException) -> bool:
    return isinstance(error, Unreachable) and error.passing


def _wait(state: RetryCallState) -> float:
    error = state.outcome.exception() if state.outcome else None
    return max(GROWING(state), error.wait if isinstance(error, Unreachable) else 0)
