"""The commands about users: `list-users`, `disable-user`, `reset-password` and others like them."""

from collections.abc import Awaitable, Callable, Sequence
from datetime import datetime
from functools import partial
from typing import Any

from rich.table import Table
from sqlalchemy import Row

from cli.running import act, local_time, out, print_json, read, settings
from resolvers.identity import access, outcomes, roles, users
from resolvers.identity.issued import Issued, issue_passwords
from resolvers.identity.outcomes import Outcome
from resolvers.ordering import PageRequest, Place
from resolvers.scope import Scope
from resolvers.search.containing import containing

Shown = dict[str, Any]
SESSION_TIMES = ("created_at", "updated_at", "last_used_at", "expires_at")


def list_users(text: str | None, *, limit: int, after: int | None, as_json: bool) -> None:
    """Print users by their ids."""

    async def found(scope: Scope) -> list[Shown]:
        request = PageRequest(limit, None if after is None else Place(None, after))
        page = await users.listing.page(scope, request, {"keyword": containing(text)})
        listed = [row.id for row in page.rows]
        named = await access.signing_in_with(scope, text) if text and after is None else []
        others = await users.by_id(scope, [user_id for user_id in named if user_id not in listed])
        return await _shown(scope, [*page.rows, *(row for row in others if row is not None)])

    _print(read(settings(), found), as_json=as_json)


def list_admins(*, as_json: bool) -> None:
    """Print the administrators."""

    async def found(scope: Scope) -> list[Shown]:
        return await _shown(scope, await users.administrators(scope))

    _print(read(settings(), found), as_json=as_json)


def disable_user(user: str, *, as_json: bool) -> None:
    """Keep a user out."""
    changed = _changed(user, partial(_did_change, access.disable))
    done = "Disabled. All sessions ended." if changed["changed"] else "This user is disabled already."
    _print_change(changed, done, as_json=as_json)


def enable_user(user: str, *, as_json: bool) -> None:
    """Let a user in again."""
    changed = _changed(user, partial(_did_change, access.enable))
    done = "Enabled." if changed["changed"] else "This user is not disabled."
    _print_change(changed, done, as_json=as_json)


def reset_password(user: str, *, as_json: bool) -> None:
    """Issue a password, and print it."""
    configured = settings()

    async def issue(scope: Scope, user_id: int) -> Issued:
        (issued,) = await issue_passwords(scope, user_ids=[user_id])
        outcomes.only([issued.outcome])
        return issued

    changed = _changed(user, issue)
    issued: Issued = changed["changed"]
    shown = {
        "id": changed["id"],
        "password": issued.password,
        "expires_at": issued.expires_at,
        "must_change_password": configured.confines_sessions,
    }
    if as_json:
        print_json(shown)
        return
    out.print(issued.password, markup=False)
    if issued.expires_at is not None:
        out.print(f"It can be used until {local_time(issued.expires_at)}. All sessions ended.")
    if configured.confines_sessions:
        out.print("It opens nothing but the change of the password.")


def list_sessions(user: str, *, as_json: bool) -> None:
    """Print the sessions of a user."""

    async def found(scope: Scope) -> list[Shown]:
        rows = await access.sessions_of(scope, await access.find(scope, user))
        return [{name: getattr(row, name) for name in ("id", "api", *SESSION_TIMES)} for row in rows]

    sessions = read(settings(), found)
    if as_json:
        print_json(sessions)
        return
    table = Table("session", "api", "begun", "renewed", "used", "ends", box=None)
    for session in sessions:
        times = (local_time(session[name]) if session[name] else "" for name in SESSION_TIMES)
        table.add_row(str(session["id"]), session["api"], *times)
    out.print(table if sessions else "No open session.")


def end_sessions(user: str, session: int | None, *, as_json: bool) -> None:
    """End sessions of a user."""
    ended = _changed(user, lambda scope, user_id: access.end_sessions(scope, user_id=user_id, session_id=session))
    _print_change(
        {"id": ended["id"], "ended": ended["changed"]}, f"Ended {ended['changed']} sessions.", as_json=as_json
    )


def _changed(user: str, change: Callable[[Scope, int], Awaitable[Any]]) -> Shown:
    """The id of the named user, and what the change of them returned."""

    async def work(scope: Scope) -> Shown:
        user_id = await access.find(scope, user)
        return {"id": user_id, "changed": await change(scope, user_id)}

    return act(settings(), work)


async def _did_change(act: Callable[..., Awaitable[list[Outcome]]], scope: Scope, user_id: int) -> bool:
    """Whether an act changed a user. Raises its error."""
    _, is_changed = outcomes.only(await act(scope, user_ids=[user_id]))
    return is_changed


def _print_change(changed: Shown, done: str, *, as_json: bool) -> None:
    if as_json:
        print_json(changed)
    else:
        out.print(done)


async def _shown(scope: Scope, rows: Sequence[Row[Any]]) -> list[Shown]:
    ids = [row.id for row in rows]
    held = await roles.of_users(scope, ids)
    credentials = await users.credentials_of_users(scope, ids)
    return [
        {
            "id": row.id,
            "name": row.name,
            "credentials": {each.kind: each.identifier for each in of_user},
            "roles": [each.role for each in granted],
            "created_at": row.created_at,
            "disabled_at": row.disabled_at,
        }
        for row, granted, of_user in zip(rows, held, credentials, strict=True)
    ]


def _print(shown: list[Shown], *, as_json: bool) -> None:
    if as_json:
        print_json(shown)
        return
    table = Table("id", "name", "signs in with", "roles", "disabled since", box=None)
    for user in shown:
        since: datetime | None = user["disabled_at"]
        table.add_row(
            str(user["id"]),
            user["name"],
            ", ".join(user["credentials"].values()),
            ", ".join(user["roles"]),
            local_time(since) if since else "",
        )
    out.print(table if shown else "Nobody.")
