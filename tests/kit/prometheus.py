"""Find `promtool` and `prometheus`: on the PATH, else in Debian's package, unpacked beside the tests.

Nothing is installed: the package is downloaded once (19 MB) and unpacked into `.parts/`, which `make clean` removes.
"""

import shutil
import subprocess
import tempfile
from collections.abc import Sequence
from pathlib import Path

import pytest

from kit.parts import FOLDER, exclusive_lock

UNPACKED = FOLDER / "prometheus"
DOWNLOAD_TIMEOUT_S = 240  # the package lists and 19 MB over a slow connection; below the limit of one test, 300 s


def program(name: str) -> Path:
    """Find `promtool` or `prometheus`, or download it; fail the test in one line if that fails."""
    if found := shutil.which(name):
        return Path(found)
    path = UNPACKED / "usr/bin" / name
    with exclusive_lock("prometheus"):
        problem = "" if path.exists() else _download()
    if problem:
        pytest.fail(
            f"{name} is missing and Debian's package could not be downloaded ({problem}): "
            "install Prometheus so that its programs are on the PATH (Debian: apt install prometheus)",
            pytrace=False,
        )
    return path


def _download() -> str:
    """Download and unpack Debian's package; return the problem, or nothing."""
    if not (shutil.which("apt-get") and shutil.which("dpkg-deb")):
        return "this machine has no apt-get and dpkg-deb"
    with tempfile.TemporaryDirectory(dir=FOLDER) as name:
        folder = Path(name)
        problem = _run(folder, "apt-get", "-q", "download", "prometheus")
        if problem:  # no package lists yet: fetch them into a folder of our own, which needs no root
            own = _own_lists(folder)
            problem = _run(folder, "apt-get", "-q", *own, "update")
            problem = problem or _run(folder, "apt-get", "-q", *own, "download", "prometheus")
        if problem:
            return problem
        package = next(folder.glob("prometheus_*.deb"))
        problem = _run(folder, "dpkg-deb", "-x", str(package), "unpacked")
        if problem:
            return problem
        shutil.rmtree(UNPACKED, ignore_errors=True)
        (folder / "unpacked").rename(UNPACKED)
    return ""


def _own_lists(folder: Path) -> list[str]:
    """Return options that keep apt's lists and caches in `folder`."""
    for part in ("lists/partial", "cache/archives/partial"):
        (folder / part).mkdir(parents=True)
    return ["-o", f"Dir::State::Lists={folder}/lists", "-o", f"Dir::Cache={folder}/cache", "-o", "APT::Sandbox::User="]


def _run(folder: Path, *command: str) -> str:
    """Run a command; return the last line of its error output if it failed, else nothing."""
    try:
        done = subprocess.run(
            command, cwd=folder, capture_output=True, text=True, timeout=DOWNLOAD_TIMEOUT_S, check=False
        )
    except subprocess.TimeoutExpired:
        return f"{command[0]} did not finish within {DOWNLOAD_TIMEOUT_S} s"
    if done.returncode == 0:
        return ""
    return _last_line(done.stderr.splitlines()) or f"{command[0]} exited with {done.returncode}"


def _last_line(lines: Sequence[str]) -> str:
    return next((line.strip() for line in reversed(lines) if line.strip()), "")
