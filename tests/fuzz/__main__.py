"""Fuzz the intake: `python -m tests.fuzz KIND [RUNS] [SEED]`, guided by what code an input reaches
(atheris). The first input that is neither read nor refused in words, takes over 10 seconds or too
much memory, or makes anything write outside its folder, is kept in `.fuzz/KIND/`. Seconds are by
the clock: on a busy machine an input may seem to hang."""

from __future__ import annotations

import logging
import shutil
import sys
import tempfile
from pathlib import Path
from random import Random

import atheris

with atheris.instrument_imports(include=["warehouse"], enable_loader_override=False):
    from tests.fuzz.inputs import damaged_within, seeds
    from tests.fuzz.targets import target, watch

KINDS = ("csv", "zip", "gz", "xlsx", "html", "json")
RUNS = 100_000
SECONDS, MEMORY_MB, MOST_BYTES = 10, 3_000, 65_536
KEPT = Path(".fuzz").absolute()


def main() -> None:
    """Fuzz one kind; exit status 0 only after all runs."""
    given = dict(enumerate(sys.argv))
    kind, runs, seed = given.get(1), given.get(2, str(RUNS)), given.get(3, "1")
    if kind not in KINDS:
        sys.exit(f"Usage: python -m tests.fuzz {{{','.join(KINDS)}}} [RUNS] [SEED]")
    logging.disable(logging.CRITICAL)
    corpus = KEPT / kind / "corpus"
    shutil.rmtree(corpus, ignore_errors=True)
    corpus.mkdir(parents=True)
    for number, content in enumerate(seeds(kind)):
        (corpus / f"seed-{number}").write_bytes(content)
    within = kind in ("zip", "gz", "xlsx")

    def changed(content: bytes, most: int, number: int) -> bytes:
        random = Random(number)
        if within and random.random() < 0.7:
            return damaged_within(kind, content, atheris.Mutate, most, random)[:most]
        return bytes(atheris.Mutate(content, most))

    scratch = Path("/dev/shm" if Path("/dev/shm").is_dir() else tempfile.gettempdir())
    folder = Path(tempfile.mkdtemp(prefix=f"fuzz-{kind}-", dir=scratch))
    tempfile.tempdir = str(folder)
    options = [f"-runs={runs}", f"-seed={seed}", f"-timeout={SECONDS}", f"-max_len={MOST_BYTES}"]
    options += [f"-rss_limit_mb={MEMORY_MB}", f"-artifact_prefix={KEPT / kind}/", str(corpus)]
    atheris.Setup(
        ["fuzz", *options],
        target(kind, folder / "of-the-product"),
        custom_mutator=changed,
    )
    watch(folder)
    atheris.Fuzz()


if __name__ == "__main__":
    main()
