"""config.toml and the environment, read once into one frozen, strictly validated value.

Every key can be overridden by `NEWSLETTER_<SECTION>__<KEY>`. Secrets come only from the
environment (`SENDGRID_API_KEY`, …) or from a file named by the same variable with `_FILE`.
"""

from __future__ import annotations

import json
import tomllib
from collections.abc import Mapping
from datetime import date, time
from pathlib import Path
from typing import Annotated, Any, Literal
from urllib.parse import urlsplit
from zoneinfo import ZoneInfo

from email_validator import EmailNotValidError, validate_email
from pydantic import (
    AfterValidator,
    BaseModel,
    ConfigDict,
    Field,
    SecretStr,
    ValidationError,
    model_validator,
)

from newsletter.config_errors import as_config_error, not_toml
from newsletter.errors import ConfigError
from newsletter.model import NoStory, Severity
from newsletter.timetable import Timetable, Weekday

FILE_NAME = "config.toml"
SECRETS = (
    "SENDGRID_API_KEY",
    "SENDGRID_WEBHOOK_PUBLIC_KEY",
    "NEWSLETTER_SECRET_KEY",
    "WORDNIK_API_KEY",
)
_PREFIX = "NEWSLETTER_"
_EVERY_DAY: tuple[Weekday, ...] = ("mon", "tue", "wed", "thu", "fri", "sat", "sun")


def _zone(name: str) -> str:
    try:
        ZoneInfo(name)
    except (KeyError, ValueError, OSError) as error:
        raise ValueError("is not an IANA time zone such as Europe/Berlin") from error
    return name


def _address(text: str) -> str:
    try:
        return validate_email(text, check_deliverability=False).ascii_email or text
    except EmailNotValidError as error:
        raise ValueError(f"is not a usable e-mail address: {error}") from error


def _web_address(text: str) -> str:
    parts = urlsplit(text)
    local = parts.hostname in {"localhost", "127.0.0.1"}
    if not parts.hostname or parts.scheme not in {"https", "http"}:
        raise ValueError("is not a web address such as https://brief.example.org")
    if parts.scheme == "http" and not local:
        raise ValueError("must begin with https://")
    return text.rstrip("/")


Zone = Annotated[str, AfterValidator(_zone)]
Address = Annotated[str, AfterValidator(_address)]
WebAddress = Annotated[str, AfterValidator(_web_address)]
Line = Annotated[str, Field(min_length=1, max_length=300, pattern=r"^[^\x00-\x1f\x7f]+$")]


class Section(BaseModel):
    """A table of config.toml: unknown keys are errors, values never change."""

    model_config = ConfigDict(extra="forbid", frozen=True)


class Sender(Section):
    """Who the mail comes from."""

    name: Line
    email: Address


class Publication(Section):
    """`[publication]`: the newsletter as a whole."""

    id: Annotated[str, Field(pattern=r"^[a-z0-9-]{1,40}$")] = "main"
    name: Line
    tagline: str = ""
    zone: Zone = "UTC"
    language: Annotated[str, Field(pattern=r"^[a-z]{2,3}(-[A-Za-z0-9]{2,8})*$")] = "en"
    url: WebAddress
    sender: Sender
    reply_to: Address | None = None
    postal_address: Line
    contact: Address | None = None


class SourceEntry(BaseModel):
    """One link of a chain: `type` names the source, the rest is the source's own."""

    model_config = ConfigDict(extra="allow", frozen=True)
    type: str

    @property
    def options(self) -> dict[str, Any]:
        """Give the source's own keys."""
        return dict(self.model_extra or {})


class Sources(Section):
    """`[sources]`: an ordered chain for each part; the first valid answer wins."""

    story: tuple[SourceEntry, ...] = (SourceEntry(type="markdown"), SourceEntry(type="page"))
    fact: tuple[SourceEntry, ...] = (SourceEntry(type="page"), SourceEntry(type="library"))
    quote: tuple[SourceEntry, ...] = (SourceEntry(type="page"), SourceEntry(type="table"))
    word: tuple[SourceEntry, ...] = (SourceEntry(type="page"), SourceEntry(type="library"))


class EditionRules(Section):
    """`[edition]`: what becomes of an edition that lacks something."""

    no_story: NoStory = "hold"


class Schedule(Section):
    """`[schedule]`: when an edition is prepared, due, and too late."""

    at: time = time(7, 0)
    days: tuple[Weekday, ...] = _EVERY_DAY
    skip: tuple[date, ...] = ()
    prepare_at: time | None = None
    catch_up: time | None = None
    look_every: Annotated[int, Field(ge=1, le=1440)] = 10  # minutes between two looks

    @model_validator(mode="after")
    def _in_order(self) -> Schedule:
        if self.catch_up is not None and self.catch_up <= self.at:
            raise ValueError(f"`catch_up` must be later than `at` ({self.at:%H:%M})")
        if self.prepare_at is not None and self.prepare_at > self.at:
            raise ValueError(f"`prepare_at` must not be later than `at` ({self.at:%H:%M})")
        return self


class Template(Section):
    """`[template]`: what the edition is rendered with."""

    name: Annotated[str, Field(pattern=r"^[a-z0-9-]{1,40}$")] = "brief"


class Delivery(Section):
    """`[delivery]`: how the mail is handed over."""

    provider: str = "sendgrid"
    batch_size: Annotated[int, Field(ge=1, le=1000)] = 1000
    parallel: Annotated[int, Field(ge=1, le=64)] = 4
    timeout: Annotated[float, Field(gt=0, le=600)] = 30.0  # seconds for one whole request
    give_up_after: Annotated[float, Field(ge=0, le=86_400)] = 900.0  # seconds of waiting in all


class FetchRules(Section):
    """`[fetch]`: how sources meet the web."""

    allow_private: bool = False
    timeout: Annotated[float, Field(gt=0, le=120)] = 20.0  # seconds, redirects and retries included


class Media(Section):
    """`[media]`: the publication's own pictures."""

    url: WebAddress | None = None  # where content/media is served


class SendGrid(Section):
    """`[sendgrid]`: where SendGrid is reached."""

    base_url: WebAddress = "https://api.sendgrid.com"


class Smtp(Section):
    """`[smtp]`: the mail server the provider `smtp` hands copies to."""

    host: Annotated[str, Field(pattern=r"^[A-Za-z0-9.:-]{1,253}$")] = "localhost"
    port: Annotated[int, Field(ge=1, le=65_535)] = 587
    security: Literal["tls", "starttls", "none"] = "starttls"
    user: Line | None = None
    rate: Annotated[float, Field(ge=0, le=10_000)] = 0.0  # copies a second in all; 0: no limit


class Outbox(Section):
    """`[outbox]`: the provider that writes `.eml` files."""

    dir: str = "outbox"


class Database(Section):
    """`[database]`: an SQLAlchemy address."""

    url: str = "sqlite:///newsletter.db"


class Settings(Section):
    """Everything the installation was told, read once."""

    publication: Publication
    sources: Sources = Sources()
    edition: EditionRules = EditionRules()
    schedule: Schedule = Schedule()
    template: Template = Template()
    checks: dict[str, Severity] = Field(default_factory=dict)
    delivery: Delivery = Delivery()
    fetch: FetchRules = FetchRules()
    media: Media = Media()
    sendgrid: SendGrid = SendGrid()
    smtp: Smtp = Smtp()
    outbox: Outbox = Outbox()
    database: Database = Database()
    root: Path = Field(exclude=True)  # the publication's folder
    secrets: dict[str, SecretStr] = Field(default_factory=dict, exclude=True, repr=False)

    @property
    def timetable(self) -> Timetable:
        """Give the schedule as the calendar wants it."""
        plan = self.schedule
        return Timetable(
            zone=self.publication.zone,
            at=plan.at,
            days=frozenset(plan.days),
            skip=frozenset(plan.skip),
            prepare_at=plan.prepare_at,
            catch_up=plan.catch_up,
        )

    @property
    def database_url(self) -> str:
        """Give the database's address; a relative SQLite file lies in the publication's folder."""
        url = self.database.url
        name = url.removeprefix("sqlite:///")
        if name == url or name in {"", ":memory:"} or Path(name).is_absolute():
            return url
        return f"sqlite:///{self.root / name}"

    def secret(self, name: str) -> str | None:
        """Give a secret's value, or None where it is not set."""
        found = self.secrets.get(name)
        return found.get_secret_value() if found else None


def load(path: Path, environment: Mapping[str, str]) -> Settings:
    """Read `path` (config.toml or the folder it lies in) and the environment.

    Raises `ConfigError` with key, file, line and what is allowed.
    """
    file = path / FILE_NAME if path.is_dir() else path
    try:
        text = file.read_text(encoding="utf-8")
        values: dict[str, Any] = tomllib.loads(text)
    except FileNotFoundError as error:
        raise ConfigError(
            f"There is no {file}.",
            hint="Run `newsletter init` here, or name the file with --config PATH.",
        ) from error
    except (OSError, UnicodeDecodeError) as error:
        raise ConfigError(f"{file} cannot be read: {error}.") from error
    except tomllib.TOMLDecodeError as error:
        raise not_toml(file, error) from error
    for key in ("root", "secrets"):
        if key in values:
            raise ConfigError(f"{file}: [{key}] is not a section.")
    overridden = _override(values, environment)
    try:
        return Settings(**values, root=file.resolve().parent, secrets=_secrets(environment))
    except ValidationError as error:
        raise as_config_error(
            error, file=file, text=text, overridden=overridden, model=Settings
        ) from error


def _override(values: dict[str, Any], environment: Mapping[str, str]) -> dict[tuple[str, ...], str]:
    """Put `NEWSLETTER_SECTION__KEY` values in place; return which key came from which variable."""
    overridden: dict[tuple[str, ...], str] = {}
    for name, raw in sorted(environment.items()):
        if not name.startswith(_PREFIX) or "__" not in name:
            continue
        path = tuple(name.removeprefix(_PREFIX).lower().split("__"))
        table = values
        for key in path[:-1]:
            inner = table.setdefault(key, {})
            if not isinstance(inner, dict):
                raise ConfigError(f"{name} goes below {key}, which is a value and not a table.")
            table = inner
        table[path[-1]] = _value(raw)
        overridden[path] = name
    return overridden


def _value(raw: str) -> Any:
    """Read lists and tables as JSON, everything else as text; pydantic turns text into types."""
    if raw[:1] in {"[", "{"}:
        try:
            return json.loads(raw)
        except json.JSONDecodeError:
            return raw
    return raw


def _secrets(environment: Mapping[str, str]) -> dict[str, SecretStr]:
    found: dict[str, SecretStr] = {}
    for name in SECRETS:
        value = environment.get(name, "").strip() or _from_file(environment.get(f"{name}_FILE"))
        if value:
            found[name] = SecretStr(value)
    return found


def _from_file(path: str | None) -> str:
    if not path:
        return ""
    try:
        return Path(path).read_text(encoding="utf-8").strip()
    except (OSError, UnicodeDecodeError) as error:
        raise ConfigError(f"The secret file {path} cannot be read: {error}.") from error
