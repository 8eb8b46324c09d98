"""`python -m quotewire_store`: the store service."""

from __future__ import annotations

import sys

from quotewire_runtime.config.settings import load
from quotewire_runtime.errors import QuotewireError
from quotewire_runtime.stage import run_stage
from quotewire_schemas.topics import ENRICHED
from quotewire_store.bootstrap import build
from quotewire_store.settings import Settings


def main() -> None:
    """Load the settings and run until SIGTERM."""
    try:
        settings = load(Settings)
        run_stage(settings, build(settings), ENRICHED)
    except QuotewireError as error:
        print(f"quotewire: {error}", file=sys.stderr)  # noqa: T201 - one line for the operator
        sys.exit(error.exit_code)


if __name__ == "__main__":
    main()
