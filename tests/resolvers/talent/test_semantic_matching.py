"""Recommendations by meaning, where the setting asks for them."""

import pytest
from sqlalchemy import select

from models.db import Database
from models.settings import Settings
from models.statements import table_of
from models.talent.recommendations import ResumeProfile
from resolvers.matching.profile import Profile
from resolvers.scope import Services
from tests.resolvers.talent.test_matching import BACKEND, WANTED, finish, started
from tests.support.clients import Clock, Product
from tests.support.feeds import candidate, new_feed, new_recruiter

PROFILES = table_of(ResumeProfile)
SAID = "{ viewer { feeds { nodes { recommendations { nodes { score reasons { component points held } } } } } } }"
on_sqlite = pytest.mark.parametrize("database_url", ["sqlite"], indirect=True)


@on_sqlite
async def test_profiles_get_their_meaning_when_the_setting_is_turned_on(
    product: Product, settings: Settings, database: Database, clock: Clock
) -> None:
    _, resume = await candidate(product, **BACKEND)
    person = await new_recruiter(product, settings)
    await new_feed(product, person, **WANTED)
    services = Services.from_settings(settings, clock)
    await finish(await started(services))
    assert [Profile.loads(row.content).meaning for row in await database.fetch(select(PROFILES))] == [None]
    await services.close()

    services = Services.from_settings(settings.model_copy(update={"semantic_matching": True}), clock)
    await finish(await started(services))

    (kept,) = await database.fetch(select(PROFILES))
    read = Profile.loads(kept.content).meaning
    assert read is not None
    assert (kept.resume_id, read.model, len(read.vector)) == (resume, "use-multilingual-3", 512)
    reply = await product.http.post(
        "/graphql", json={"query": SAID}, headers={**person.bearer, "Accept-Language": "en"}
    )
    (node,) = reply.json()["data"]["viewer"]["feeds"]["nodes"][0]["recommendations"]["nodes"]
    (text,) = [reason for reason in node["reasons"] if reason["component"] == "TEXT"]
    assert text["held"][0].endswith(" % alike in meaning")
    assert node["score"] == int(sum(reason["points"] for reason in node["reasons"]) + 0.5)
    # Nothing is left to do: what is stored is of this model.
    again = await started(services)
    assert not await again.step()
    await services.close()
