"""Which mailbox providers tell a sender of complaints, and whose silence means nothing. Pure.

A complaint reaches us only where the reader's mailbox provider runs a feedback loop and reports
each one. Gmail reports none; of most other domains nobody can tell who keeps their mail. So a
share is taken of those whose provider is known to report, and the others are unknown.
"""

from __future__ import annotations

from dataclasses import dataclass

# Yahoo (with AOL and those it keeps mail for) and Microsoft's consumers run loops of their own
# (senders.yahooinc.com, JMRP). Seznam (fbl.seznam.cz) and Mail.ru (postmaster.mail.ru) do, too. The
# others are members of Validity's universal feedback loop as spamresource.com listed them in
# September 2023 ("Validity to start charging for Feedback Loop email feeds"; Cox was a member no
# longer) and Validity's own page of La Poste; of these only the domains that are surely theirs.
FAMILIES = ("yahoo", "hotmail", "live", "outlook")  # under any country's ending
_LISTED = """
aol.com aim.com aol.co.uk aol.de aol.fr aol.it ymail.com rocketmail.com myyahoo.com verizon.net
att.net sbcglobal.net bellsouth.net pacbell.net ameritech.net swbell.net frontier.com
frontiernet.net rogers.com sky.com netscape.net cs.com
msn.com passport.com windowslive.com
seznam.cz email.cz mail.ru bk.ru inbox.ru list.ru
comcast.net xfinity.com fastmail.com fastmail.fm laposte.net sfr.fr neuf.fr libero.it virgilio.it
tim.it alice.it bigpond.com telstra.com terra.com.br uol.com.br bol.com.br ziggo.nl xs4all.nl
telenet.be bluewin.ch virginmedia.com ntlworld.com blueyonder.co.uk yandex.ru yandex.com ya.ru
"""
DOMAINS = frozenset(_LISTED.split())
NOT_OF_A_FAMILY = frozenset({"yahoo.co.jp"})  # another company
GMAIL = ("gmail.com", "googlemail.com")


def reports_complaints(domain: str) -> bool:
    """Say whether a domain's mailbox provider is known to report each complaint."""
    if domain in NOT_OF_A_FAMILY:
        return False
    family, _, ending = domain.partition(".")
    return domain in DOMAINS or (family in FAMILIES and bool(ending))


@dataclass(frozen=True, slots=True, kw_only=True)
class Feedback:
    """What complaints of a send can tell: of whom they would be heard, and of whom not."""

    complained: int = 0
    reporting: int = 0  # recipients whose provider reports complaints
    gmail: int = 0  # recipients at Gmail, which reports none
    others: int = 0  # recipients of whose provider nothing is known

    @property
    def sentence(self) -> str:
        """Say it in numbers; what is not known is never shown as zero."""
        known = (
            f"{self.complained:,} of {self.reporting:,} whose mailbox provider reports them"
            if self.reporting or self.complained
            else "nobody here has a mailbox provider that reports them"
        )
        unknown = self.gmail + self.others
        if not unknown:
            return f"{known}."
        of_gmail = f", {self.gmail:,} of them at Gmail" if self.gmail and self.others else ""
        where = " at Gmail" if self.gmail and not self.others else ""
        return f"{known}; unknown for {unknown:,}{where}{of_gmail}."
