"""`check-attendance`."""

from cli.running import fail, out, print_json, run, settings
from resolvers import attendance_runs
from resolvers.scope import Services


def check(*, repair: bool, as_json: bool) -> None:
    """Print how many users have wrong runs of days; the exit code is 1 if there are such, and they stay."""

    async def work(services: Services) -> int:
        wrong = await attendance_runs.count_wrong(services.database)
        if repair and wrong:
            async with services.database.transaction() as transaction:
                await attendance_runs.count_anew(transaction, is_sqlite=services.database.is_sqlite)
        return wrong

    wrong = run(settings(), work)
    if as_json:
        print_json({"wrong": wrong, "repaired": repair and wrong > 0})
    elif not wrong or repair:
        out.print(f"{wrong} users had wrong days in a row." if wrong else "All days in a row are right.")
    if wrong and not repair:
        raise fail(f"{wrong} users have wrong days in a row: repair them with --repair, and report it as a fault.")
