"""Freeze the present schemas as schemas/released/<version>/, for the release named in schemas/pyproject.toml.

python schemas/release.py

A frozen release is never changed: tests read its records with today's code, and today's records with its code.
"""

from __future__ import annotations

import shutil
import subprocess
import sys
import tomllib
from pathlib import Path

HERE = Path(__file__).resolve().parent
FROZEN = ("json", "examples", "topics")


def main() -> int:
    version = tomllib.loads((HERE / "pyproject.toml").read_text("utf-8"))["project"]["version"]
    folder = HERE / "released" / version
    if folder.exists():
        print(f"{folder.relative_to(HERE.parent)} exists: raise the version in schemas/pyproject.toml first")
        return 1
    for name in FROZEN:
        shutil.copytree(HERE / name, folder / name, ignore=shutil.ignore_patterns("*.md"))
    build = [sys.executable, "-m", "build", "--wheel", "--no-isolation", "--outdir", str(folder), str(HERE)]
    subprocess.run(build, check=True, stdout=subprocess.DEVNULL)
    print(f"wrote: {folder.relative_to(HERE.parent)}")
    return 0


if __name__ == "__main__":
    sys.exit(main())
