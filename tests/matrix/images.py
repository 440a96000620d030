"""Every private image, fetched by everybody without a signature."""

from tests.matrix.reading import Report
from tests.matrix.world import World

PRIVATE = ("photo", "picture", "id_card")


async def fetch_images(world: World) -> Report:
    """The owner and administrators are sent it, nobody else."""
    report = Report()
    for kind in PRIVATE:
        for owner in ("ada", "dora"):
            path = str(world.ids[f"{kind}_of_{owner}"]).partition("?")[0]
            for caller in world.callers.values():
                headers = caller.person.bearer if caller.person else {}
                status = (await world.product.http.get(path, headers=headers)).status_code
                expected = 200 if caller.name in {owner, "administrator"} else 404
                report.cells += 1
                if status != expected:
                    report.faults.append(f"{kind} of {owner} as {caller.name}: {status}, not {expected}")
    return report
