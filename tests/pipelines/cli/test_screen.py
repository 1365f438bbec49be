"""What is printed while a command works."""

import pytest

from pipelines.cli.screen import Screen


def test_in_a_pipe_each_step_is_a_line_and_each_of_many_files_none(
    capsys: pytest.CaptureFixture[str],
) -> None:
    with Screen().working("Looking", each="Importing ") as working:
        working("3 files in the landing folder")
        for name in "abc":
            working(f"Importing {name}")
        working("Processing nhs_app")
    told = capsys.readouterr().err.splitlines()
    assert told == ["3 files in the landing folder", "Processing nhs_app"]
