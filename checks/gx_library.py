"""Great Expectations itself: loaded on first use, because it takes seconds and most commands run no
checks, and kept from working out the same thing again and again.

Belongs here: what is private to the library, which an upgrade may change. Does not: what is
evaluated (`checks.evaluation`).
"""

from __future__ import annotations

import importlib
import logging
import sys
from collections.abc import Callable, Iterator, Mapping
from contextlib import ExitStack, contextmanager
from functools import cache
from types import ModuleType
from typing import Any

SIMPLE = (str, int, float, bool, type(None))


class LoadedWhenUsed(ModuleType):
    """Stands in for a module until something of it is used."""

    def __getattr__(self, name: str) -> Any:
        if name.startswith("__"):  # asked of every module by whatever looks through them
            raise AttributeError(name)
        self.step_aside()
        return getattr(importlib.import_module(self.__name__), name)

    def step_aside(self) -> None:
        """Let the next import load the module itself."""
        if sys.modules.get(self.__name__) is self:
            del sys.modules[self.__name__]


@contextmanager
def _without(*names: str) -> Iterator[None]:
    """Keep modules from being loaded, unless something of them is used then or later."""
    left_out = [LoadedWhenUsed(name) for name in names if name not in sys.modules]
    sys.modules.update({one.__name__: one for one in left_out})
    try:
        yield
    finally:
        for one in left_out:
            one.step_aside()


@cache
def library() -> Any:
    """Load Great Expectations, our own expectations with it."""
    with _without("scipy.stats", "altair"):  # a third of the time, for expectations of its own
        import great_expectations as gx

    import checks.custom_expectations  # noqa: F401  registers them

    logging.captureWarnings(capture=False)  # the library turns it on for the whole process
    return gx


@cache
def context() -> Any:
    """Return an ephemeral context without progress bars, made once per process."""
    made = library().get_context(mode="ephemeral")
    made.variables.progress_bars = {"globally": False, "metric_calculations": False}
    return made


@contextmanager
def remembering(engine: Any) -> Iterator[None]:
    """Have the library work out once, in one evaluation: the configuration of each expectation,
    the id of each metric, and the rows that several metrics of an expectation are about. It changes
    none of them while it evaluates; without this it takes three times as long."""
    from great_expectations.core.id_dict import IDDict
    from great_expectations.expectations.expectation import Expectation

    configuration: Any = Expectation.configuration
    with ExitStack() as stack:
        stack.enter_context(_replaced(Expectation, "configuration", _made_once(configuration.fget)))
        stack.enter_context(_replaced(IDDict, "to_id", _id_once(IDDict.to_id)))
        engine.get_domain_records = _records_once(engine.get_domain_records)
        yield


@contextmanager
def _replaced(owner: type, name: str, ours: Any) -> Iterator[None]:
    original = owner.__dict__[name]
    setattr(owner, name, ours)
    try:
        yield
    finally:
        setattr(owner, name, original)


def _made_once(make: Callable[[Any], Any]) -> property:
    made = dict[int, tuple[Any, Any]]()

    def configuration(self: Any) -> Any:
        if id(self) not in made:
            made[id(self)] = (self, make(self))  # kept alive, so that no id is used again
        return made[id(self)][1]

    return property(configuration)


def _id_once(work_out: Callable[..., Any]) -> Callable[..., Any]:
    known = dict[str, Any]()

    def to_id(self: Mapping[str, Any], *of: Any, **named: Any) -> Any:
        if of or named or not _is_simple(self):
            return work_out(self, *of, **named)
        content = repr(self)
        if content not in known:
            known[content] = work_out(self)
        return known[content]

    return to_id


def _is_simple(said: Mapping[str, Any]) -> bool:
    """Whether what is printed of a mapping tells it from every other."""
    return all(
        isinstance(value, SIMPLE)
        or (isinstance(value, (list, tuple)) and all(isinstance(one, SIMPLE) for one in value))
        for value in said.values()
    )


def _records_once(find: Callable[[Any], Any]) -> Callable[[Any], Any]:
    known = dict[str, Any]()

    def get_domain_records(domain_kwargs: Any) -> Any:
        if not _is_simple(domain_kwargs):
            return find(domain_kwargs)
        content = repr(domain_kwargs)
        if content not in known:
            known[content] = find(domain_kwargs)
        return known[content]

    return get_domain_records
