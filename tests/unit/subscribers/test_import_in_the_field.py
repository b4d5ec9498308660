"""Files as people have them: languages, code pages, dressed addresses, statuses nobody knows."""

from __future__ import annotations

from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from newsletter.core.errors import InputError, UsageError
from newsletter.core.model import SubscriberState as State
from newsletter.subscribers.addresses import Address
from newsletter.subscribers.imports import importer
from newsletter.subscribers.imports.address_cells import address_of
from newsletter.subscribers.imports.questions import Asked, Watch
from newsletter.subscribers.imports.rows import Rejected, read
from newsletter.subscribers.imports.suppressing import listed
from newsletter.subscribers.imports.words import folded
from tests.support.subscribers import write

ACTIVE, PENDING, UNSUBSCRIBED = State.ACTIVE, State.PENDING, State.UNSUBSCRIBED
BOUNCED = State.BOUNCED


def states(folder: Path, text: str, *, encoding: str = "utf-8", name: str = "list.csv", **told):
    """Say how each row comes in, in the file's order; "asked" where the import would ask.

    `told` is what `--map` says.
    """
    path = write(folder, text, name=name, encoding=encoding)
    try:
        request = importer.prepare(path, mapping=told)
    except Asked:
        return "asked"
    watch, found = Watch(request.columns), []
    for whole in request.file.pages():
        page = whole.after(request.header_line).without_surplus(len(request.columns.header))
        watch.look_at(page)
        found += [read(record, request.columns) for record in page.records()]
    if watch.questions():
        return "asked"
    return [one.reason if isinstance(one, Rejected) else one.person.state for one in found]


FOREIGN = {
    "Russian": "Адрес;Имя;Статус\na@example.org;А;Подписан\nb@example.org;Б;Отписался",
    "Russian, a yes": "Email;Отписан\na@example.org;нет\nb@example.org;да",
    "Russian, a date": "Email;Дата отписки\na@example.org;\nb@example.org;03.04.2021",
    "Ukrainian": "Email;Статус\na@example.org;Активний\nb@example.org;Відписаний",
    "Swedish": "E-post;Status\na@example.org;Aktiv\nb@example.org;Avregistrerad",
    "Danish": "E-mail;Status\na@example.org;Tilmeldt\nb@example.org;Afmeldt",
    "Czech": "E-mail;Stav\na@example.org;Aktivní\nb@example.org;Odhlášen",
    "Hungarian": "Email;Leiratkozott\na@example.org;nem\nb@example.org;igen",
    "Turkish": "E-posta;Durum\na@example.org;Aktif\nb@example.org;Abonelikten çıktı",
    "Romanian": "Email;Stare\na@example.org;Abonat\nb@example.org;Dezabonat",
    "Finnish": "Sähköposti;Tila\na@example.org;Tilattu\nb@example.org;Peruttu",
    "Greek": "email;Κατάσταση\na@example.org;Ενεργός\nb@example.org;Διαγραμμένος",
    "Chinese": "邮箱,状态\na@example.org,已订阅\nb@example.org,已退订",
    "Japanese": "メール,ステータス\na@example.org,購読中\nb@example.org,配信停止",
}


@pytest.mark.parametrize("text", FOREIGN.values(), ids=list(FOREIGN))
def test_who_left_is_told_in_other_languages(tmp_path, text):
    assert states(tmp_path, text) == [ACTIVE, UNSUBSCRIBED]


@pytest.mark.parametrize(
    ("encoding", "text"),
    [
        ("cp1251", FOREIGN["Russian"]),
        ("cp1251", FOREIGN["Russian, a yes"] + "\nc@example.org;нет"),
        ("cp1252", "E-Mail;Gekündigt\na@example.org;nein\nb@example.org;ja"),
        ("mac_roman", "Courriel;Désabonné\na@example.org;non\nb@example.org;oui"),
        ("cp1250", "Email;Imię;Wypisał się\na@example.org;Michał;\nb@example.org;Ola;tak"),
        ("utf-16", FOREIGN["Russian"]),
    ],
)
def test_the_code_page_of_an_old_spreadsheet_hides_no_opt_out(tmp_path, encoding, text):
    assert states(tmp_path, text, encoding=encoding)[:2] == [ACTIVE, UNSUBSCRIBED]


@pytest.mark.parametrize(
    ("encoding", "text"),
    [
        ("koi8-r", FOREIGN["Russian"]),
        ("cp1253", FOREIGN["Greek"]),
        ("gbk", FOREIGN["Chinese"]),
        ("shift_jis", FOREIGN["Japanese"]),
    ],
)
def test_a_code_page_that_cannot_be_told_is_refused(tmp_path, encoding, text):
    with pytest.raises(InputError) as caught:
        states(tmp_path, text, encoding=encoding)
    assert "UTF-8" in caught.value.hint


@pytest.mark.parametrize("word", ["Désabonné", "Отписан", "gekündigt"])
def test_a_word_that_was_read_byte_by_byte_once_is_read_as_it_was_meant(word):
    for once in ("latin-1", "cp1252"):
        try:
            mangled = word.encode().decode(once)
        except UnicodeDecodeError:
            continue
        assert folded(mangled) == folded(word)
    assert folded("Ça Đà Ñu") == "ca da nu"


@pytest.mark.parametrize(
    "text",
    [
        "email,status\na@example.org,C\nb@example.org,U",
        "email,status_id\na@example.org,1\nb@example.org,2",
        "email,status\na@example.org,gold\nb@example.org,lapsed",
        "email,stan\na@example.org,A\nb@example.org,W",
        "email,delivery status\na@example.org,enabled\nb@example.org,by_robots",
        "a@example.org,Ann,1\nb@example.org,Ben,0",
        "email,marketing consent\na@example.org,I would like to hear from you\nb@example.org,",
        "email,Einwilligung\na@example.org,per Karte am Stand\nb@example.org,",
        "email,note\na@example.org,\nb@example.org,Bitte keine E-Mails mehr!",
        "email,note\na@example.org,\nb@example.org,veuillez ne plus envoyer",
    ],
)
def test_a_status_nobody_knows_and_a_sentence_about_wanting_mail_are_asked_about(tmp_path, text):
    assert states(tmp_path, text) == "asked"


def test_a_place_is_no_status(tmp_path):
    text = "email,state,stato,zustand\na@example.org,Ohio,Italia,neu\nb@example.org,NV,,alt"
    assert states(tmp_path, text) == [ACTIVE, ACTIVE]


@pytest.mark.parametrize(
    ("header", "moment"),
    [
        ("confirmed_at", "2024-05-06T07:08:09Z"),
        ("Email verified at", "May 6, 2024"),
        ("double_optin_confirmation_time", "2024-05-06 07:08"),
        ("Date de confirmation de l'inscription", "06/05/2024"),
        ("DOI-Datum", "06.05.2024"),
        ("Bestätigt am", "6.5.2024 07:08"),
        ("activated", "1714979289"),
        ("Дата подтверждения", "06.05.2024"),
    ],
)
def test_who_never_confirmed_has_no_moment_of_it(tmp_path, header, moment):
    text = f"email;{header}\na@example.org;{moment}\nb@example.org;"
    assert states(tmp_path, text) == [ACTIVE, PENDING]


@pytest.mark.parametrize("header", ["Order confirmed at", "confirmed visit date", "verified until"])
def test_a_confirmation_of_something_else_keeps_nobody_out(tmp_path, header):
    text = f"email;{header}\na@example.org;2024-05-06\nb@example.org;"
    assert states(tmp_path, text) == [ACTIVE, ACTIVE]


def test_a_moment_of_confirmation_far_down_a_file_is_asked_about(tmp_path):
    blank = "".join(f"r{number}@example.org;\n" for number in range(60))
    text = f"email;confirmed at\n{blank}b@example.org;2024-05-06\n"
    assert states(tmp_path, text) == "asked"


@pytest.mark.parametrize(
    ("header", "cell", "state"),
    [
        ("On Hold", "1", BOUNCED),
        ("Deaktiviert", "05.05.2021", UNSUBSCRIBED),
        ("suspended_at", "2021-05-05", UNSUBSCRIBED),
        ("Is deceased", "yes", UNSUBSCRIBED),
        ("user_active", "0", UNSUBSCRIBED),
        ("OptOut_Date", "20110122T111244", UNSUBSCRIBED),
        ("delivery_status", "by_bounces", BOUNCED),
    ],
)
def test_columns_of_programs_that_were_passed_over(tmp_path, header, cell, state):
    fine = "enabled" if header.endswith("status") else "1" if header == "user_active" else ""
    text = f"email,{header}\na@example.org,{fine}\nb@example.org,{cell}"
    assert states(tmp_path, text) == [ACTIVE, state]


@pytest.mark.parametrize(
    "name",
    [
        *("the-bay-unconfirmed.csv", "inaktive-Leser.csv", "nicht bestätigt.csv", "rebonds.csv"),
        *("Removed contacts.csv", "отписавшиеся.csv", "pending members.csv", "niepotwierdzeni.csv"),
    ],
)
def test_the_name_of_a_file_is_asked_about_in_other_words(tmp_path, name):
    assert states(tmp_path, "email\na@example.org", name=name) == "asked"


def test_people_who_did_not_confirm_can_be_said_to_be_pending(tmp_path):
    path = write(tmp_path, "email\na@example.org\n", name="the-bay-unconfirmed.csv")
    request = importer.prepare(path, mapping={"file name": "pending"})
    assert request.columns.floor is PENDING


@pytest.mark.parametrize(
    "cell",
    [
        *("mailto:ann@example.org", "<ann@example.org>", "Ann Lee <ann@example.org>"),
        *("'ann@example.org", "'ann@example.org'", "ann@example.org;"),
        *('=HYPERLINK("mailto:ann@example.org","Ann")', "mailto:ann@example.org?subject=x"),
        '=hyperlink("mailto:ann@example.org";"ann@example.org")',
    ],
)
def test_an_address_is_read_however_it_is_dressed(cell):
    found = address_of(cell)
    assert isinstance(found, Address)
    assert found.canonical == "ann@example.org"


DRESSES = (
    "{}",
    "<{}>",
    "mailto:{}",
    "'{}",
    "'{}'",
    "Lee, Ann <{}>",
    '=HYPERLINK("mailto:{}")',
    "{};",
)


@given(
    st.from_regex(r"[a-z0-9+_-]{1,9}(\.[a-z0-9]{1,5})?", fullmatch=True), st.sampled_from(DRESSES)
)
def test_no_dress_makes_another_address(local, dress):
    found = address_of(dress.format(f"{local}@example.org"))
    assert isinstance(found, Address)
    assert found.canonical == f"{local}@example.org"


@pytest.mark.parametrize("cell", ["a@example.org, b@example.org", "a@example.org <b@example.org>"])
def test_of_two_addresses_none_is_chosen(cell):
    assert not isinstance(address_of(cell), Address)


def test_who_left_is_kept_out_however_the_address_is_dressed(tmp_path):
    rows = "'ann@example.org,bounce\nBen <ben@example.org>,spam\n"
    path = write(tmp_path, f"Email,Reason\n{rows}*@Example.com,by hand\n@example.net,\n")
    (found,) = listed(path, mapping={})
    people = ["ann@example.org", "ben@example.org"]
    assert list(found.forms) == [*people, "@example.com", "@example.net"]


def test_of_several_columns_of_addresses_one_has_to_be_named(tmp_path):
    text = "to,from,reason\nann@example.org,news@example.com,bounce\n"
    with pytest.raises(InputError, match="“to”, “from”"):
        states(tmp_path, text)
    path = write(tmp_path, text)
    (found,) = listed(path, mapping={"to": "email"})
    assert list(found.forms) == ["ann@example.org"]


@pytest.mark.parametrize(
    ("header", "yes", "no"),
    [
        ("Boletín", "sí", "no"),
        ("Infolettre", "VRAI", "FAUX"),
        ("Nieuwsbrief", "ja", "nee"),
        ("Biuletyn", "tak", "nie"),
        ("Nyhetsbrev", "ja", "nej"),
        ("Hírlevél", "igen", "nem"),
        ("E-bülten", "evet", "hayır"),
        ("Рассылка", "да", "нет"),
        ("メルマガ", "はい", "いいえ"),
    ],
)
def test_a_newsletter_has_other_names(tmp_path, header, yes, no):
    text = f"email;{header}\na@example.org;{yes}\nb@example.org;{no}"
    assert states(tmp_path, text) == [ACTIVE, UNSUBSCRIBED]


def test_a_delimiter_at_the_end_of_each_line_is_no_cell(tmp_path):
    text = "email;name\na@example.org;Ann;\nb@example.org;Ben; ;\nc@example.org;Cay;x"
    first, second, third = states(tmp_path, text)
    assert (first, second) == (ACTIVE, ACTIVE)
    assert "3 cells" in third


@pytest.mark.parametrize(
    ("text", "what"),
    [
        ('[{"EmailAddress": "a@example.org"}]', "JSON"),
        ('\ufeff{"email": "a@example.org"}\n{"email": "b@example.org"}', "JSON"),
        ("<html><table><tr><td>email</td></tr></table></html>", "web page"),
        ("BEGIN:VCARD\nEMAIL:a@example.org\nEND:VCARD", "visiting cards"),
    ],
)
def test_what_was_saved_in_another_form_is_called_by_its_name(tmp_path, text, what):
    with pytest.raises(InputError, match=what):
        states(tmp_path, text)


@pytest.mark.parametrize(
    ("header", "rows", "expected"),
    [
        ("Newsletter;Partner offers", "1;0", [ACTIVE]),
        ("News.;Opt.;Enabled;Email address", "1;0;1;", [ACTIVE]),
        ("Optin newsletter;Optin partenaire", "1;0", [ACTIVE]),
        ("Newsletter;Werbung von Dritten erlaubt", "0;1", [UNSUBSCRIBED]),
        ("Newsletter and partner offers;Newsletter", "0;1", [UNSUBSCRIBED]),  # it is ours as well
        ("Opt-in of partners;Name", "0;", [UNSUBSCRIBED]),  # nothing else says that mail is wanted
        ("Enabled;Partner opt-in", "1;0", [UNSUBSCRIBED]),
        ("Newsletter;Mails from partners", "1;0", [ACTIVE]),
    ],
)
def test_a_consent_to_what_others_send_is_another_matter(tmp_path, header, rows, expected):
    if "address" in header:
        text = f"{header}\n{rows}a@example.org"
    else:
        text = f"email;{header}\na@example.org;{rows}"
    assert states(tmp_path, text) == expected


@pytest.mark.parametrize(
    ("header", "cells", "expected"),
    [
        ("Unsubscribed", "✓,☐,-,", [UNSUBSCRIBED, ACTIVE, ACTIVE, ACTIVE]),
        ("Newsletter", "✅,☐,–,", [ACTIVE, UNSUBSCRIBED, PENDING, PENDING]),
        ("Newsletter", "✔\ufe0f,☑,...,[]", [ACTIVE, ACTIVE, PENDING, PENDING]),
        ("Status", "✅ Subscribed,❌ Unsubscribed", [ACTIVE, UNSUBSCRIBED]),
        ("Do not allow emails", "Allow,Do Not Allow", [ACTIVE, UNSUBSCRIBED]),
        ("GDPR", "accepted,rejected", [ACTIVE, UNSUBSCRIBED]),
        ("Reception", "mail,digest,nomail", "asked"),
        ("Do you want our newsletter?", "Yes please!,No thanks", "asked"),
        ("Bulk email", "1,0,", "asked"),
        ("Bulk email", "1,0,2", [ACTIVE, ACTIVE, ACTIVE]),  # it counts something
        # A cross is a mark to one and a no to another.
        ("Unsubscribed", "✗,,", "asked"),
        ("Newsletter", "✓,✗,", "asked"),
        ("Status", "✓,❌", "asked"),
        ("Status", "active,?", "asked"),
        ("Opted out", "+,-", "asked"),
        ("Opted out", "*,", "asked"),
    ],
)
def test_a_cell_of_signs_is_a_word(tmp_path, header, cells, expected):
    rows = [f"{number}@example.org;{cell}" for number, cell in enumerate(cells.split(","))]
    assert states(tmp_path, "\n".join([f"email;{header}", *rows])) == expected


LETTERS = "email;Status\na@example.org;K\nb@example.org;X\nc@example.org;K\nd@example.org;active"


def test_letters_of_an_unknown_program_can_be_told_one_by_one(tmp_path):
    assert states(tmp_path, LETTERS) == "asked"
    assert states(tmp_path, LETTERS, Status="words") == "asked"
    assert states(tmp_path, LETTERS, **{"status: k": "active"}) == "asked"
    told = {"status: k": "active", "Status:X": "unsubscribed"}
    assert states(tmp_path, LETTERS, **told) == [ACTIVE, UNSUBSCRIBED, ACTIVE, ACTIVE]
    # A word that is known may be told, too.
    told["Status: active"] = "pending"
    assert states(tmp_path, LETTERS, **told) == [ACTIVE, UNSUBSCRIBED, ACTIVE, PENDING]


def test_each_word_is_asked_about_with_the_states_it_may_mean(tmp_path):
    request = importer.prepare(write(tmp_path, LETTERS), mapping={"Status": "words"})
    watch = Watch(request.columns)
    for page in request.file.pages():
        watch.look_at(page.after(request.header_line))
    first, second = watch.questions()
    assert first.sentence == "What does “Status: K” (2 ×) mean?"
    assert second.options[:2] == ('--map "Status: X=pending"', '--map "Status: X=active"')


def test_a_word_can_only_mean_a_state(tmp_path):
    with pytest.raises(UsageError, match="says no state: pending, active"):
        states(tmp_path, LETTERS, **{"Status: K": "yes"})


def test_a_column_with_a_colon_in_its_name_is_a_column(tmp_path):
    text = LETTERS.replace("Status", "Status: mail")
    told = {"Status: mail": "state"}
    assert [type(one) for one in states(tmp_path, text, **told)] == [str, str, str, State]
    told = {"Status: mail: K": "active", "Status: mail: X": "bounced"}
    assert states(tmp_path, text, **told) == [ACTIVE, BOUNCED, ACTIVE, ACTIVE]
