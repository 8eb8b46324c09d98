"""`quotewire doctor`."""

from quotewire.doctor import run_checks
from quotewire.local.home import Home
from quotewire.local.settings import command_settings
from quotewire.options import FormatOption, HomeOption
from quotewire.output import OutputFormat, print_rows
from quotewire.verb_group import VerbCommand, new_app

app = new_app()


@app.command(cls=VerbCommand)
def doctor(home: HomeOption = None, output: FormatOption = OutputFormat.TABLE) -> int:
    """Check what a stream needs on this machine, and say how to get what is missing. Changes nothing.

    The exit code is 0 when nothing is missing, else 1.

    Example:
        quotewire doctor
        quotewire doctor --format json | jq -r '.[] | select(.well == false) | .remedy'
    """
    results = run_checks(Home(home), command_settings())
    rows = [
        {"what": one.subject, "well": one.ok, "is": one.found, "remedy": one.remedy}
        if output is not OutputFormat.TABLE
        else {"": "ok" if one.ok else "MISSING", "what": one.subject, "is": one.found, "what to do": one.remedy}
        for one in results
    ]
    columns = list(rows[0])
    if output is OutputFormat.TABLE and all(one.ok for one in results):
        columns.remove("what to do")
    print_rows(rows, columns, output)
    return 0 if all(one.ok for one in results) else 1
