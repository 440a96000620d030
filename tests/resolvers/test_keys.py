"""The secret key is replaced: everything from before stays valid, all is re-encrypted, and the old key can go."""

import pytest
from pydantic import SecretStr
from sqlalchemy import LargeBinary, text

from auth.encryption import key_id
from models.db import Database
from models.settings import ConfigurationError, Settings
from models.tables import metadata
from resolvers import trail
from resolvers.keys import COLUMNS, Rotation, count_old, rotate
from resolvers.scope import Services
from resolvers.startup import upgrade
from schema.engine.node_id import encode
from server import create_app
from tests.models.test_settings import configured
from tests.schema.signing.test_resumes import ID_NUMBER
from tests.support.certification import DOCUMENTED_NUMBER, SUBMIT_REAL_NAME, identity, own_claims, submitted_real_name
from tests.support.clients import Clock, Person, Product, running
from tests.support.images import uploaded_path
from tests.support.platform import done, refused
from tests.support.signing import applied, new_employer, wechat_person

OLD = "of the prepared database and of its copies"
"""It sealed the trail of the database that the tests begin with, as where AUDIT_KEY was never set."""
NEW = "the key that everything is signed with now"
OWN = "{ viewer { databaseId resume { idNumber } } }"
FOUND = "query($number: String!) { signApplications(filter: {idNumber: $number}) { nodes { user { databaseId } } } }"
MERGE = """mutation($input: MergeUsersInput!) { mergeUsers(input: $input) { user { id } errors { code } } }"""


@pytest.fixture
def settings(settings: Settings) -> Settings:
    return with_keys(settings, OLD)


def with_keys(settings: Settings, keys: str) -> Settings:
    """Settings of a server that was started again with these keys."""
    fresh = settings.model_dump() | {"secret_key": SecretStr(keys), "audit_key": SecretStr("")}
    return configured(**fresh)


async def test_a_key_is_replaced_while_everything_goes_on(
    product: Product, settings: Settings, clock: Clock, database: Database
) -> None:
    employer = await new_employer(product)
    person, other = await product.students(2)
    await applied(product, person, employer)
    await submitted_real_name(product, person)
    private = await uploaded_path(product, person, "LICENSED_PHOTO")
    old_only = Services.from_settings(settings, clock)
    sealed_before = await checked(old_only)

    async with running(create_app(with_keys(settings, f"{NEW},{OLD}"), clock), clock, product.url) as both:
        both._accounts = product._accounts
        assert (await both.data(OWN, person=person))["viewer"]["resume"] == {"idNumber": ID_NUMBER}
        assert (await own_claims(both, person))["realName"]["idNumber"] == DOCUMENTED_NUMBER
        assert (await both.http.get(private)).status_code == 200
        found = await both.data(FOUND, {"number": ID_NUMBER}, person=employer.person)
        assert found == {"signApplications": {"nodes": [{"user": {"databaseId": person.id}}]}}
        values = await identity(both, other)
        assert await refused(both, SUBMIT_REAL_NAME, other, **values) == ["ID_NUMBER_TAKEN"]
        newer = await both.student()
        await applied(both, newer, employer, idNumber="110101199003075678")
        # A server that has the keys the other way round, as while one after the other is started again.
        async with running(create_app(with_keys(settings, f"{OLD},{NEW}"), clock), clock, product.url) as reversed_:
            assert (await reversed_.data(OWN, person=newer))["viewer"]["databaseId"] == newer.id
        stranger = await product.graphql(OWN, person=newer)
        assert stranger["errors"][0]["extensions"]["code"] == "UNAUTHENTICATED"

    rotating = Services.from_settings(with_keys(settings, f"{NEW},{OLD}"), clock)
    await upgrade(rotating)
    told: list[Rotation] = []
    assert await count_old(database, rotating.encryption) == {"resumes": 1, "real_names": 1}
    first = await rotate(rotating, told.append)
    second = await rotate(rotating, told.append)
    assert [(each.table, each.done, each.unreadable) for each in first] == [("resumes", 1, []), ("real_names", 1, [])]
    assert [(each.old, each.done) for each in second] == [(0, 0), (0, 0)]
    await rotating.close()

    async with running(create_app(with_keys(settings, NEW), clock), clock, product.url) as rotated:
        ended = await rotated.graphql(OWN, person=person)
        assert ended["errors"][0]["extensions"]["code"] == "UNAUTHENTICATED"
        person, other, handler = [await again(rotated, each) for each in (person, other, employer.person)]
        assert (await rotated.data(OWN, person=person))["viewer"]["resume"] == {"idNumber": ID_NUMBER}
        found = await rotated.data(FOUND, {"number": ID_NUMBER}, person=handler)
        assert found == {"signApplications": {"nodes": [{"user": {"databaseId": person.id}}]}}
        values = await identity(rotated, other)
        assert await refused(rotated, SUBMIT_REAL_NAME, other, **values) == ["ID_NUMBER_TAKEN"]

    new_only = Services.from_settings(with_keys(settings, NEW), clock)
    await upgrade(new_only)
    verdict = await trail.verify(new_only.database, new_only.seals, expected=sealed_before)
    assert verdict.faults == []
    assert verdict.head.number > sealed_before.number

    with pytest.raises(ConfigurationError) as misfit:
        await upgrade(old_only)
    assert f"encrypted with the key with the id {key_id(NEW)}; configured: {key_id(OLD)}. Set" in str(misfit.value)
    await new_only.close()
    await old_only.close()


async def again(product: Product, person: Person) -> Person:
    """The person, signed in again."""
    return await product.login(person.account, person.account[-6:])


async def checked(services: Services) -> trail.Head:
    await upgrade(services)
    verdict = await trail.verify(services.database, services.seals)
    assert verdict.faults == []
    return verdict.head


async def test_an_id_number_moves_with_its_owner_into_another_user(product: Product) -> None:
    kept, gone = await product.student(), await wechat_person(product, "lihua")
    await applied(product, gone, await new_employer(product))
    await submitted_real_name(product, gone)
    ids = {"userId": encode("User", gone.id), "intoUserId": encode("User", kept.id), "reason": "同一个人"}

    await done(product, MERGE, await product.administrator(), **ids)

    assert (await product.data(OWN, person=kept))["viewer"]["resume"] == {"idNumber": ID_NUMBER}
    assert (await own_claims(product, kept))["realName"]["idNumber"] == DOCUMENTED_NUMBER


async def test_a_database_from_before_the_check_is_not_opened_with_another_key(
    product: Product, settings: Settings, clock: Clock, database: Database
) -> None:
    """Such a database has no sealing key yet, and values that do not say which key encrypted them."""
    person = await product.student()
    await applied(product, person, await new_employer(product))
    services = Services.from_settings(settings, clock)
    row = await database.fetch_one(COLUMNS[0].rows)
    assert row is not None
    unnamed = b"\x01" + row.encrypted[5:]
    async with database.transaction() as transaction:
        await transaction.execute(text("DELETE FROM settings WHERE name = 'sealing_key'"))
        await transaction.execute(COLUMNS[0].table.update().values(encrypted_id_number=unnamed))
    stranger = Services.from_settings(with_keys(settings, NEW), clock)

    with pytest.raises(ConfigurationError, match="encrypted with another key; configured"):
        await upgrade(stranger)
    assert await count_old(database, services.encryption) == {"resumes": 1, "real_names": 0}
    await upgrade(services)
    (of_resumes, _) = await rotate(services, lambda _rotation: None)
    assert (of_resumes.done, of_resumes.unreadable) == (1, [])
    async with running(create_app(with_keys(settings, f"{NEW},{OLD}"), clock), clock, product.url) as restarted:
        assert (await restarted.data(OWN, person=person))["viewer"]["resume"] == {"idNumber": ID_NUMBER}
    await stranger.close()
    await services.close()


def test_every_encrypted_column_is_rotated() -> None:
    binary = {
        (table.name, column.name)
        for table in metadata.sorted_tables
        for column in table.columns
        if isinstance(column.type, LargeBinary)
    }

    assert binary - {("resume_profiles", "content")} == {(column.table.name, column.value) for column in COLUMNS}
