"""`python -m quotewire` is the command."""

from quotewire.cli import main

if __name__ == "__main__":
    main()
