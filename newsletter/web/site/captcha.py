"""The operator's captcha: shown and asked while machines fill in the join form, and only then.

A machine may solve it as well. So who passes has a budget of mails of their own.
"""

from __future__ import annotations

import json
import logging
from dataclasses import dataclass
from typing import TYPE_CHECKING
from urllib.parse import urlsplit

from newsletter.core import plugins
from newsletter.core.errors import NewsletterError
from newsletter.delivery import alarm_channels
from newsletter.web.site.security import POLICY

if TYPE_CHECKING:
    from newsletter.core.config.captcha import Captcha
    from newsletter.web.site.site import Site

_LONGEST = 4_096  # characters of an answer
log = logging.getLogger(__name__)


@dataclass(frozen=True, slots=True)
class Question:
    """What whoever decides is told: never the address itself."""

    answer: str  # of the widget
    address: str  # the address's mark: the same for the same address, and for nobody else's
    network: str  # that the form came from: 24 bits of IPv4, 48 of IPv6


def policy(captcha: Captcha) -> str:
    """Return what the one page with the widget may load: what the operator named."""
    script = urlsplit(captcha.script or "")
    known = " ".join(dict.fromkeys((f"{script.scheme}://{script.netloc}", *captcha.origins)))
    more = "; ".join(f"{kind}-src {known}" for kind in ("script", "frame", "connect"))
    styled = POLICY.replace("style-src 'self'", f"style-src 'self' {known}")
    return f"{styled}; {more}"


def is_person(site: Site, answer: str, canonical: str, *, network: str) -> bool:
    """Ask who decides; what goes wrong there is told in the log, and lets nobody in."""
    if not answer or len(answer) > _LONGEST:
        return False
    question = Question(answer, site.seals.mark("captcha", canonical), network)
    captcha = site.settings.captcha
    try:
        return _module_says(site, question) if captcha.module else _command_says(site, question)
    except NewsletterError as error:
        log.error("captcha.failed %s", error.what, extra={"event": "captcha.failed"})
        return False


def _module_says(site: Site, question: Question) -> bool:
    plugin = plugins.find("newsletter.web.site.captchas", site.settings.captcha.module or "")
    secrets = plugin.own(site.settings.secrets)
    said = plugin.call("is_person", question, secrets, secrets=secrets)
    return said is True


def _command_says(site: Site, question: Question) -> bool:
    """Give a program the question as JSON; 0 is a person, 1 is none, all else is a fault."""
    captcha = site.settings.captcha
    told = {"answer": question.answer, "address": question.address, "network": question.network}
    fault = alarm_channels.run(
        json.dumps(told),
        command=captcha.command,
        root=site.settings.root,
        environment=site.settings.secrets.environment,
        timeout=captcha.timeout,
        key="[captcha] command",
    )
    if fault is not None:
        log.info("captcha.refused %s", fault, extra={"event": "captcha.refused"})
    return fault is None
