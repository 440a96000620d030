"""`rotate-keys`."""

import typer

from cli.running import REFUSED, err, out, print_json, run, settings
from resolvers.keys import MAX_NAMED, Rotation, rotate
from resolvers.scope import Services


def rotate_keys(*, as_json: bool) -> None:
    """Encrypt everything with the first key of SECRET_KEY; the exit code is 1 if something could not be read."""

    async def work(services: Services) -> tuple[str, list[Rotation]]:
        return services.encryption.key_ids[0], await rotate(services, _keep_quiet if as_json else _tell)

    key, rotations = run(settings(), work)
    if as_json:
        tables = {each.table: {"reEncrypted": each.done, "unreadable": each.unreadable} for each in rotations}
        print_json({"key": key, "tables": tables})
    for rotation in () if as_json else rotations:
        out.print(f"{rotation.table}: {rotation.done} re-encrypted, {len(rotation.unreadable)} could not be read")
    unreadable = [rotation for rotation in rotations if rotation.unreadable]
    for rotation in unreadable:
        named = ", ".join(map(str, rotation.unreadable[:MAX_NAMED]))
        more = len(rotation.unreadable) - MAX_NAMED
        err.print(f"No key of SECRET_KEY decrypts {rotation.table} {named}{f' and {more} more' if more > 0 else ''}.")
    if unreadable:
        raise typer.Exit(REFUSED)
    if as_json:
        return
    out.print(
        f"The database needs no other key than {key}. Sessions that an older key signed last up to 60 days: keep that"
        " key in SECRET_KEY until then, or remove it to end them now."
    )


def _keep_quiet(_rotation: Rotation) -> None:
    """Standard output is for the document alone."""


def _tell(rotation: Rotation) -> None:
    out.print(f"{rotation.table}: {rotation.done} of {rotation.old}")
