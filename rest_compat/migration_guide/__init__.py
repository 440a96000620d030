"""The migration guide from each old endpoint to the graph, generated from the endpoint tables."""

from rest_compat.migration_guide.guide import migration_guide

__all__ = ["migration_guide"]
