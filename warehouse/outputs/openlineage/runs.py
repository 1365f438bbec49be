"""A run of a step, told as it goes: that it began, and how it ended.

Belongs here: the one way in which steps tell of themselves. Does not: what they say of datasets
(`datasets`, `mart_events`), where it goes (`emit`). The client is loaded only if events are wanted.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

from warehouse.archive.source_files import SourceFile
from warehouse.contract.model import Contract
from warehouse.editions.check_history import CheckResult
from warehouse.editions.status import EditionStatus
from warehouse.outputs.openlineage.emit import Emitter, namespace
from warehouse.transform.lake import TidyFacts

if TYPE_CHECKING:
    from openlineage.client.event_v2 import InputDataset, OutputDataset

# What is told of datasets, given the namespace that they are in.
InputsOf = Callable[[str], "Sequence[InputDataset]"]
WHAT_WAS_FOUND = "access-recovery status tells what was found."


@dataclass(frozen=True)
class StepOutcome:
    """What a step took in and gave out. `failure`: why it gave out less than it should, in words
    that quote no cell; None: it did not."""

    inputs: Sequence[InputDataset]
    outputs: Sequence[OutputDataset]
    failure: str | None = None


class Running:
    """A step under way. Whoever runs it leaves in `outcome` how its outcome is told, given the
    namespace of datasets; without one nothing is told of its end.

    `run_id`, `dagster_job`: the run of Dagster that it is part of. `inputs`: what is known of them
    at the start.
    """

    def __init__(
        self,
        emitter: Emitter,
        job: str,
        description: str,
        run_id: str,
        dagster_job: str,
        edition: str | None = None,
        inputs: InputsOf = lambda _: (),
    ) -> None:
        from warehouse.outputs.openlineage import events

        self.outcome: Callable[[str], StepOutcome] | None = None
        self._emitter, self._events, self._space = emitter, events, namespace()
        self._run_id, self._inputs = run_id, inputs
        caller = events.Caller(run_id, dagster_job)
        self._step = events.step(self._space, job, description, caller, edition)

    def begin(self) -> None:
        """Tell that it begins."""
        self._emitter.emit(self._events.started(self._step, self._inputs(self._space)))

    def fail(self, error: BaseException) -> None:
        """Tell that it broke off."""
        words = broken_words(error, self._run_id)
        self._emitter.emit(self._events.failed(self._step, words, self._inputs(self._space)))

    def end(self) -> None:
        """Tell what came of it."""
        if self.outcome is None:
            return
        told = self.outcome(self._space)
        if told.failure is None:
            ended = self._events.completed(self._step, told.inputs, told.outputs)
        else:
            ended = self._events.failed(self._step, told.failure, told.inputs, told.outputs)
        self._emitter.emit(ended)


@contextmanager
def running(emitter: Emitter | None, *about: Any, **more: Any) -> Iterator[Running | None]:
    """Tell that a step begins, and then that it ended or failed; what it raises goes on its way.

    `about`, `more`: of the step, as `Running` takes them. Gives None where nothing is told: events
    are turned off (`emitter` is None), or can't be made, which stops no step.
    """
    under_way: Running | None = None
    if emitter:
        with emitter.never_failing():
            under_way = Running(emitter, *about, **more)
            under_way.begin()
    try:
        yield under_way
    except BaseException as error:
        if emitter and under_way:
            with emitter.never_failing():
                under_way.fail(error)
        raise
    if emitter and under_way:
        with emitter.never_failing():
            under_way.end()


def broken_words(error: BaseException, run_id: str) -> str:
    """What stopped a step: its kind, and the system's word for it; its own may quote cells."""
    system = f" ({error.strerror})" if isinstance(error, OSError) and error.strerror else ""
    return f"{type(error).__name__}{system}; run {run_id} of Dagster tells more."


def failed_words(results: Iterable[CheckResult]) -> str:
    """Which checks failed, without what they found."""
    titles = dict.fromkeys(one.title for one in results if one.verdict == "fail")
    return f"Held back: {'; '.join(titles) or 'no check failed'}. {WHAT_WAS_FOUND}"


def files_named(files: Sequence[SourceFile]) -> InputsOf:
    """The files of an edition by their names alone: all that is known before they are read."""

    def told(space: str) -> list[InputDataset]:
        from openlineage.client.event_v2 import InputDataset

        from warehouse.outputs.openlineage.datasets import file_name

        return [InputDataset(space, file_name(file)) for file in files]

    return told


def edition_taken_in(
    contract: Contract,
    edition: str,
    files: Sequence[SourceFile],
    facts: Sequence[TidyFacts],
    results: Sequence[CheckResult],
    status: EditionStatus,
) -> Callable[[str], StepOutcome]:
    """The outcome of taking in an edition; one that is held back gives out no measures."""

    def told(space: str) -> StepOutcome:
        from warehouse.outputs.openlineage import datasets

        inputs = [datasets.source_file(space, file, contract) for file in files]
        inputs.append(datasets.tidy_judged(space, contract, facts, results))
        tidy = datasets.tidy_table(space, contract, edition, files, facts)
        if status.verdict != "accepted":
            by_hand = "Held by a person's decision; access-recovery status tells whose."
            why = failed_words(results) if status.undecided else by_hand
            return StepOutcome(inputs, tidy, why)
        measures = datasets.measures_table(space, contract, edition, files, facts)
        return StepOutcome(inputs, [*tidy, measures])

    return told


def mart_built(path: Path, results: Sequence[CheckResult]) -> Callable[[str], StepOutcome]:
    """The outcome of building the mart aside at `path`; it fails with its checks."""

    def told(space: str) -> StepOutcome:
        from warehouse.outputs.openlineage.mart_events import built

        inputs, outputs = built(space, path, results)
        failed = any(one.verdict == "fail" for one in results)
        return StepOutcome(inputs, outputs, failed_words(results) if failed else None)

    return told


def mart_published(path: Path, fingerprint: str) -> Callable[[str], StepOutcome]:
    """The outcome of putting the built mart in the place of the published one."""

    def told(space: str) -> StepOutcome:
        from warehouse.outputs.openlineage.mart_events import published

        return StepOutcome(*published(space, path, fingerprint))

    return told
