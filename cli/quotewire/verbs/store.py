"""`quotewire store`."""

from quotewire.verb_group import VerbCommand, new_app

app = new_app()


@app.command(cls=VerbCommand)
def store() -> None:
    """Run the store service: enriched articles → PostgreSQL. Settings come from the environment.

    Example:
        QUOTEWIRE_KAFKA__BOOTSTRAP_SERVERS=localhost:9092 QUOTEWIRE_POSTGRES__DSN=postgresql://… quotewire store
    """
    from quotewire_store.__main__ import main

    main()
