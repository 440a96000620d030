"""A person's own data: what is handed out, and what is left of somebody who is deleted."""

import io
import json
import re
import zipfile
from itertools import count
from typing import Any

import httpx2
import pytest
from sqlalchemy import JSON, String, func, select, update
from structlog.testing import capture_logs

from auth.encryption import Encryption
from models import tables
from models.community import Post
from models.db import Database
from models.identity import User
from models.settings import Settings
from models.statements import table_of
from resolvers.personal.declared import DECLARED, Fate
from resolvers.personal.deleting import NAME
from resolvers.search.indexing import index_all
from schema.engine.node_id import encode
from tests.schema.replies import done, refused, top_level
from tests.support.clients import MORNING, Person, Product
from tests.support.rows import Rows
from tests.support.serving import served

EXPORT = "mutation($input: ExportMyDataInput!) { exportMyData(input: $input) { path errors { code message path } } }"
EXPORT_USER = """mutation($input: ExportUserDataInput!) { exportUserData(input: $input) {
  path errors { code message path }
} }"""
DELETE = """mutation($input: DeleteMyAccountInput!) { deleteMyAccount(input: $input) {
  keptContractCount keptCorrectionCount errors { code message path }
} }"""
DELETE_USER = """mutation($input: DeleteUserInput!) { deleteUser(input: $input) {
  keptContractCount keptCorrectionCount errors { code message path }
} }"""
EVERY_ROW = ("id", "created_at", "updated_at")
GONE = {"keptContractCount": 0, "keptCorrectionCount": 0}
ID_NUMBER = "110101199003072316"


def proof(person: Person) -> dict[str, Any]:
    return {
        "input": {"proof": {"kind": "STUDENT_ACCOUNT", "identifier": person.account, "password": person.account[-6:]}}
    }


class Canaries:
    """Fills each table with rows of a person that have a text of their own in each column that takes one."""

    def __init__(self, settings: Settings, database: Database, person: Person, bystander: Person) -> None:
        self._settings, self._database = settings, database
        self._person, self._bystander = person, bystander
        self._numbers = count(10)
        self.texts: dict[str, dict[str, str]] = {}
        """The texts by table and column."""
        self.ids: dict[str, int] = {}

    def text(self, table: str, column: str) -> str:
        """A new text, which fits every column."""
        text = f"zq{next(self._numbers)}qz"
        self.texts.setdefault(table, {})[column] = text
        return text

    async def add(self) -> None:
        """A row in each table whose rows go with their person."""
        users, rows = table_of(User), Rows(self._database, self._person.id)
        async with self._database.transaction() as transaction:
            named = {name: self.text("users", name) for name in ("name", "class_name", "major")}
            await transaction.execute(update(users).where(users.c.id == self._person.id).values(named))
        for table in tables.metadata.sorted_tables:
            declared = DECLARED[table.name]
            if declared.fate is not Fate.GOES or declared.owner in (None, "id"):
                continue
            (key,) = table.c[declared.owner].foreign_keys
            above = key.column.table.name
            values: dict[str, Any] = {declared.owner: self._person.id if above == "users" else self.ids[above]}
            for column in table.columns:
                if isinstance(getattr(column.type, "impl_instance", column.type), String) and not column.foreign_keys:
                    values[column.name] = self.text(table.name, column.name)
                elif isinstance(column.type, JSON):
                    values[column.name] = [self.text(table.name, column.name)]
            self.ids[table.name] = await rows.add(table.name, **values | self._fixed(table.name))

    def _fixed(self, table: str) -> dict[str, Any]:
        """What a row needs to be the person's alone, and readable."""
        encryption = Encryption(*self._settings.signing_keys)
        told: dict[str, dict[str, Any]] = {
            "uploads": {"folder": "avatar", "name": f"{'a' * 32}.png"},
            "comments": {"post_id": self.ids.get("posts")},
            "deleted_items": {"user_id": self._person.id},
            "deleted_rows": {
                "of_table": "comments",
                "content": json.dumps(
                    [
                        {"id": 1, "author_id": self._person.id, "content": self.text("deleted_rows", "content")},
                        {"id": 2, "author_id": self._bystander.id, "content": "somebody else's"},
                    ]
                ),
            },
            "resumes": {
                "encrypted_id_number": encryption.encrypt(
                    ID_NUMBER, context=f"resumes.encrypted_id_number of user {self._person.id}"
                )
            },
        }
        return told.get(table, {})


def test_every_column_of_every_table_is_declared_once() -> None:
    columns = {
        table.name: sorted(column.name for column in table.columns if column.name not in EVERY_ROW)
        for table in tables.metadata.sorted_tables
    }
    assert {name: sorted(declared.columns) for name, declared in DECLARED.items()} == columns


async def all_texts(database: Database) -> str:
    """Every value of every table, but for the audit trail."""
    kept = [table for table in tables.metadata.sorted_tables if DECLARED[table.name].fate is not Fate.KEPT]
    return "\n".join([repr(tuple(row)) for table in kept for row in await database.fetch(select(table))])


async def trail(database: Database) -> list[tuple[str, int, dict[str, str]]]:
    """The acts of the audit trail, with whom they were about."""
    events = tables.metadata.tables["audit_events"]
    found = await database.fetch(select(events).order_by(events.c.number))
    return [(event.action, event.subject_id, event.details) for event in found]


async def fetched(product: Product, path: str) -> dict[str, bytes]:
    reply = await product.http.get(path)
    assert (reply.status_code, reply.headers["content-type"]) == (200, "application/zip")
    assert reply.headers["cache-control"] == "no-store"
    with zipfile.ZipFile(io.BytesIO(reply.content)) as made:
        assert made.testzip() is None
        assert min(entry.date_time for entry in made.infolist()) > (2000,)
        return {name: made.read(name) for name in made.namelist()}


async def test_a_person_is_handed_everything_and_nothing_is_left_of_them(
    product: Product, database: Database, settings: Settings
) -> None:
    person, bystander = await product.students(2)
    canaries = Canaries(settings, database, person, bystander)
    await canaries.add()
    rows = Rows(database, bystander.id)
    post = await rows.add("posts", author_id=bystander.id)
    ours, theirs = canaries.text("comments", "of another's post"), "a comment of the bystander"
    await rows.add("comments", post_id=post, author_id=person.id, content=ours)
    await rows.add("comments", post_id=post, author_id=bystander.id, content=theirs)
    item = await rows.add("deleted_items", user_id=bystander.id, owner_id=bystander.id, kind="post")
    former = await rows.add("users")
    await rows.add("user_aliases", user_id=person.id, former_id=former)
    kept = [{"id": 7, "author_id": bystander.id, "content": theirs}]
    told = canaries.text("deleted_rows", "of another's post")
    before_merge = canaries.text("deleted_rows", "by the id of before a merge")
    own = [
        {"id": 8, "author_id": person.id, "content": told},
        {"id": 9, "author_id": former, "content": before_merge},
    ]
    content = json.dumps([*own, *kept], separators=(",", ":"))
    await rows.add("deleted_rows", item_id=item, of_table="comments", content=content)
    address = canaries.texts["pending_emails"]["address"]
    await rows.add(
        "outgoing_messages", address=address, content={"text": canaries.text("outgoing_messages", "content")}
    )
    await index_all(database)
    file = settings.data_dir / "storage" / "avatar" / f"{'a' * 32}.png"
    file.parent.mkdir(parents=True, exist_ok=True)
    file.write_bytes(b"picture")
    before = await all_texts(database)
    assert canaries.texts["posts"]["content"] in before
    assert canaries.texts["job_targets"]["self_evaluation"] in before

    path = (await done(product, EXPORT, proof(person), person=person))["path"]
    archive = await fetched(product, path)

    data = {name: content.decode() for name, content in archive.items() if name.startswith("data/")}
    for name, declared in DECLARED.items():
        if declared.fate is not Fate.GOES:
            continue
        handed = data.get(f"data/{name}.json", "")
        for column, text in canaries.texts.get(name, {}).items():
            if text in before and column in declared.columns:
                assert (text in handed) == (column in declared.told), (name, column)
    assert "somebody else" not in "".join(data.values())
    assert theirs not in "".join(data.values())
    assert ours in data["data/comments.json"]
    assert [row["content"] for row in json.loads(data["data/deleted_rows.json"])][1:] == [own]
    assert json.loads(data["data/resumes.json"])[0]["id_number"] == ID_NUMBER
    assert archive[f"files/avatar/{'a' * 32}.png"] == b"picture"
    about = json.loads(archive["about.json"])
    assert about["rows"]["comments"] == 2
    assert about["missing_files"] == []
    others = await fetched(product, (await done(product, EXPORT, proof(bystander), person=bystander))["path"])
    assert "zq" not in "".join(content.decode() for content in others.values())

    with capture_logs() as logs:
        assert await done(product, DELETE, proof(person), person=person) == GONE
        await index_all(database)

    after = await all_texts(database)
    left = {
        (table, column): text for table, of in canaries.texts.items() for column, text in of.items() if text in after
    }
    assert left == {}
    assert not re.search(r"zq\d+qz", after)  # the hash of a password may have two of the letters
    assert "zq" not in repr(logs)
    assert theirs in after
    assert not file.exists()
    deleted = tables.metadata.tables["deleted_rows"]
    assert json.loads(await database.fetch_value(select(deleted.c.content).where(deleted.c.item_id == item))) == kept
    assert (await product.http.get(path)).status_code == 404
    reply = await product.graphql("{ viewer { id } }", person=person)
    assert top_level(reply) == [("UNAUTHENTICATED", ["viewer"])]
    assert await done(product, EXPORT, proof(bystander), person=bystander)
    assert ("delete_account", person.id, {"proof": "student_account"}) in await trail(database)


async def test_contracts_and_corrections_of_others_stay_without_a_name(product: Product, database: Database) -> None:
    person, bystander = await product.students(2)
    administrator = await product.administrator()
    rows = Rows(database, bystander.id)
    signed = await rows.add("sign_applications", user_id=person.id, status="signed", open=None, signed_at=MORNING)
    await rows.add("sign_applications", user_id=person.id, status="applied", open=True)
    corrected = await rows.add("clock_in_corrections", corrected_by_id=person.id)
    own = await rows.add("clock_ins", user_id=person.id, slot="evening")
    await rows.add("clock_in_corrections", clock_in_id=own, corrected_by_id=person.id)
    whom = {"userId": encode("User", person.id), "reason": "had asked for it"}

    path = (await done(product, EXPORT_USER, {"input": whom}, person=administrator))["path"]
    assert len(json.loads((await fetched(product, path))["data/sign_applications.json"])) == 2
    gone = await done(product, DELETE_USER, {"input": whom}, person=administrator)

    assert gone == {"keptContractCount": 1, "keptCorrectionCount": 1}
    applications, corrections = (tables.metadata.tables[name] for name in ("sign_applications", "clock_in_corrections"))
    (application,) = await database.fetch(select(applications.c.id, applications.c.user_id))
    assert application.id == signed
    keeper = application.user_id
    assert [tuple(row) for row in await database.fetch(select(corrections.c.id, corrections.c.corrected_by_id))] == [
        (corrected, keeper)
    ]
    users = table_of(User)
    user = await database.fetch_one(select(users).where(users.c.id == keeper))
    assert user is not None
    assert (user.name, user.password_hash, user.disabled_at is None) == (NAME, None, False)
    assert (await trail(database))[-2:] == [
        ("export_user_data", person.id, {"reason": "had asked for it"}),
        (
            "delete_user",
            person.id,
            {"reason": "had asked for it", "contracts": "1", "corrections": "1", "kept_by": str(keeper)},
        ),
    ]
    assert (await product.http.get(path)).status_code == 404


async def test_who_does_not_prove_to_be_it_is_refused(product: Product, database: Database) -> None:
    person, other = await product.students(2)
    administrator = await product.administrator()
    wrong = proof(person)
    wrong["input"]["proof"]["password"] = "wrong"
    for mutation in (EXPORT, DELETE):
        assert await refused(product, mutation, wrong, person=person) == [("WRONG_CREDENTIALS", [])]
        assert await refused(product, mutation, proof(other), person=person) == [("WRONG_CREDENTIALS", [])]
    last = {"proof": {"kind": "STUDENT_ACCOUNT", "identifier": "8888888888", "password": "admin"}}
    assert await refused(product, DELETE, {"input": last}, person=administrator) == [("LAST_ADMINISTRATOR", [])]
    oneself = {"userId": encode("User", administrator.id), "reason": "no reason"}
    assert await refused(product, DELETE_USER, {"input": oneself}, person=administrator) == [
        ("INVALID_INPUT", ["input", "userId"])
    ]
    nobody = {"userId": encode("User", 9_000_000), "reason": "no reason"}
    for mutation in (EXPORT_USER, DELETE_USER):
        assert await refused(product, mutation, {"input": nobody}, person=administrator) == [
            ("USER_NOT_FOUND", ["input", "userId"])
        ]
    path = (await done(product, EXPORT, proof(person), person=person))["path"]
    assert (await product.http.get(path.replace(f"/{person.id}-", f"/{other.id}-"))).status_code == 404
    assert (await product.http.get(path.partition("?")[0])).status_code == 404
    product.clock.advance(seconds=1)
    anew = await product.login(person.account, person.account[-6:])
    assert (await product.http.get(path)).status_code == 404, "The session that asked for it has ended."
    person = anew
    both = """mutation($input: DeleteMyAccountInput!) {
      deleteMyAccount(input: $input) { keptContractCount errors { code } }
      createPost(input: {title: "t", content: "c"}) { post { id } errors { code } }
    }"""
    reply = await product.graphql(both, proof(person), person=person)
    assert top_level(reply) == [("UNAUTHENTICATED", ["createPost"])]
    assert await database.fetch_value(select(func.count()).select_from(table_of(Post))) == 0
    assert (await trail(database))[-1][:2] == ("delete_account", person.id)


LARGE = 8 * 1024 * 1024
"""Bytes that no buffer between a server and its client holds."""


@pytest.mark.parametrize("database_url", ["sqlite"], indirect=True)
async def test_an_archive_that_is_being_sent_ends_without_its_end_once_the_account_is_gone(
    product: Product, database: Database, settings: Settings
) -> None:
    person = await product.student()
    folder = settings.data_dir / "storage" / "avatar"
    folder.mkdir(parents=True, exist_ok=True)
    for digit in "bcd":
        await Rows(database, person.id).add("uploads", user_id=person.id, folder="avatar", name=f"{digit * 32}.png")
        (folder / f"{digit * 32}.png").write_bytes(bytes(LARGE))
    path = (await done(product, EXPORT, proof(person), person=person))["path"]

    async with served(product) as url, httpx2.AsyncClient(base_url=url) as http, http.stream("GET", path) as reply:
        assert reply.status_code == 200
        pieces = reply.aiter_bytes()
        await anext(pieces)
        assert await done(product, DELETE, proof(person), person=person) == GONE
        with pytest.raises(httpx2.RemoteProtocolError):
            _rest = [piece async for piece in pieces]
