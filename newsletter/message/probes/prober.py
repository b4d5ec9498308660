"""Who asks for a publication, and what of everything that can be asked."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from datetime import date, datetime

from newsletter.content.web.opening import user_agent
from newsletter.core.config.settings import Settings
from newsletter.core.http.addresses import is_public
from newsletter.core.http.client import HttpClient
from newsletter.core.model import Envelope
from newsletter.message import check
from newsletter.message.check import Checked
from newsletter.message.external import External, Misspelt, Reached
from newsletter.message.probes import network, pictures, spamassassin, spelling
from newsletter.message.probes.network import Progress
from newsletter.message.specimen import specimen


@dataclass(frozen=True, slots=True, kw_only=True)
class Prober:
    """Asks about one message: always for the files of pictures, for the rest where it is told."""

    settings: Settings
    envelope: Callable[[date], Envelope]
    now: datetime
    programs: bool = False  # SpamAssassin and Hunspell, where they are installed
    over_network: Progress | None = None  # told of each step; None: it is not asked

    def __call__(self, checked: Checked) -> External:
        """Return what was found out."""
        shown = check.addresses(checked)
        media = self.settings.root / "content" / "media"
        own = pictures.files(shown.pictures, folder=media, public=self.settings.media.url)
        # The unsubscribe link is nobody's, so that it and what stands behind it lead nowhere.
        asked = [url for url in shown.all if not url.startswith(checked.unsubscribe_url)]
        return External(
            pictures=own,
            reached=self._reached(asked) if self.over_network else {},
            spam=spamassassin.report(self._mail(checked)) if self.programs else None,
            misspelt=self._misspelt(checked) if self.programs else (),
        )

    def _reached(self, found: Iterable[str]) -> Mapping[str, Reached]:
        assert self.over_network is not None
        rules = self.settings.fetch
        allow = None if rules.allow_private else is_public
        with HttpClient(allow=allow, proxies=self.settings.proxies) as wire:
            return network.reach(
                network.worth_asking(found),
                wire=wire,
                agent=user_agent(self.settings.publication.contact),
                any_port=rules.allow_private,
                progress=self.over_network,
            )

    def _mail(self, checked: Checked) -> bytes:
        """Return the mail with the header that a provider adds, and filters miss."""
        envelope = self.envelope(checked.edition.date)
        added = f"List-Unsubscribe: <{checked.unsubscribe_url}>\r\n"
        return added.encode() + specimen(checked.message, envelope, now=self.now)

    def _misspelt(self, checked: Checked) -> tuple[Misspelt, ...]:
        word = checked.edition.word
        own = f"{self.settings.publication.name} {word.word if word else ''}"
        listed = spelling.listed(self.settings.root / "content" / "spelling.txt")
        text = spelling.prose(checked.edition)
        return spelling.doubts(text, language=checked.language, known=listed | spelling.words(own))
