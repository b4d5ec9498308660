"""config.toml and the environment, read once into one frozen, strictly validated value.

Every key can be overridden by `NEWSLETTER_<SECTION>__<KEY>`. Secrets come only from the
environment or from a file named by the same variable with `_FILE` (`core/config/secrets.py`). The
table of a provider that is not among the sections here is kept as it is, for the provider to read.
"""

from __future__ import annotations

import ipaddress
import tomllib
from collections.abc import Mapping
from dataclasses import replace
from datetime import timedelta
from functools import partial
from pathlib import Path
from typing import Annotated, Any, Literal, TypeVar
from urllib.parse import urlsplit

from pydantic import AfterValidator, BaseModel, ConfigDict, Field, ValidationError

from newsletter.core import holidays
from newsletter.core.calendar import Timetable
from newsletter.core.config.alerts import Alerts
from newsletter.core.config.captcha import Captcha
from newsletter.core.config.database import Database
from newsletter.core.config.delivery import Delivery, Schedule
from newsletter.core.config.environment import override
from newsletter.core.config.errors import Written, not_toml
from newsletter.core.config.proxies import Proxies, from_environment
from newsletter.core.config.secrets import Secrets
from newsletter.core.config.tables import provider_of, take_tables
from newsletter.core.config.template import Template
from newsletter.core.config.values import Address, Line, Section, WebAddress, Zone
from newsletter.core.errors import ConfigError, Where
from newsletter.core.model import NoStory
from newsletter.core.model.clients import USUAL, Family
from newsletter.core.model.findings import Severity
from newsletter.core.toml import line_of
from newsletter.core.web_addresses import is_this_machine

FILE_NAME = "config.toml"
Options = TypeVar("Options", bound=Section)


class Sender(Section):
    """Who the mail comes from."""

    name: Line
    email: Address


class Editor(Section):
    """`[publication.editor]`: whose words a mail ends with, and to whom readers answer."""

    name: Line
    role: Line | None = None  # "editor"
    picture: WebAddress | None = None  # a square portrait


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
    logo: WebAddress | None = None  # a square mark beside the name
    editor: Editor | None = None

    @property
    def answers_to(self) -> str:
        """Return the address that readers' answers go to."""
        return self.reply_to or self.sender.email


class SourceEntry(BaseModel):
    """One link of a chain: `type` names the source, the rest is the source's own."""

    model_config = ConfigDict(extra="allow", frozen=True)
    type: str

    @property
    def options(self) -> dict[str, Any]:
        """Return the source's own keys."""
        return dict(self.model_extra or {})


class Sources(Section):
    """`[sources]`: an ordered chain for each part; the first valid answer wins."""

    story: tuple[SourceEntry, ...] = (SourceEntry(type="markdown"), SourceEntry(type="page"))
    fact: tuple[SourceEntry, ...] = (SourceEntry(type="page"), SourceEntry(type="library"))
    quote: tuple[SourceEntry, ...] = (SourceEntry(type="page"), SourceEntry(type="library"))
    word: tuple[SourceEntry, ...] = (SourceEntry(type="page"), SourceEntry(type="library"))


class EditionRules(Section):
    """`[edition]`: what becomes of an edition that lacks something."""

    no_story: NoStory = "hold"
    proof_to: Address | None = None  # the editor, who gets a proof by mail at `prepare_at`
    fallback: str | None = None  # a folder of standing stories, for when it is due without one


class Clients(Section):
    """`[clients]`: the mail programs readers use."""

    supported: Annotated[tuple[Family, ...], Field(min_length=1)] = USUAL


class FetchRules(Section):
    """`[fetch]`: how sources meet the web."""

    allow_private: bool = False
    timeout: Annotated[float, Field(gt=0, le=120)] = 20.0  # seconds, redirects and retries included


class Retention(Section):
    """`[retention]`: how many months are kept; without a number, everything is."""

    recipients: Annotated[int, Field(ge=1, le=1200)] | None = None
    events: Annotated[int, Field(ge=1, le=1200)] | None = None


def _network(text: str) -> str:
    return str(ipaddress.ip_network(text.strip(), strict=False))


class Web(Section):
    """`[web]`: where the publication's own site listens, and whose word on readers it takes."""

    host: Annotated[str, Field(pattern=r"^[A-Za-z0-9.:-]{1,253}$")] = "127.0.0.1"
    port: Annotated[int, Field(ge=0, le=65_535)] = 8000
    trusted_proxies: tuple[Annotated[str, AfterValidator(_network)], ...] = ()


class Media(Section):
    """`[media]`: the publication's own pictures."""

    url: WebAddress | None = None  # where content/media is served


class SendGrid(Section):
    """`[sendgrid]`: where SendGrid is reached."""

    base_url: WebAddress = "https://api.sendgrid.com"
    ip_pool_name: Annotated[str, Field(pattern=r"^[ -~]{2,64}$")] | None = None
    on_behalf_of: Annotated[str, Field(pattern=r"^[!-~]{1,64}$")] | None = None  # a subuser


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


class Settings(Section):
    """Everything the installation was told, read once."""

    publication: Publication
    sources: Sources = Sources()
    edition: EditionRules = EditionRules()
    schedule: Schedule = Schedule()
    template: Template = Template()
    checks: dict[str, Severity] = Field(default_factory=dict)
    clients: Clients = Clients()
    delivery: Delivery = Delivery()
    alerts: Alerts = Alerts()
    fetch: FetchRules = FetchRules()
    web: Web = Web()
    captcha: Captcha = Captcha()
    media: Media = Media()
    retention: Retention = Retention()
    sendgrid: SendGrid = SendGrid()
    smtp: Smtp = Smtp()
    outbox: Outbox = Outbox()
    database: Database = Database()
    root: Path = Field(exclude=True)  # the publication's folder
    proxies: Proxies = Field(default=Proxies(), exclude=True, repr=False)
    secrets: Secrets = Field(default_factory=Secrets, exclude=True, repr=False)
    tables: dict[str, Any] = Field(default_factory=dict, exclude=True)  # of providers, by name
    written: Written = Field(default_factory=Written, exclude=True, repr=False)

    @property
    def timetable(self) -> Timetable:
        """Return the schedule as the calendar wants it."""
        plan = self.schedule
        return Timetable(
            zone=self.publication.zone,
            at=plan.at,
            days=frozenset(plan.days),
            skip=frozenset(plan.skip),
            also=frozenset(plan.also),
            starts=plan.starts,
            holiday=partial(holidays.name, plan.holidays) if plan.holidays else None,
            prepare_at=plan.prepare_at,
            evening_before=plan.evening_before,
            catch_up=plan.catch_up,
            lead=self.lead,
        )

    @property
    def weekly_timetable(self) -> Timetable | None:
        """Return when the digests of the weeks are due; None: there are none."""
        day = self.schedule.weekly
        if day == "off":
            return None
        return replace(
            self.timetable,
            days=frozenset({day}),
            prepare_at=None,
            evening_before=False,
            also=frozenset(),
            holiday=None,
        )

    @property
    def reaches_readers(self) -> bool:
        """Say whether what is handed over leaves this machine; the outbox and a sandbox do not.

        A provider of one's own may be anything, and counts as one that does not.
        """
        servers = {
            "sendgrid": urlsplit(self.sendgrid.base_url).hostname or "",
            "smtp": self.smtp.host,
        }
        server = servers.get(self.delivery.provider)
        return server is not None and not is_this_machine(server)

    @property
    def has_site(self) -> bool:
        """Say whether the publication has a site of its own: config.toml has a table `[web]`."""
        return "web" in self.model_fields_set

    @property
    def lead(self) -> timedelta:
        """Say how long before they are due batches are handed over."""
        is_ahead = self.delivery.mode == "scheduled"
        return timedelta(minutes=self.delivery.lead if is_ahead else 0)

    @property
    def database_url(self) -> str:
        """Return the database's address; a relative SQLite file is in the publication's folder."""
        url = self.database.url
        name = url.partition(":///")[2]
        if not self.database.is_sqlite or name in {"", ":memory:"} or Path(name).is_absolute():
            return url
        return f"sqlite:///{self.root / name}"

    def secret(self, name: str) -> str | None:
        """Return a secret's value, or None where it is not set; raise what `Secrets.read` does."""
        return self.secrets.read(name)

    def provider_options(self, model: type[Options]) -> Options:
        """Read the table that has the configured provider's name; without one, the defaults hold.

        It is `[carrier]` for `carrier`, and `[my_package.carrier]` for the dotted path.
        Raises `ConfigError` with key, file, line and what is allowed.
        """
        name = self.delivery.provider
        try:
            return model.model_validate(self.tables.get(name, {}))
        except ValidationError as error:
            raise self.written.problem(error, model=model, below=name.split(".")) from error


def load(path: Path, environment: Mapping[str, str]) -> Settings:
    """Read `path` (config.toml or the folder it lies in) and the environment.

    Raises `ConfigError` with key, file, line and what is allowed.
    """
    file = path / FILE_NAME if path.is_dir() else path
    try:
        text = file.read_text(encoding="utf-8")
    except FileNotFoundError as error:
        raise ConfigError(
            f"There is no {file}.",
            hint="Run `newsletter init` here, or name the file with --config PATH.",
            where=Where(file=str(file), leads=False),
        ) from error
    except (OSError, UnicodeDecodeError) as error:
        where = Where(file=str(file), leads=False)
        raise ConfigError(f"{file} cannot be read: {error}.", where=where) from error
    return read(text, file=file, environment=environment)


def read(text: str, *, file: Path, environment: Mapping[str, str]) -> Settings:
    """Read a text as if `file` held it; raises what `load` does."""
    try:
        values: dict[str, Any] = tomllib.loads(text)
    except tomllib.TOMLDecodeError as error:
        raise not_toml(file, error) from error
    for key in (key for key, field in Settings.model_fields.items() if field.exclude):
        if key in values:
            where = Where(file=str(file), line=line_of((key,), text), key=key, leads=False)
            raise ConfigError(f"{file}: [{key}] is not a section.", where=where)
    providers = [provider_of(values)]  # its table may stay when the environment names another
    overridden = override(values, environment, keys=_keys())
    written = Written(file=file, text=text, overridden=overridden)
    tables = take_tables(
        values,
        [*providers, provider_of(values)],
        sections=Settings.model_fields,
        written=written,
    )
    try:
        return Settings(
            **values,
            root=file.resolve().parent,
            secrets=Secrets(environment),
            proxies=from_environment(environment),
            tables=tables,
            written=written,
        )
    except ValidationError as error:
        raise written.problem(error, model=Settings) from error


def _keys() -> dict[str, set[str]]:
    """Return the keys of each section."""
    models = {name: field.annotation for name, field in Settings.model_fields.items()}
    return {
        name: set(model.model_fields)
        for name, model in models.items()
        if isinstance(model, type) and issubclass(model, Section)
    }
