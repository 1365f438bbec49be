"""Reports that a step started and how it ended, as lineage events. The OpenLineage client is loaded
only if events are wanted."""

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

    from warehouse.outputs.openlineage.naming import Names

# Names of datasets -> input datasets.
InputsOf = Callable[["Names"], "Sequence[InputDataset]"]
WHAT_WAS_FOUND = "Run `access-recovery status` for what they found."


@dataclass(frozen=True)
class StepOutcome:
    """Inputs and outputs of a step. `failure`: why outputs are missing, quoting no cell; None if
    none are."""

    inputs: Sequence[InputDataset]
    outputs: Sequence[OutputDataset]
    failure: str | None = None


class Running:
    """A running step. Set `outcome` to a function that takes the names of datasets and returns the
    outcome; without one, no event is sent at the end.

    `run_id`, `dagster_job`: the Dagster run that it is part of. `inputs`: those known at the start.
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
        from warehouse.outputs.openlineage.naming import Names

        self.outcome: Callable[[Names], StepOutcome] | None = None
        self._emitter, self._events = emitter, events
        self._names = Names(namespace(), emitter.home)
        self._run_id, self._inputs = run_id, inputs
        caller = events.Caller(run_id, dagster_job)
        self._step = events.step(self._names.own, job, description, caller, edition)

    def begin(self) -> None:
        """Send the event that it started."""
        self._emitter.emit(self._events.started(self._step, self._inputs(self._names)))

    def fail(self, error: BaseException) -> None:
        """Send the event that it failed with an error."""
        words = broken_words(error, self._run_id)
        self._emitter.emit(self._events.failed(self._step, words, self._inputs(self._names)))

    def end(self) -> None:
        """Send the event with its outcome."""
        if self.outcome is None:
            return
        found = self.outcome(self._names)
        if found.failure is None:
            ended = self._events.completed(self._step, found.inputs, found.outputs)
        else:
            ended = self._events.failed(self._step, found.failure, found.inputs, found.outputs)
        self._emitter.emit(ended)


@contextmanager
def running(emitter: Emitter | None, *about: Any, **more: Any) -> Iterator[Running | None]:
    """Report that a step starts, and then that it ended or failed; its own errors are raised
    unchanged.

    `about`, `more`: arguments of `Running`. Gives None if events are turned off (`emitter` is
    None), or can't be made, which stops no step.
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
    """Describe what stopped a step: the kind of error and the system's message; its own may quote
    cells."""
    system = f" ({error.strerror})" if isinstance(error, OSError) and error.strerror else ""
    return f"{type(error).__name__}{system}; for details see Dagster run {run_id}."


def failed_words(results: Iterable[CheckResult]) -> str:
    """Return which checks failed, without what they found."""
    titles = dict.fromkeys(one.title for one in results if one.verdict == "fail")
    return f"Held: {'; '.join(titles) or 'no check failed'}. {WHAT_WAS_FOUND}"


def files_named(files: Sequence[SourceFile]) -> InputsOf:
    """Return the files of an edition by name alone: all that is known before they are read."""

    def made(names: Names) -> list[InputDataset]:
        from warehouse.outputs.openlineage.datasets import named_file

        return [named_file(names, file) for file in files]

    return made


def edition_taken_in(
    contract: Contract,
    edition: str,
    files: Sequence[SourceFile],
    facts: Sequence[TidyFacts],
    results: Sequence[CheckResult],
    status: EditionStatus,
) -> Callable[[Names], StepOutcome]:
    """Return the outcome of processing an edition; a held one has no measures."""

    def made(names: Names) -> StepOutcome:
        from warehouse.outputs.openlineage import datasets

        inputs = [datasets.source_file(names, file, contract) for file in files]
        inputs.append(datasets.tidy_judged(names, contract, facts, results))
        tidy = datasets.tidy_table(names, contract, edition, files, facts)
        if status.verdict != "accepted":
            decided = "Held by a decision; run `access-recovery status` for who decided and why."
            why = failed_words(results) if status.undecided else decided
            return StepOutcome(inputs, tidy, why)
        measures = datasets.measures_table(names, contract, edition, files, facts)
        return StepOutcome(inputs, [*tidy, measures])

    return made


def mart_built(path: Path, results: Sequence[CheckResult]) -> Callable[[Names], StepOutcome]:
    """Return the outcome of building the mart at `path`; it fails with its checks."""

    def made(names: Names) -> StepOutcome:
        from warehouse.outputs.openlineage.mart_events import built

        inputs, outputs = built(names, path, results)
        failed = any(one.verdict == "fail" for one in results)
        return StepOutcome(inputs, outputs, failed_words(results) if failed else None)

    return made


def mart_published(path: Path, fingerprint: str) -> Callable[[Names], StepOutcome]:
    """Return the outcome of publishing the built mart."""

    def made(names: Names) -> StepOutcome:
        from warehouse.outputs.openlineage.mart_events import published

        return StepOutcome(*published(names, path, fingerprint))

    return made
