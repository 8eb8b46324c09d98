"""How the tests are shared out among the workers of pytest-xdist: by module, in the order in which they are collected.

A module's tests may stand on something that is made once for all of them, and the long modules come first.
"""

from xdist.scheduler import LoadScopeScheduling

ONE_MACHINE = frozenset(
    f"tests/integration/{module}.py"
    for module in ("cli/test_stream", "cli/test_supervisor", "ops/test_every_expression_answers")
)
"""Each of their `quotewire up` chooses its own ports; two at the same moment could choose the same."""


class ByModule(LoadScopeScheduling):  # type: ignore[misc]  # ships no types
    """One module after the other to whoever is free; those of ONE_MACHINE as if they were one."""

    def _split_scope(self, nodeid: str) -> str:
        module = nodeid.partition("::")[0]
        return "one machine" if module in ONE_MACHINE else module
