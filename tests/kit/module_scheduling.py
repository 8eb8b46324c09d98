"""Distribute tests over the workers of pytest-xdist by module, in the order in which they are collected.

The tests of a module may share a fixture that is made once, and the long modules come first.
"""

from xdist.scheduler import LoadScopeScheduling

SERIAL_MODULES = frozenset(
    f"tests/integration/{module}.py"
    for module in ("cli/test_stream", "cli/test_supervisor", "ops/test_every_expression_answers")
)
"""Modules that run `quotewire up`, which chooses its own ports: two at the same time could choose the same port."""


class ModuleScheduling(LoadScopeScheduling):  # type: ignore[misc]  # ships no types
    """Give each free worker the next module; SERIAL_MODULES count as one module."""

    def _split_scope(self, nodeid: str) -> str:
        module = nodeid.partition("::")[0]
        return "serial modules" if module in SERIAL_MODULES else module
