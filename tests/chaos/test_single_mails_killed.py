"""Senders of single mails that are killed anywhere: nobody twice, nobody missed, doubts named."""

from __future__ import annotations

import os
import random
import time
from collections import Counter
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from newsletter.core.config.settings import Publication
from newsletter.core.model import Attempt, Submission
from newsletter.core.model.single_mails import MailKind, MailState, SingleMail
from newsletter.delivery.single_mails import SingleMailDelivery
from newsletter.storage.database import connect
from newsletter.storage.sends.ledger import Ledger
from newsletter.storage.single_mails import SingleMails
from tests.support.database import bring_up, postgresql_database, sqlite_url
from tests.support.ledger import MovingClock
from tests.support.processes import fork

MAILS, KILLS, SEED = 120, 12, 20260302
NOW = datetime(2026, 3, 2, 7, 0, tzinfo=UTC)
HOUSE = Publication.model_validate(
    {
        "name": "The Brief",
        "zone": "UTC",
        "url": "https://brief.example.org",
        "sender": {"name": "The Brief", "email": "editor@brief.example.org"},
        "postal_address": "1 Quay, Harbour",
    }
)


class Letterbox:
    """Writes each address to a file, and takes its time before and after that."""

    name = "letterbox"
    max_recipients = 1

    def __init__(self, file: str) -> None:
        self._file = file

    def problems(self, attempt: Attempt) -> dict[int, str]:
        del attempt
        return {}

    def fits(self, attempt: Attempt) -> bool:
        del attempt
        return True

    def submit(self, attempt: Attempt) -> Submission:
        time.sleep(random.uniform(0, 0.01))
        out = os.open(self._file, os.O_WRONLY | os.O_APPEND | os.O_CREAT)
        os.write(out, f"{attempt.recipients.addresses[0]}\n".encode())
        os.close(out)
        time.sleep(random.uniform(0, 0.01))
        return Submission(provider_id=attempt.id)

    def close(self) -> None:
        return None


def send(url: str, file: str, seed: int) -> None:
    """Hand over what is due, as the tick does."""
    random.seed(seed)
    database = connect(url)
    box = Letterbox(file)
    SingleMailDelivery(
        publication=HOUSE,
        mails=SingleMails(database, "main"),
        ledger=Ledger(database),
        provider=lambda: box,
        clock=MovingClock(NOW),
    ).send_due()
    database.close()


def write_mails(url: str) -> None:
    database = connect(url)
    mails = SingleMails(database, "main")
    with database.write() as connection:
        for number in range(MAILS):
            mail = SingleMail(
                kind=MailKind.CONFIRMATION,
                key=str(number),
                to=f"reader{number}@example.org",
                text="Is it you?",
                expires_at=NOW + timedelta(days=1),
            )
            mails.put(connection, mail, now=NOW)
    database.close()


def disturb(url: str, folder: Path, *, senders: int) -> tuple[Counter[str], dict[str, str], int]:
    """Kill senders, then let one finish; return who has how many mails, the states, the kills."""
    write_mails(url)
    chance, letters, kills = random.Random(SEED), folder / "letters", 0
    for number in range(KILLS):
        running = [fork(send, url, str(letters), number * 10 + one) for one in range(senders)]
        time.sleep(chance.uniform(0.02, 0.3))
        for one in running:
            kills += one.is_alive()
            one.kill()
            one.join()
    send(url, str(letters), 0)
    database = connect(url)
    found = SingleMails(database, "main").listed(limit=2 * MAILS)
    database.close()
    got = Counter(letters.read_text().split())
    return got, {one.to: str(one.state) for one in found}, kills


@pytest.mark.parametrize("kind", ["sqlite", "postgresql"])
def test_whoever_is_killed_each_mail_goes_once_or_is_named(kind, tmp_path, request):
    if kind == "sqlite":
        url = sqlite_url(tmp_path)
        bring_up(url)
        got, states, kills = disturb(url, tmp_path, senders=1)
    else:
        with postgresql_database(request.getfixturevalue("postgresql")) as url:
            bring_up(url)
            got, states, kills = disturb(url, tmp_path, senders=3)
    doubts = {to for to, state in states.items() if state == MailState.UNCERTAIN}
    assert kills
    assert len(states) == MAILS
    assert max(got.values()) == 1, "somebody has it twice"
    assert {to for to, state in states.items() if state == MailState.SUBMITTED} <= set(got)
    assert states.keys() - set(got) <= doubts, "somebody was missed, and no doubt names them"
    assert set(states.values()) <= {MailState.SUBMITTED, MailState.UNCERTAIN}
    assert len(doubts) <= kills
