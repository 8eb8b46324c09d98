"""`quotewire doctor`."""

from quotewire.doctor import examine
from quotewire.local.home import Home
from quotewire.local.settings import command_settings
from quotewire.options import FormatOption, HomeOption
from quotewire.tables import Format, show


def doctor(home: HomeOption = None, output: FormatOption = Format.TABLE) -> int:
    """Check what a stream needs on this machine, and say how to get what is missing. Changes nothing.

    The exit code is 0 when all is well, 1 when something is missing.

    Example:
        quotewire doctor
        quotewire doctor --format json | jq -r '.[] | select(.well == false) | .remedy'
    """
    findings = examine(Home(home), command_settings())
    rows = [
        {"what": one.what, "well": one.well, "is": one.found, "remedy": one.remedy}
        if output is not Format.TABLE
        else {"": "ok" if one.well else "MISSING", "what": one.what, "is": one.found, "what to do": one.remedy}
        for one in findings
    ]
    columns = list(rows[0])
    if output is Format.TABLE and all(one.well for one in findings):
        columns.remove("what to do")
    show(rows, columns, output)
    return 0 if all(one.well for one in findings) else 1
