"""`quotewire extract`."""

from quotewire.verb_group import VerbCommand, new_app

app = new_app()


@app.command(cls=VerbCommand)
def extract() -> None:
    """Run the extract service: articles → entities and quotations. Settings come from the environment.

    Example:
        QUOTEWIRE_KAFKA__BOOTSTRAP_SERVERS=localhost:9092 quotewire extract
    """
    from quotewire_extract.bootstrap import main

    main()
