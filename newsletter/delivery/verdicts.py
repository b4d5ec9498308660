"""Judge what the work of a batch ended in, whatever that is. Pure."""

from __future__ import annotations

from dataclasses import replace
from datetime import datetime

from newsletter.core.errors import DeliveryError, NewsletterError, PluginError, Uncertain
from newsletter.core.model import Claim, Submission
from newsletter.delivery import outcomes
from newsletter.delivery.attempts import Tried
from newsletter.delivery.run import Pace


def judge(
    claim: Claim,
    tried: Tried,
    *,
    history: outcomes.RunHistory,
    pace: Pace,
    provider: str,
    now: datetime,
) -> outcomes.Verdict:
    """Say what to record of a claim; a fault of the provider's code ends the run besides."""
    end, attempt = tried.end, tried.attempt
    if isinstance(end, Submission):
        again = outcomes.try_again(claim, window=pace.window, now=now)
        return outcomes.accepted(end, history, again)
    if attempt is None:
        return outcomes.not_begun(end, history)
    stop: NewsletterError | None = None
    if not isinstance(end, DeliveryError):
        # A fault of the provider's code: the request may be out. Record it, then end.
        told = f"The provider {provider} failed: {type(end).__name__}: {end}"
        stop = end if isinstance(end, PluginError) else NewsletterError(told)
        raised = end.__cause__ or end if isinstance(end, PluginError) else end
        end = Uncertain(f"{type(raised).__name__} while submitting")
    verdict = outcomes.failed(end, attempt, history=history, patience=pace.patience(), now=now)
    return replace(verdict, stop=stop or verdict.stop)
