"""When recommendations are first shown."""

from sqlalchemy import select

from models.settings import Settings
from models.statements import table_of
from models.talent.recommendations import Recommendation
from resolvers.matching.documents import Match
from resolvers.talent import matches
from tests.support.clients import Clock, Product
from tests.support.feeds import candidate, new_feed, new_recruiter
from tests.support.platform import writing


async def test_what_took_long_to_compute_is_first_shown_when_it_is_written(
    product: Product, settings: Settings, clock: Clock
) -> None:
    person = await new_recruiter(product, settings)
    feed, another = await new_feed(product, person), await new_feed(product, person)
    _, resume = await candidate(product)
    table = table_of(Recommendation)
    async with writing(settings, clock) as scope:
        clock.advance(seconds=2)
        await matches.replace_of_feed(scope, feed, [Match(feed, resume, 70, 80, ())], None)
    async with writing(settings, clock) as scope:
        clock.advance(seconds=2)
        await matches.replace_of_resumes(scope, [resume], [another], [Match(another, resume, 70, 80, ())])
        rows = await scope.transaction.fetch(select(table).order_by(table.c.id))

    shown = [(clock.now - row.displayed_at).total_seconds() for row in rows]
    assert shown == [2, 0]
