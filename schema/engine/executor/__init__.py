"""The compiled executor: runs validated operations from plans, level by level. See docs/executor.md."""

from schema.engine.executor.executor import MAX_UNPLANNED_COST as MAX_UNPLANNED_COST
from schema.engine.executor.executor import CompiledExecutor as CompiledExecutor
from schema.engine.executor.executor import UnplannedError as UnplannedError
from schema.engine.executor.executor import execute as execute
from schema.engine.executor.executor import executor_class as executor_class
from schema.engine.executor.executor import resize as resize
from schema.engine.executor.executor import trust as trust
from schema.engine.executor.plans import Plans as Plans
from schema.engine.executor.prepared import Prepared as Prepared
from schema.engine.executor.run import MAX_ERRORS as MAX_ERRORS
from schema.engine.executor.run import TooManyErrors as TooManyErrors
