"""A Postgres of the tests' own: started on 127.0.0.1, thrown away afterwards."""

import os
import shutil
import socket
import subprocess
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

PASSWORD = "correct/horse:battery@staple"
QUOTED = "correct%2Fhorse%3Abattery%40staple"


def programs() -> Path | None:
    """The folder of Postgres's programs, newest version first; None if it is not installed."""
    installed = Path("/usr/lib/postgresql").glob("*/bin/initdb")
    newest = max(installed, key=lambda path: int(path.parts[4]), default=None)
    found = newest or shutil.which("initdb")
    return Path(found).resolve().parent if found else None


@contextmanager
def postgres(at: Path) -> Iterator[str]:
    """The address of an empty database, with a password in it."""
    # Not under pytest's folder: Postgres won't run as root, and others may not look in there.
    place = Path(tempfile.mkdtemp(prefix="pg"))
    user = _somebody() if os.geteuid() == 0 else None
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port = free.getsockname()[1]
    secret = place / "secret"
    secret.write_text(PASSWORD)
    if user:
        for path in (place, secret):
            shutil.chown(path, user)
    data = place / "data"

    def run(program: str, *arguments: str) -> None:
        command = [str(at / program), "-D", str(data), *arguments]
        done = subprocess.run(
            command, user=user, cwd=place, check=False, timeout=60,
            stdout=subprocess.DEVNULL, stderr=subprocess.PIPE, text=True,
        )  # fmt: skip
        assert done.returncode == 0, done.stderr

    try:
        run("initdb", "-N", "-U", "mart", "-A", "scram-sha-256", f"--pwfile={secret}", "--locale=C")
        options = f"-F -p {port} -k {place} -h 127.0.0.1"
        run("pg_ctl", "-w", "-l", str(place / "log"), "-o", options, "start")
        try:
            yield f"postgresql://mart:{QUOTED}@127.0.0.1:{port}/postgres"
        finally:
            run("pg_ctl", "-w", "-m", "immediate", "stop")
    finally:
        shutil.rmtree(place, ignore_errors=True)


def _somebody() -> str:
    import pwd  # not on Windows

    known = {one.pw_name for one in pwd.getpwall()}
    return "postgres" if "postgres" in known else "nobody"
