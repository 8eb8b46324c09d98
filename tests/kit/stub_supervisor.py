"""A supervisor over stub services: `python -m kit.stub_supervisor HOME name=STUB …`."""

import os
import sys
from pathlib import Path

from quotewire.local.home import Home
from quotewire.local.service import Service, ServiceSpec
from quotewire.local.settings import command_settings
from quotewire.local.supervisor import Supervisor
from quotewire_runtime.errors import QuotewireError


def main(root: str, *services: str) -> int:
    """Supervise until stopped."""
    Service.start_timeout_s = float(os.environ.get("STUB_PATIENCE", "10"))
    Service.stop_timeout_s = float(os.environ.get("STUB_GRACE", "1"))
    path = os.pathsep.join(sys.path)
    specs = [
        ServiceSpec(name, "kit.stub_service", {"STUB": kind, "PYTHONPATH": path})
        for name, kind in (service.split("=") for service in services)
    ]
    supervisor = Supervisor(Home(Path(root)), command_settings(), specs)
    supervisor.stop_on_signals()
    try:
        supervisor.run()
    except QuotewireError as error:
        sys.stderr.write(f"{error}\n")
        return error.exit_code
    return 0


if __name__ == "__main__":
    sys.exit(main(*sys.argv[1:]))
