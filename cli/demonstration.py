"""`load-demo`."""

from cli.running import fail, new_scope, out, run, settings
from resolvers.demonstration import DEMONSTRATION_ACCOUNT, DEMONSTRATION_PASSWORD
from resolvers.scope import Services
from resolvers.startup import DEVELOPMENT_ADMINISTRATOR, seed


def load_demo() -> None:
    """Load the demonstration data, unless it is there already."""
    configured = settings()
    if configured.is_production:
        raise fail("production never holds demonstration data. Use ENVIRONMENT=development and another database.")

    async def load(services: Services) -> bool:
        return await seed(new_scope(services), demonstration=True)

    if run(configured, load):
        out.print("Loaded the demonstration data.")
    else:
        out.print("This database has the demonstration data already.")
    out.print(f"Sign in as the student {DEMONSTRATION_ACCOUNT}, password {DEMONSTRATION_PASSWORD}.")
    out.print(f"The administrator is {DEVELOPMENT_ADMINISTRATOR}.")
