"""``python -m quotewire_extract``: the command of the container."""

import sys

from quotewire_extract.bootstrap import main
from quotewire_runtime.errors import QuotewireError

if __name__ == "__main__":
    try:
        main()
    except QuotewireError as error:
        sys.stderr.write(f"quotewire: {error}\n")
        sys.exit(error.exit_code)
