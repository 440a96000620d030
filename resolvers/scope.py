"""The scope: the caller, the time and the services that every domain function gets."""

from collections.abc import AsyncIterator, Awaitable, Callable, Sequence
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import structlog
from sqlalchemy import Executable, Row, bindparam, select
from sqlalchemy.exc import IntegrityError

from auth.activity import Activity
from auth.captcha import Captchas
from auth.channels import Channels
from auth.configured_storage import configured_storage
from auth.encryption import Encryption
from auth.guessing import Guesses
from auth.messages import Messages
from auth.networks import network_of
from auth.passwords import PasswordHasher
from auth.principal import ANONYMOUS, ClientDetails, Principal
from auth.rate_limits import RateLimits
from auth.seals import Seals
from auth.storage import PathSigner, Storage
from auth.tokens import TokenSigner
from auth.verification_codes import VerificationCodes
from auth.wechat import Wechat
from models.db import Database, Parameters, Transaction, is_reference_broken
from models.errors import InvalidInput, Unauthenticated, Unavailable
from models.identity import Api, User
from models.language import Language
from models.settings import Settings
from models.statements import table_of
from resolvers.events import Events
from resolvers.images import ImageEncoder
from resolvers.search import indexing as _indexing  # noqa: F401 - it watches what transactions write

_users = table_of(User)
_EXISTS = select(_users.c.id).where(_users.c.id == bindparam("of_user"))
_CHANGED_MEANWHILE = "Somebody else changed what this is about at the same time; nothing was changed. Try again."

log = structlog.get_logger()


@dataclass(frozen=True, slots=True)
class Trial:
    """What the package of a new recruiter allows.

    Where it `awaits_approval`, no contacts until an administrator approved of the recruiter.
    """

    feeds: int
    contacts: int
    duration: timedelta
    awaits_approval: bool


@dataclass(frozen=True, slots=True)
class Services:
    """What lives as long as the process."""

    database: Database
    hasher: PasswordHasher
    signer: TokenSigner
    codes: VerificationCodes
    limits: RateLimits
    guesses: Guesses
    messages: Messages
    storage: Storage
    paths: PathSigner
    images: ImageEncoder
    encryption: Encryption
    seals: Seals
    wechat: Wechat
    captchas: Captchas
    events: Events
    clock: Callable[[], datetime]
    link_base: str
    """What links in messages begin with."""
    public_url: str
    """The address that people reach the server at, or "" where requests tell it."""
    echoes_codes: bool
    """Whether whoever asks for a code to be sent is told it; for development."""
    approves_staff: bool
    """Whether who registers at the attendance back end is approved at once; for development."""
    confines_sessions: bool
    """Whether at the graph a session opens nothing but the change of a password that others know."""
    confines_old_apis: bool
    """Whether the same holds in the old APIs."""
    one_time_for: timedelta
    """How long a password that somebody else issued can be used."""
    compiles_statements: bool
    """Whether the database makes parts of replies."""
    is_strict: bool
    """Whether a mutation fails that is refused with an error it does not declare; production logs it and answers."""
    activity: Activity
    trial: Trial
    compares_meaning: bool
    """Whether matching reads what texts mean too."""
    kept_for: Callable[[str], timedelta]
    """How long rows of a kind are kept."""
    scratch: Path
    """The folder of files that live as long as a reply."""

    @classmethod
    def from_settings(cls, settings: Settings, clock: Callable[[], datetime] | None = None) -> "Services":
        """The services that the configuration asks for; `clock` is for tests that need an instant."""
        database = Database(
            settings.effective_database_url,
            sqlite_synchronous=settings.sqlite_synchronous,
            sqlite_busy_seconds=settings.sqlite_busy_seconds,
        )
        keys = settings.signing_keys
        clock = clock or (lambda: datetime.now(UTC))
        return cls(
            database=database,
            hasher=PasswordHasher(cost=settings.password_cost),
            signer=TokenSigner(*keys),
            codes=VerificationCodes(database, *keys),
            limits=RateLimits(
                settings.redis_url,
                codes_per_client=settings.codes_per_client,
                registrations_per_network=settings.registrations_per_network,
            ),
            guesses=Guesses(
                *keys,
                redis_url=settings.redis_url,
                per_network=settings.guesses_per_network,
                per_service=settings.guesses_per_service,
            ),
            messages=Messages(database, Channels.from_settings(settings), clock),
            storage=configured_storage(settings),
            paths=PathSigner(*keys),
            images=ImageEncoder(),
            encryption=Encryption(*keys),
            seals=Seals(*(settings.audit_keys or keys), is_chosen=bool(settings.audit_keys)),
            wechat=Wechat(settings),
            captchas=Captchas(database, *keys, test_answer=settings.captcha_test_answer),
            events=Events(settings.redis_url),
            clock=clock,
            link_base=settings.link_base,
            public_url=settings.public_url.rstrip("/"),
            echoes_codes=settings.echoes_codes,
            approves_staff=not settings.is_production,
            confines_sessions=settings.confines_sessions,
            confines_old_apis=settings.confines_old_apis,
            one_time_for=timedelta(hours=settings.one_time_password_hours),
            activity=Activity(),
            compiles_statements=settings.compiled_statements,
            is_strict=not settings.is_production,
            scratch=settings.data_dir,
            trial=Trial(
                settings.trial_feeds,
                settings.trial_contacts,
                timedelta(days=settings.trial_days),
                awaits_approval=settings.reviews_trials,
            ),
            compares_meaning=settings.semantic_matching,
            kept_for=settings.kept_for,
        )

    def confines(self, api: Api) -> bool:
        """Whether a session opens nothing in this API but the change of a password that others know."""
        return self.confines_sessions if api is Api.GRAPH else self.confines_old_apis

    async def close(self) -> None:
        """Let go of connections and threads."""
        self.hasher.close()
        self.images.close()
        await self.events.close()
        await self.limits.close()
        await self.guesses.close()
        await self.database.close()


@dataclass(slots=True)
class Scope:
    """One operation: its services, caller and instant. All reads and writes of the business go through it."""

    services: Services
    principal: Principal = ANONYMOUS
    now: datetime = field(kw_only=True)
    client: str = ""
    """The address that the caller comes from, as `auth.clients.address` writes it."""
    user_agent: str = ""
    """What the caller's program says that it is."""
    request_id: str = ""
    """What the access log calls the request by; "command line" for a command."""
    language: Language = Language.ENGLISH
    """What messages that it causes are written in, to whoever chose no language."""
    client_details: ClientDetails | None = None
    """What an old client says about itself, if it is one that does."""
    faults: tuple[InvalidInput, ...] = ()
    """What is wrong with the operation's input already, so that it cannot take effect."""
    current_transaction: Transaction | None = None
    after_commit: list[Callable[[], Awaitable[None]]] = field(default_factory=list)
    """What to do once the transaction is committed; forgotten when it is not."""
    after_end: list[Callable[[], Awaitable[None]]] = field(default_factory=list)
    """What to do once the transaction is over, committed or not."""

    @property
    def network(self) -> str:
        """The network that the caller comes from."""
        return network_of(self.client)

    @property
    def viewer_id(self) -> int:
        """The caller's user id; raises Unauthenticated when there is none."""
        if self.principal.user_id is None:
            raise self.principal.refusal()
        return self.principal.user_id

    @property
    def transaction(self) -> Transaction:
        """The transaction of the mutation that is running; it begins with the first statement."""
        if self.current_transaction is None:
            raise RuntimeError("Only mutations write.")
        return self.current_transaction

    @property
    def reader(self) -> Database | Transaction:
        """What reads as a rule sees it that may run in a mutation: its transaction, or none outside of one."""
        return self.services.database if self.current_transaction is None else self.current_transaction

    @asynccontextmanager
    async def begin(self) -> AsyncIterator[Transaction]:
        """One unit of work: its transaction, what waits for its end and, once it is committed, for the commit."""
        self.after_commit.clear()
        self.after_end.clear()
        try:
            async with self.services.database.transaction() as transaction:
                self.current_transaction = transaction
                try:
                    yield transaction
                finally:
                    self.current_transaction = None
        except IntegrityError as error:
            await self._check_references(error)
            raise
        finally:
            await _run(self.after_end)
        await _run(self.after_commit)

    async def _check_references(self, error: IntegrityError) -> None:
        """Refuse what could not be written because a row that it refers to went away meanwhile.

        Rules check what they refer to, so that it was there when they began. Raises Unauthenticated where the caller
        was merged into another user, and Unavailable for any other row, such as a merged user whom an administrator's
        act is about. The same request is answered rightly when it is sent again: ids and sessions of merged users lead
        to the users who stayed.
        """
        if not is_reference_broken(error):
            return
        user_id = self.principal.user_id
        if user_id is not None and await self.fetch_value(_EXISTS, {"of_user": user_id}) is None:
            raise Unauthenticated from error
        log.warning("reference_gone", reason=str(error.orig))
        raise Unavailable(_CHANGED_MEANWHILE) from error

    def publish(self, topic: str, number: int) -> None:
        """Tell the listeners of a topic once the transaction is committed."""
        self.after_commit.append(lambda: self.services.events.publish(topic, number))

    def fetch(self, statement: Executable, parameters: Parameters | None = None) -> Awaitable[Sequence[Row[Any]]]:
        """All rows of a read outside any transaction."""
        return self.services.database.fetch(statement, parameters)

    def fetch_one(self, statement: Executable, parameters: Parameters | None = None) -> Awaitable[Row[Any] | None]:
        """The first row of a read outside any transaction, or None."""
        return self.services.database.fetch_one(statement, parameters)

    def fetch_value(self, statement: Executable, parameters: Parameters | None = None) -> Awaitable[Any]:
        """The first value of a read outside any transaction, or None."""
        return self.services.database.fetch_value(statement, parameters)


async def _run(follow_ups: list[Callable[[], Awaitable[None]]]) -> None:
    """Do each, and forget it."""
    while follow_ups:
        await follow_ups.pop(0)()
