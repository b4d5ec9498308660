"""The proof: the final message as its most demanding readers get it, whatever the words are."""

from __future__ import annotations

from pathlib import Path

import pytest

from newsletter.core.errors import NOWHERE, Held, TemplateError, Where
from newsletter.core.model import Edition
from newsletter.core.model.findings import Severity
from newsletter.editions import proofs
from newsletter.editions.proofs import Proof
from newsletter.message import check, merge
from newsletter.message.sample_readers import LONGEST, RIGHT_TO_LEFT, SAMPLES, SampleReader
from tests.support.checked import check_edition, good
from tests.support.edition import TEMPLATES, make_edition, make_settings, make_story
from tests.support.hostile import HOSTILE, hostile_features, hostile_story

GREETING = 'Dear {{ merge("name", "reader") }},'
ADDRESS = '{{ merge("address") }}'  # it stands in the footer of both parts


@pytest.fixture
def folders(tmp_path: Path) -> list[Path]:
    """Make templates that greet each reader by name, in both parts."""
    own = tmp_path / "templates/email/partials"
    own.mkdir(parents=True)
    for name, greeting in (
        ("footer.mjml.j2", f'<p class="dim">{GREETING}</p><p class="dim">{ADDRESS}'),
        ("frame.txt.j2", f"{GREETING}\n{ADDRESS}"),
    ):
        text = (TEMPLATES / "email/partials" / name).read_text(encoding="utf-8")
        assert text.count(ADDRESS) == 1
        before = f"{ADDRESS}</p>" if "mjml" in name else ADDRESS
        after = f"</p>{greeting}</p>" if "mjml" in name else greeting
        (own / name).write_text(text.replace(before, after), encoding="utf-8")
    return [tmp_path / "templates", TEMPLATES]


def prove(edition: Edition, folders: list[Path] | None = None) -> Proof:
    settings = make_settings(Path("/"))
    return proofs.prove(edition, settings, folders=folders or [TEMPLATES])


def test_the_reader_with_the_longest_values_is_the_one_that_is_checked(folders: list[Path]) -> None:
    proof = prove(make_edition(), folders)
    assert len(LONGEST.name) > 60
    assert len(LONGEST.address.partition("@")[0]) == 64
    for part in (proof.checked.html, proof.checked.text):
        assert LONGEST.name in part
        assert LONGEST.address in part
        assert merge.leftovers(part) == []
    assert proof.findings == ()


def test_what_only_the_longest_value_makes_too_long_is_found(folders: list[Path]) -> None:
    template = folders[0] / "email/partials/frame.txt.j2"
    text = template.read_text(encoding="utf-8")
    longer = text.replace(GREETING, f"This is fine for nearly everybody. {GREETING}")
    template.write_text(longer, encoding="utf-8")
    (found,) = prove(make_edition(), folders).findings
    assert found.code == "text-lines"


@pytest.mark.parametrize("reader", SAMPLES, ids=lambda reader: reader.key)
def test_every_sample_reader_passes(folders: list[Path], reader: SampleReader) -> None:
    settings = make_settings(Path("/"))
    message = prove(make_edition(), folders).message
    checked = check.checked_message(
        make_edition(),
        message,
        values={"name": reader.name, "address": reader.address},
        unsubscribe_url=proofs.unsubscribe_url(settings, make_edition().date),
        settings=settings,
    )
    assert check.run(checked, {}) == ()
    name = reader.name or "reader"
    assert f"Dear {name}," in checked.html
    assert f"Dear {name}," in checked.text


def test_a_right_to_left_name_does_not_turn_the_mail_around() -> None:
    assert RIGHT_TO_LEFT.name not in good().html
    checked = check_edition(make_edition(stories=(make_story(headline=RIGHT_TO_LEFT.name),)))
    assert RIGHT_TO_LEFT.name in checked.html
    assert {found.code for found in check.run(checked, {})} == set()


# What is said of these words is meant: they look like marks that were left in.
MARKS = {"{{ edition }} {% include 'x' %} {# no #}", "-merge0_name_h- -merge0_unsubscribe_url_t-"}


@pytest.mark.parametrize("text", HOSTILE)
@pytest.mark.parametrize("make", [hostile_story, hostile_features])
def test_no_words_of_an_editor_are_an_error_of_the_mail(make, text: str) -> None:
    found = {one.code for one in prove(make(text)).findings if one.severity is Severity.ERROR}
    # Of markup that readers would see there is a finding of its own.
    assert found - {"markup-left"} == ({"placeholder-left"} if text in MARKS else set())


def test_a_proof_with_errors_is_refused_with_all_of_them() -> None:
    story = make_story(link="https://example.com/a", headline="Dear {{ name }}")
    proof = prove(make_edition(stories=(story,)))
    with pytest.raises(Held) as caught:
        proof.refuse_errors()
    assert "link-placeholder: " in caught.value.what
    assert "placeholder-left: " in caught.value.what


@pytest.mark.parametrize(
    ("sentence", "where", "message", "written"),
    [
        (
            "there is no <mj-x>.",
            Where(file="a/b.mjml.j2", line=12),
            "There is no <mj-x>.",
            "a/b.mjml.j2:12",
        ),
        (
            "there is no <mj-x>.",
            Where(place="The rendered MJML", line=7),
            "There is no <mj-x>.",
            "The rendered MJML:7",
        ),
        (
            "no block.",
            Where(file="edition.html.j2"),
            "Edition.html.j2: no block.",
            None,
        ),
        ("The template “x” has no base.css.", NOWHERE, "The template “x” has no base.css.", None),
    ],
)
def test_a_template_s_fault_is_a_finding(
    sentence: str, where: Where, message: str, written: str | None
) -> None:
    found = proofs.unrendered(TemplateError(sentence, hint="Mend it.", where=where))
    assert (found.code, found.message, found.hint) == ("template", message, "Mend it.")
    assert found.holds
    assert found.place is not None
    assert found.place.template == written
