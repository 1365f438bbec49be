"""England whole as people import it: which files, with which words, in which order.

Belongs here: the files of `england/` in the folder of further real publications. Does not: what
must be true of the mart made of them.
"""

import random
from pathlib import Path

import polars as pl

from tests.e2e.command import run

Import = tuple[str, ...]

# File, and what the person says with it. The second practice file is a November release that holds
# October alone.
IMPORTS: tuple[Import, ...] = (
    ("Practice_Level_Crosstab_Oct_25.zip",),
    ("Practice_Level_Crosstab_Nov_25.zip", "--edition", "2025-11"),
    ("Appointments_GP_Regional_CSV_Oct_25.zip",),
    ("Appointments_GP_Regional_CSV_Nov_25.zip",),
    ("cov_Oct_25.zip",),
    ("cov_Nov_25.zip",),
    ("APPOINTMENTS_GP_COVERAGE aug 2021- jan 2023.csv",),
    ("APPOINTMENTS_GP_COVERAGE feb 2023 - 2025.csv",),
    ("gp-reg-pat-prac-all_2025-04.zip",),
    ("gp-reg-pat-prac-map_2025-04.zip",),
    ("PracPopJan26.csv",),
    ("gp-reg-pat-prac-all_2026-07_from_quin.zip",),
)


def shuffled(seed: int) -> list[Import]:
    """The imports in another order, the same for the same seed."""
    return random.Random(seed).sample(IMPORTS, len(IMPORTS))


def bring_in(root: Path, england: Path, imports: list[Import]) -> None:
    """Import each with a command of its own; none may be refused."""
    for name, *said in imports:
        done = run(root, "import", england / name, *said)
        assert done.returncode == 0, done.stdout + done.stderr


def refreshed(root: Path) -> str:
    """Refresh as a person does; what was printed. Every edition must be accepted."""
    done = run(root, "refresh")
    assert done.returncode == 0, done.stdout + done.stderr
    return done.stdout


def published_counts(england: Path, edition: str) -> pl.DataFrame:
    """Appointments of a regional release by `org_code` and `month`, added up from the zip's bytes
    with nothing of ours: no alias, no contract."""
    import io
    import zipfile

    with zipfile.ZipFile(england / f"Appointments_GP_Regional_CSV_{edition}.zip") as release:
        parts = [
            pl.read_csv(io.BytesIO(release.read(name)), infer_schema=False)
            for name in release.namelist()
            if name.lower().endswith(".csv")
        ]
    return (
        pl.concat(parts)
        .select(
            org_code="SUB_ICB_LOCATION_CODE",
            month=pl.concat_str(pl.lit("01"), "APPOINTMENT_MONTH").str.to_date("%d%b%Y"),
            appointments=pl.col("COUNT_OF_APPOINTMENTS").cast(pl.Int64),
        )
        .group_by("org_code", "month")
        .agg(pl.col("appointments").sum())
    )
