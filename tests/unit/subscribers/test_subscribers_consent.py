"""What names of columns, words in cells and names of files say of wanting mail."""

from __future__ import annotations

import pytest

from newsletter.core.model import SubscriberState as State
from newsletter.subscribers.imports.columns import find
from newsletter.subscribers.imports.filenames import floor_of, suppressions_of
from newsletter.subscribers.imports.headers import (
    doubts,
    guessed,
    is_about_mail,
    of_leaving,
    parted_name,
)
from newsletter.subscribers.imports.readings import READINGS
from newsletter.subscribers.imports.words import WORDS, folded, speaking, speaks, worst
from tests.support.subscribers import make_records

LEAVING = """
Email Opt Out|Opted-out|doNotContact|Global opt out|EMAIL_BLACKLISTED|Blocklisted|Suppressed
UNSUB_TIME|unsubscribed_at|Unsubscribed from all email|Deleted at|Cancelled|Abgemeldet
Abmeldedatum|Gesperrt|Newsletter abbestellt|Désabonné|Désinscrit le|Liste noire
Baja|Fecha de baja|Cancelado|Desuscrito
Descadastrado em|Disiscritto|Cancellato|Uitgeschreven|Afgemeld|Wypisany|Data wypisania
isexcludedfromcampaigns|hasoptedoutofemail|donotemail|unsubscribedat|emailoptout|marketingsuspended
Newsletterabmeldung|Mailsperre|Werbewiderspruch|Abokündigung|nieuwsbriefafmelding|Werbeverbot
Marketing Suspended|Email blocked|Removed from the list|Emails disabled|Do not allow bulk e-mails
don't email|DNM|Stop mail|Ne souhaite plus recevoir|No desea recibir|Não enviar|Non inviare
Consenso negato|Wil geen nieuwsbrief|Nie wysyłać|Brak zgody|Newsletter unerwünscht|kein Versand
Newsletter nicht erwünscht|Austritt|Не присылать
"""
# A word in them may turn round what a yes means.
CONTRARY = """
Newsletter paused|Marketing on pause|Newsletterstopp|Marketing stopped|Subscription expired
Subscription lapsed|Newsletter declined|Newsletter abgelehnt|Not unsubscribed|Nicht abgemeldet
Never bounced|Non marketing|Subscription ended|Rifiuta newsletter|RGPD refus|Without newsletter
"""
# They say neither yes nor no, but are about mail.
ABOUT_MAIL = """
notify_by_email|email_notifications|digest_emails|bulk_email|mail_ok|OK to email|send email
Email Sub|Email valid|Opt|Abo|Werbung|Publicité|Kontakt per Mail
"""
ELSEWHERE = """
Emails opened|HTML email|Email count|First mail|Do not call|Donotfax|SMS opt|Vip|Notation|Island
Message of the day|Partner emails|Contact ID|City|Sperrmüll
"""


def listed(names: str) -> list[str]:
    return names.strip().replace("\n", "|").split("|")


@pytest.mark.parametrize("name", listed(LEAVING))
def test_a_name_that_speaks_of_leaving_is_understood(name: str) -> None:
    assert of_leaving(name) == "opted_out"


@pytest.mark.parametrize("name", listed(CONTRARY))
def test_a_yes_is_asked_about_where_a_word_of_the_name_may_turn_it_round(name: str) -> None:
    assert guessed(name, ["yes", "no"]) is None
    is_doubtful = doubts(name)
    assert is_doubtful is not None
    assert is_doubtful("yes")


@pytest.mark.parametrize("name", listed(ABOUT_MAIL))
def test_a_name_that_is_about_mail_is_worth_a_question(name: str) -> None:
    assert of_leaving(name) is None
    assert guessed(name, ["yes", "no"]) is None
    assert is_about_mail(name)


@pytest.mark.parametrize("part", ["is", "optin", "mailoptinnewsletter"])
def test_a_name_of_any_length_is_read_in_no_time(part: str) -> None:
    assert parted_name(part * 10_000 + "x") == part * 10_000 + "x"
    assert parted_name(part * 2) == f"{parted_name(part)} {parted_name(part)}"


@pytest.mark.parametrize("name", listed(ELSEWHERE))
def test_a_name_of_something_else_is_not(name: str) -> None:
    assert of_leaving(name) is None
    assert guessed(name, ["yes", "no"]) is None
    assert doubts(name) is None
    assert not is_about_mail(name)


@pytest.mark.parametrize(
    ("name", "reading"),
    [
        ("isoptinpending", "waiting"),
        ("isspamcomplaining", "complained"),
        ("mailbounced", "bounced"),
        ("NPAI", "bounced"),
        ("email1_is_bad", "bounced"),
        ("Bounces", "bounced"),
        ("Hard bounce date", "bounced"),
        ("CLEAN_TIME", "bounced"),
        ("Bounce reason", "bounced_at"),
        ("Unsubscribe reason", "left_at"),
        ("Spam complaints", "complained"),
        ("Soft bounces", "soft_bounces"),
        ("Is opt-in pending", "waiting"),
        ("Is excluded from campaigns", "opted_out"),
        ("SMS_BLACKLISTED", None),
        ("Unsubscribe URL", None),
        ("Bounce rate", None),
        ("Order cancelled", None),
        ("City", None),
    ],
)
def test_bounces_reasons_and_what_is_of_something_else_are_told_apart(
    name: str, reading: str | None
) -> None:
    assert of_leaving(name) == reading


@pytest.mark.parametrize(
    ("name", "cells", "reading"),
    [
        ("Accepts Marketing", ["yes", "no", ""], "opt_in"),
        ("Newsletter abonniert", ["ja", "nein"], "opt_in"),
        ("Consentement", ["oui", "non"], "opt_in"),
        ("Zgoda", ["tak", "nie"], "opt_in"),
        ("confirmed", ["1", "0"], "confirmed"),
        ("Statut", ["Abonné", "Désabonné"], "subscription"),
        ("Estado de suscripción", ["activo", "baja"], "subscription"),
        ("State", ["Texas", "unsubscribed"], None),
        ("Newsletter", ["The Tide Table"], None),
        ("Opt-in date", ["2024-01-02"], None),
        ("SMS consent", ["no"], None),
        ("Accepts terms", ["no"], None),
    ],
)
def test_a_reading_is_guessed_where_name_and_cells_agree(
    name: str, cells: list[str], reading: str | None
) -> None:
    assert guessed(name, cells) == reading


@pytest.mark.parametrize(
    ("reading", "cell", "state"),
    [
        ("opted_out", "", State.ACTIVE),
        ("opted_out", "No", State.ACTIVE),
        ("opted_out", "0", State.ACTIVE),
        ("opted_out", "0000-00-00 00:00:00", State.ACTIVE),
        ("opted_out", "3/4/2024 10:00 PM", State.UNSUBSCRIBED),
        ("opted_out", "Mar 3, 2024", State.UNSUBSCRIBED),
        ("opted_out", "1712000000", State.UNSUBSCRIBED),
        ("opted_out", "spam", State.COMPLAINED),
        ("opted_out", "perhaps", None),
        ("left_at", "perhaps", State.UNSUBSCRIBED),
        ("bounced", "0", State.ACTIVE),
        ("bounced", "3", State.BOUNCED),
        ("soft_bounces", "3", None),
        ("opt_in", "FALSE", State.UNSUBSCRIBED),
        ("opt_in", "", State.PENDING),
        ("opt_in", "NEVER_SUBSCRIBED", State.PENDING),
        ("opt_in", "2024-03-04T10:00:00Z", State.ACTIVE),
        ("confirmed", "0", State.PENDING),
        ("wants_mail", "", State.ACTIVE),
        ("subscription", "Non-Subscribed", State.PENDING),
    ],
)
def test_a_cell_is_read_as_its_column_means_it(
    reading: str, cell: str, state: State | None
) -> None:
    assert READINGS[reading](cell) is state


@pytest.mark.parametrize(
    ("word", "state"),
    [
        ("  UNSUBSCRIBED ", State.UNSUBSCRIBED),
        ("Opt_Out", State.UNSUBSCRIBED),
        ("désabonnée", State.UNSUBSCRIBED),
        ("Gelöscht", State.UNSUBSCRIBED),
        ("dado de baja", State.UNSUBSCRIBED),
        ("Usunięty", State.UNSUBSCRIBED),
        ("nicht bestätigt", State.PENDING),
        ("never subscribed", State.PENDING),
        ("hard bounced", State.BOUNCED),
        ("Cleaned", State.BOUNCED),
        ("marked as spam", State.COMPLAINED),
    ],
)
def test_words_are_read_in_whatever_spelling(word: str, state: State) -> None:
    assert WORDS[folded(word)] is state


@pytest.mark.parametrize(
    ("cell", "said"),
    [
        ("vip, Unsubscribed", True),
        ('{"mail": "blacklisted"}', True),
        ("please unsubscribe me", True),
        ("Désabonné", True),
        ("Wypisał się 3 maja", True),
        ("https://example.org/unsubscribe?u=1", False),
        ("unsubscribe@example.org", False),
        ("Riga", False),
        ("subscribed", False),
    ],
)
def test_a_cell_that_may_hold_anything_speaks_or_not(cell: str, *, said: bool) -> None:
    assert speaks(cell) is said
    assert speaking({cell, "Riga", "gold"}) == ({cell} if said else set())


def test_the_worst_state_is_the_one_that_is_mailed_least() -> None:
    assert worst([]) is State.ACTIVE
    assert worst([State.PENDING, State.ACTIVE]) is State.PENDING
    assert worst([State.BOUNCED, State.UNSUBSCRIBED]) is State.BOUNCED
    assert worst([State.COMPLAINED, State.BOUNCED]) is State.COMPLAINED


@pytest.mark.parametrize(
    ("name", "state"),
    [
        ("subscribed_members_export_0a1b.csv", State.ACTIVE),
        ("unsubscribed_members_export_0a1b.csv", State.UNSUBSCRIBED),
        ("cleaned_members_export_0a1b.csv", State.BOUNCED),
        ("nonsubscribed_members_export_0a1b.csv", State.PENDING),
        ("archived_members_export_0a1b.csv", State.UNSUBSCRIBED),
        ("readers.csv", State.ACTIVE),
    ],
)
def test_a_file_of_one_state_says_so_in_its_name(name: str, state: State) -> None:
    assert floor_of(name, {}) is state
    assert floor_of(name, {"file name": "ignore"}) is State.ACTIVE
    assert floor_of(name, {"File name": "opt-out"}) is State.UNSUBSCRIBED


@pytest.mark.parametrize(
    ("header", "by"),
    [
        ("status,reason,email,created", "SendGrid"),
        ("email,created", "SendGrid"),
        ("ip,email,created", "SendGrid"),
        ("EmailAddress,Reason,LastUpdateTime", "Amazon SES"),
        ("address,code,error,created_at", "Mailgun"),
        ("Recipient,Transactional,Non-transactional,Source", "SparkPost"),
        ("email,bounce_reason,date", "of a provider"),
        ("email,name", ""),
        ("email,status", ""),
    ],
)
def test_a_list_of_suppressions_is_told_by_its_columns(header: str, by: str) -> None:
    first, *others = header.split(",")
    columns = find(make_records([first, *others]), {first: "email"} if first[0].isupper() else None)
    assert suppressions_of(columns) == by
