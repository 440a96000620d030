"""A contract of import-linter: no module imports itself through others, `TYPE_CHECKING` imports included."""

from graphlib import CycleError, TopologicalSorter
from typing import Any

from grimp import ImportGraph
from importlinter.application import output
from importlinter.domain.contract import Contract, ContractCheck


class NoCycles(Contract):
    """Kept while modules can be put into an order in which each imports only earlier ones."""

    type_name = "no_cycles"

    def check(self, graph: ImportGraph, verbose: bool) -> ContractCheck:
        """Whether there is no circle, and one if there is."""
        imports = {module: sorted(graph.find_modules_directly_imported_by(module)) for module in sorted(graph.modules)}
        circle: list[str] = []
        try:
            TopologicalSorter(imports).prepare()
        except CycleError as error:
            circle = list(reversed(error.args[1]))
        return ContractCheck(kept=not circle, metadata={"circle": circle})

    def render_broken_contract(self, check: ContractCheck) -> None:
        """Print the circle."""
        circle: Any = check.metadata["circle"]
        output.print_error(" -> ".join(circle))
