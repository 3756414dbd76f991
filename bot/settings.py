"""The settings: read once at the start from the environment or `.env`, and nowhere else."""

import os
import re
from datetime import time
from pathlib import Path
from urllib.parse import urlsplit
from zoneinfo import ZoneInfo

from dotenv import dotenv_values
from pydantic import Field, SecretStr, field_validator
from pydantic_settings import BaseSettings, SettingsConfigDict

PREFIX = "CHIBOT_"
FILE = ".env"


class Settings(BaseSettings):
    """Everything that may be set; every name carries the prefix CHIBOT_. `.env.example` explains each."""

    model_config = SettingsConfigDict(env_prefix=PREFIX, env_file=FILE, env_ignore_empty=True, extra="ignore")

    database_url: str = "sqlite+aiosqlite:///chibot.db"
    timezone: str = "Asia/Ho_Chi_Minh"
    telegram_token: SecretStr | None = None
    telegram_api: str = "https://api.telegram.org"
    zalo_token: SecretStr | None = None
    zalo_api: str = "https://bot-api.zaloplatforms.com"
    public_url: str | None = None
    webhook_port: int = Field(default=8443, ge=1, le=65535)
    webhook_secret: SecretStr | None = None
    proxy: str | None = None
    log_level: str = "INFO"
    quiet_hours: str = "21:00-06:30"

    @field_validator("database_url")
    @classmethod
    def _known_database(cls, value: str) -> str:
        file = value.removeprefix("sqlite+aiosqlite:///")
        embedded = file not in (value, "", ":memory:")
        if not embedded and not re.fullmatch(r"postgresql\+asyncpg://.+", value):
            raise ValueError("sqlite+aiosqlite:///FILE or postgresql+asyncpg://USER:PASSWORD@HOST/NAME")
        return value

    @field_validator("telegram_api", "zalo_api", "public_url", "proxy")
    @classmethod
    def _address(cls, value: str | None) -> str | None:
        if value is not None and (urlsplit(value).scheme not in ("http", "https") or not urlsplit(value).hostname):
            raise ValueError("an address that begins with http:// or https://")
        return value

    @field_validator("timezone")
    @classmethod
    def _known_zone(cls, value: str) -> str:
        try:
            ZoneInfo(value)
        except (KeyError, ValueError, OSError) as error:
            raise ValueError(f"no such time zone: {value}") from error
        return value

    @field_validator("log_level")
    @classmethod
    def _known_level(cls, value: str) -> str:
        if value.upper() not in ("DEBUG", "INFO", "WARNING", "ERROR"):
            raise ValueError("one of DEBUG, INFO, WARNING, ERROR")
        return value.upper()

    @field_validator("webhook_secret")
    @classmethod
    def _fit_secret(cls, value: SecretStr | None) -> SecretStr | None:
        text = value.get_secret_value() if value else "-" * 8
        if not 8 <= len(text) <= 256 or not all(c.isascii() and (c.isalnum() or c in "_-") for c in text):
            raise ValueError("8 to 256 characters of A-Z, a-z, 0-9, _ and -")
        return value

    @field_validator("quiet_hours")
    @classmethod
    def _two_times(cls, value: str) -> str:
        try:
            start, end = value.split("-")
            time.fromisoformat(start.strip())
            time.fromisoformat(end.strip())
        except ValueError as error:
            raise ValueError("two times, for example 21:00-06:30") from error
        return value

    @property
    def zone(self) -> ZoneInfo:
        """The office's time zone."""
        return ZoneInfo(self.timezone)


def origins() -> dict[str, str]:
    """Where the value of each setting comes from: "environment", ".env" or "default"; names without the prefix."""
    environment, file = set(_names(dict(os.environ))), set(_names(dotenv_values(FILE)))
    return {
        name: "environment" if name in environment else FILE if name in file else "default"
        for name in Settings.model_fields
    }


def unknown() -> list[str]:
    """Names that begin like a setting and are none: misspelt ones."""
    given = {*_names(dict(os.environ)), *_names(dotenv_values(FILE))}
    return sorted(PREFIX + name.upper() for name in given - set(Settings.model_fields))


def file_read() -> Path | None:
    """The file that settings are read from; None when there is none in the working directory."""
    file = Path(FILE).absolute()
    return file if file.is_file() else None


def _names(values: dict[str, str | None]) -> list[str]:
    return [k.upper().removeprefix(PREFIX).lower() for k, v in values.items() if v and k.upper().startswith(PREFIX)]
