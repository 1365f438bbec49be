"""What runs no check loads no heavy library: loading them takes seconds."""

import subprocess
import sys

from tests.e2e.command import environment
from warehouse.base.home import Home

HEAVY = ("great_expectations", "pandas", "scipy")


def test_commands_that_run_no_check_load_no_library_of_checks(october: Home) -> None:
    code = (
        "import sys\n"
        "from typer.testing import CliRunner\n"
        "from pipelines.cli.main import app\n"
        "explain = ['explain', 'appointments', '--org', '04C', '--month', '2025-10']\n"
        "for said in (['--help'], ['status'], explain, ['refresh']):\n"
        "    result = CliRunner().invoke(app, said)\n"
        "    assert result.exit_code == 0, (said, result.output)\n"
        "assert 'Nothing new since' in result.output, result.output\n"
        f"print([name for name in {HEAVY!r} if name in sys.modules])\n"
    )
    done = subprocess.run(
        [sys.executable, "-c", code],
        capture_output=True,
        text=True,
        check=False,
        env=environment(october.root),
    )
    assert (done.stdout.strip(), done.returncode) == ("[]", 0), done.stderr
