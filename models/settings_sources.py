"""Where settings come from besides the environment: `.env`, and a folder of secret files."""

import os
from dataclasses import dataclass
from difflib import get_close_matches
from errno import ENOTDIR
from pathlib import Path

from pydantic import field_validator
from pydantic_settings import BaseSettings, DotEnvSettingsSource, SettingsConfigDict

CREDENTIALS_DIRECTORY = "CREDENTIALS_DIRECTORY"
"""The variable with the folder of secret files, one a setting, named like it. systemd sets it (LoadCredential=)."""


class FromEnvironment(BaseSettings):
    """Settings that are environment variables, or the same names in `.env`."""

    model_config = SettingsConfigDict(env_file=".env", env_file_encoding="utf-8", extra="ignore", allow_inf_nan=False)

    @field_validator("*", mode="before")
    @classmethod
    def _is_utf8(cls, value: object) -> object:
        if isinstance(value, str) and not value.isascii():
            try:
                value.encode()
            except UnicodeEncodeError:
                raise ValueError("it is not UTF-8") from None
        return value


@dataclass(frozen=True, slots=True)
class UnknownName:
    """A name in `.env` that is none of a setting, so that what it is set to has no effect."""

    name: str
    nearest: str | None
    """The setting that was perhaps meant."""

    def __str__(self) -> str:
        meant = f"did you mean {self.nearest}?" if self.nearest else "docs/configuration.md lists all settings."
        return f"{self.name} in .env is not a setting: {meant}"


def unknown_names(settings: type[BaseSettings]) -> list[UnknownName]:
    """The names of `.env` that the settings do not have, in the file's order."""
    known = list(settings.model_fields)
    return [
        UnknownName(name.upper(), next((near.upper() for near in get_close_matches(name, known, n=1)), None))
        for name in DotEnvSettingsSource(settings).env_vars
        if name not in known
    ]


def credentials_folder() -> Path | None:
    """The folder of secret files, if there is one. The environment and `.env` go before it.

    Raises NotADirectoryError where the variable names something else.
    """
    named = os.environ.get(CREDENTIALS_DIRECTORY)
    if not named:
        return None
    if not Path(named).is_dir():
        raise NotADirectoryError(ENOTDIR, f"{CREDENTIALS_DIRECTORY} names no folder", named)
    return Path(named)


def unreadable(error: OSError | UnicodeError) -> str:
    """What the operator reads when a file with settings cannot be read."""
    if isinstance(error, OSError):
        return f"{error.filename} cannot be read: {error.strerror}."
    return "The file .env, or one with a secret, is not UTF-8."
