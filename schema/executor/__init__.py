"""The compiled executor: runs validated operations from plans, level by level. See docs/executor.md."""

from schema.executor.executor import MAX_UNPLANNED_COST as MAX_UNPLANNED_COST
from schema.executor.executor import CompiledExecutor as CompiledExecutor
from schema.executor.executor import UnplannedError as UnplannedError
from schema.executor.executor import execute as execute
from schema.executor.executor import executor_class as executor_class
from schema.executor.executor import resize as resize
from schema.executor.executor import trust as trust
from schema.executor.plans import Plans as Plans
from schema.executor.prepared import Prepared as Prepared
from schema.executor.run import MAX_ERRORS as MAX_ERRORS
from schema.executor.run import TooManyErrors as TooManyErrors
