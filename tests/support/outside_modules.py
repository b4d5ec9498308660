"""Modules of somebody else's package, and publications that use them."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

from tests.support.outside import Outside
from tests.support.publication import make_publication

Write = Callable[[str], Outside]
PROVIDER = '''
"""Writes a line for every copy."""

from pathlib import Path

from newsletter.core.config.values import Section
from newsletter.core.model import Submission

SECRETS = ("CARRIER_TOKEN",)


class Options(Section):
    """Its table of config.toml."""

    file: str
    copies: int = 1


def make(settings, clock):
    return Carrier(
        settings.root,
        settings.provider_options(Options),
        settings.secret("CARRIER_TOKEN"),
        settings.delivery.provider,
    )


class Carrier:
    max_recipients = 10

    def __init__(self, root, options, token, name):
        self.name, self.token, self.options = name, token, options
        self.file = Path(root) / options.file

    def problems(self, attempt):
        return {}

    def fits(self, attempt):
        return True

    def submit(self, attempt):
        with self.file.open("a") as out:
            for person in attempt.recipients:
                out.write(f"{person.address} {len(self.token)} {self.options.copies}\\n")
        return Submission(provider_id=attempt.id)

    def close(self):
        pass
'''
SOURCE = '''
"""A fact."""

from newsletter.core.model import Fact, Supply

SECRETS = ("TIDES_KEY",)


def make(options):
    return Tides(options)


class Tides:
    def __init__(self, options):
        self.options = options

    def fetch(self, part, day):
        key = self.options.secret("TIDES_KEY")
        return Supply(feature=Fact(text=f"Tides {self.options.options['of']} {key}."), origin="t")
'''
TOKEN = "token-that-must-never-be-printed"


def brief(tmp_path: Path, tables: str = "", *, provider: str = "outbox", people: int = 0) -> Path:
    """Make a publication whose config.toml names a provider and has further tables."""
    publication = make_publication(tmp_path / "brief", people=people)
    config = publication.root / "config.toml"
    text = config.read_text().replace("[delivery]", f'[delivery]\nprovider = "{provider}"')
    config.write_text(f"{text}\n{tables}\n")
    return publication.root


def with_fact(root: Path, source: str) -> None:
    config = root / "config.toml"
    config.write_text(config.read_text().replace("[sources]", f"[sources]\nfact = [{source}]"))


def with_provider(tmp_path: Path, write: Write, old: str, new: str) -> tuple[Outside, Path]:
    """Make a publication with two readers and a provider that was changed in one place."""
    assert old in PROVIDER
    module = write(PROVIDER.replace(old, new))
    table = f'[{module.path}]\nfile = "copies.txt"'
    return module, brief(tmp_path, table, provider=module.path, people=2)
