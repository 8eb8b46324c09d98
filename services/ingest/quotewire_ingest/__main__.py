"""`python -m quotewire_ingest`: the ingest service."""

import sys

from quotewire_ingest.serve import serve
from quotewire_ingest.settings import Settings
from quotewire_runtime.config.settings import load
from quotewire_runtime.errors import QuotewireError


def main() -> None:
    """Read the settings and serve until SIGTERM."""
    try:
        serve(load(Settings))
    except QuotewireError as error:
        print(f"quotewire: {error}", file=sys.stderr)  # noqa: T201  # the one line for a person
        sys.exit(error.exit_code)


if __name__ == "__main__":
    main()
