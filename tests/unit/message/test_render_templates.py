"""Finding templates, what they may do, and the errors they are told off with."""

from __future__ import annotations

from pathlib import Path

import pytest

from newsletter.core.config.settings import Template as TemplateSection
from newsletter.core.errors import ConfigError, TemplateError
from newsletter.message.render.message import Rendered, render
from newsletter.message.render.templates import available
from tests.support.edition import TEMPLATES, make_edition, make_settings, make_story

MJML = """<mjml lang="{{ language }}" dir="{{ direction }}">
<mj-head><mj-style>{{ client_css }}</mj-style></mj-head>
<mj-body><mj-section><mj-column><mj-text>
%s
</mj-text></mj-column></mj-section></mj-body></mjml>
"""


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    place = tmp_path / "email"
    (place / "partials").mkdir(parents=True)
    (place / "base.css").write_text("p { color: #123456; }")
    (place / "client.css").write_text("/* a\ncomment */ .x { color: red !important; }")
    return tmp_path


def draw(folder: Path, html: str, text: str = "{{ subject }}") -> Rendered:
    (folder / "email" / "mine.mjml.j2").write_text(MJML % html)
    (folder / "email" / "mine.txt.j2").write_text(text)
    settings = make_settings(folder, template=TemplateSection(name="mine"))
    return render(make_edition(), settings, folders=[folder, TEMPLATES])


def refusal(folder: Path, html: str, text: str = "{{ subject }}") -> TemplateError:
    with pytest.raises(TemplateError) as caught:
        draw(folder, html, text)
    return caught.value


def test_a_template_of_ones_own_is_one_pair_of_files(folder: Path) -> None:
    message = draw(folder, "<p>{{ edition.stories[0].headline }}</p>").message
    assert '<p style="color:#123456">The Swing Bridge' in message.html
    assert "comment" not in message.html
    assert available([folder, TEMPLATES]) == ["brief", "compact", "letter", "mine"]


def test_the_publications_partial_wins_over_the_bundled_one(folder: Path) -> None:
    (folder / "email" / "partials" / "footer.mjml.j2").write_text("")
    mjml = render(make_edition(), make_settings(folder), folders=[folder, TEMPLATES]).mjml
    assert "Fact of the day" in mjml
    assert "Preferences" not in mjml


def test_a_partial_that_is_put_in_front_later_is_seen(folder: Path) -> None:
    settings = make_settings(folder)
    before = render(make_edition(), settings, folders=[folder, TEMPLATES]).mjml
    assert "Preferences" in before
    (folder / "email" / "partials" / "footer.mjml.j2").write_text("")
    after = render(make_edition(), settings, folders=[folder, TEMPLATES]).mjml
    assert "Preferences" not in after


def test_a_misspelt_name_lists_the_valid_ones(folder: Path) -> None:
    settings = make_settings(folder, template=TemplateSection(name="breif"))
    with pytest.raises(ConfigError, match="no template called “breif”") as caught:
        render(make_edition(), settings, folders=[TEMPLATES])
    assert caught.value.hint == "Did you mean “brief”? Valid: brief, compact, letter."


def test_a_template_without_text_part_is_refused(folder: Path) -> None:
    (folder / "email" / "half.mjml.j2").write_text(MJML)
    settings = make_settings(folder, template=TemplateSection(name="half"))
    with pytest.raises(TemplateError, match=r"“half” has no half\.txt\.j2"):
        render(make_edition(), settings, folders=[folder])


def test_an_unknown_variable_is_named_with_file_and_line(folder: Path) -> None:
    error = refusal(folder, "<p>words</p>\n{{ headline }}")
    assert error.what == f"{folder}/email/mine.mjml.j2, line 5: 'headline' is undefined."
    assert "newsletter help templates" in error.hint


def test_an_unknown_attribute_is_named(folder: Path) -> None:
    assert "no attribute 'titel'" in refusal(folder, "{{ edition.titel }}").what


def test_a_section_without_a_block_is_named(folder: Path) -> None:
    whole = '{% extends "partials/frame.mjml.j2" %}{% block stories %}{% endblock %}'
    (folder / "email" / "mine.mjml.j2").write_text(whole)
    (folder / "email" / "mine.txt.j2").write_text("words")
    with pytest.raises(TemplateError, match=r"line \d+: the template has no block “fact”\."):
        render(
            make_edition(),
            make_settings(folder, template=TemplateSection(name="mine")),
            folders=[folder, TEMPLATES],
        )


def test_a_template_may_replace_one_block_and_leave_the_rest_to_the_frame(folder: Path) -> None:
    blocks = "".join(
        f"{{% block {name} %}}{{% endblock %}}" for name in ("fact", "quote", "word", "others")
    )
    story = (
        "{% block stories %}<mj-section><mj-column><mj-text><h1>"
        "{{ edition.stories[0].headline }}</h1></mj-text></mj-column></mj-section>{% endblock %}"
    )
    (folder / "email" / "mine.mjml.j2").write_text(
        '{% extends "partials/frame.mjml.j2" %}' + blocks + story
    )
    (folder / "email" / "mine.txt.j2").write_text('{% extends "partials/frame.txt.j2" %}')
    settings = make_settings(folder, template=TemplateSection(name="mine"))
    message = render(make_edition(), settings, folders=[folder, TEMPLATES]).message
    assert "The Swing Bridge" in message.html
    assert "A snail can sleep" not in message.html
    assert "Unsubscribe" in message.html
    assert "A snail can sleep" in message.text


def test_a_syntax_error_is_named_with_file_and_line(folder: Path) -> None:
    error = refusal(folder, "words\n\n{% if %}{% endif %}")
    assert error.what.startswith(f"{folder}/email/mine.mjml.j2, line 6: ")


def test_an_error_in_a_partial_names_the_partial(folder: Path) -> None:
    (folder / "email" / "partials" / "bad.mjml.j2").write_text("\n\n{{ nothing }}")
    error = refusal(folder, '{% include "partials/bad.mjml.j2" %}')
    assert error.what == f"{folder}/email/partials/bad.mjml.j2, line 3: 'nothing' is undefined."


def test_an_error_in_the_text_part_names_it(folder: Path) -> None:
    error = refusal(folder, "words", "a\n{{ nothing }}")
    assert error.what.startswith(f"{folder}/email/mine.txt.j2, line 2: ")


def test_a_missing_value_is_never_printed_as_none(folder: Path) -> None:
    settings = make_settings(folder, template=TemplateSection(name="mine"))
    (folder / "email" / "mine.mjml.j2").write_text(MJML % "{{ edition.stories[0].byline }}")
    (folder / "email" / "mine.txt.j2").write_text("words")
    with pytest.raises(TemplateError, match="line 4: this prints nothing"):
        render(
            make_edition(stories=(make_story(byline=None),)), settings, folders=[folder, TEMPLATES]
        )


@pytest.mark.parametrize("name", ["other.mjml.j2", "base.css", "../email/mine.txt.j2"])
def test_only_partials_may_be_included(folder: Path, name: str) -> None:
    (folder / "email" / "other.mjml.j2").write_text("words")
    assert "only partials may be included" in refusal(folder, f'{{% include "{name}" %}}').what


def test_a_missing_partial_is_named_with_the_line_that_asks(folder: Path) -> None:
    error = refusal(folder, '\n{% include "partials/none.mjml.j2" %}')
    assert error.what.endswith("line 5: there is no “partials/none.mjml.j2”.")


@pytest.mark.parametrize(
    "expression", ["1 / 0", '"%d" | format("x")', "[] + 1", '"%s %s" | format(1)']
)
def test_a_faulty_expression_is_a_template_error(folder: Path, expression: str) -> None:
    assert "line 4" in refusal(folder, f"{{{{ {expression} }}}}").what


def test_a_field_nobody_knows_is_refused(folder: Path) -> None:
    error = refusal(folder, '{{ merge("nmae") }}')
    assert "there is no reader's field “nmae”; valid are name, address, " in error.what


def test_a_field_with_two_fallbacks_is_refused_even_across_parts(folder: Path) -> None:
    error = refusal(folder, '{{ merge("name", "you") }}', '{{ merge("name", "friend") }}')
    assert "mine.txt.j2, line 1: merge('name') has two different fallbacks" in error.what


# --- faults of the rendered MJML -----------------------------------------------------------------


def test_a_fault_is_told_with_the_templates_file_and_line(folder: Path) -> None:
    error = refusal(folder, '<p>words</p>\n<p title="{{ edition.stories[0].byline }}\\">a</p>')
    assert error.what == (
        f"{folder}/email/mine.mjml.j2, line 5: title contains a backslash; "
        "use the filter `attribute`."
    )
    assert error.hint == 'The line begins: <p title="Ida Marsh\\">a</p>'


@pytest.mark.parametrize(
    ("fault", "sentence"),
    [
        ("<mj-foo/>", "there is no <mj-foo>"),
        ("<mj-text>a</mj-txt>", "mismatched tag"),
        ("<img src='a'/>", "<img> has no alt"),
        ('<img src="a" alt="line\nbreak"/>', "alt contains a line break"),
        ("5 < 6", "not well-formed"),
        ("&nbsp;&eacute;<img src='a'/>", "<img> has no alt"),
    ],
)
def test_a_fault_in_a_partial_names_the_partial(folder: Path, fault: str, sentence: str) -> None:
    (folder / "email" / "partials" / "bad.mjml.j2").write_text(f"{{# words #}}\n\n{fault}\n")
    error = refusal(folder, '{{ "many\nlines" }}\n{% include "partials/bad.mjml.j2" %}')
    assert error.what.startswith(f"{folder}/email/partials/bad.mjml.j2, line 3: ")
    assert sentence in error.what


def test_a_fault_in_what_a_macro_prints_names_the_macros_line(folder: Path) -> None:
    macro = "{% macro picture(name) %}\n<img src='{{ name }}'/>\n{% endmacro %}\n"
    (folder / "email" / "partials" / "parts.mjml.j2").write_text(macro)
    error = refusal(
        folder, '{% from "partials/parts.mjml.j2" import picture %}<b>{{ picture("a") }}</b>'
    )
    assert error.what.startswith(f"{folder}/email/partials/parts.mjml.j2, line 2: <img> has no alt")


def test_a_fault_in_what_the_edition_brings_names_the_line_that_prints_it(folder: Path) -> None:
    error = refusal(folder, '\n<p title="{{ edition.fact.source.name }} é">a</p>')
    assert error.what.startswith(f"{folder}/email/mine.mjml.j2, line 5: title contains “é”")


def test_a_template_that_reads_its_own_output_gets_the_rendered_line(folder: Path) -> None:
    error = refusal(folder, "{% set x %}words{% endset %}{{ x | length }}\n<img src='a'/>")
    assert error.what == (
        'The rendered MJML, line 5: <img> has no alt; write alt="" for a mere ornament.'
    )


def test_text_that_is_put_into_html_is_escaped_and_in_text_it_is_not(folder: Path) -> None:
    expression = "{{ '<b> & co' }}"
    message = draw(folder, expression, expression).message
    assert "&lt;b&gt; &amp; co" in message.html
    assert message.text == "<b> & co\n"


def test_a_style_sheet_that_is_not_text_is_a_template_error(folder: Path) -> None:
    (folder / "email" / "base.css").write_bytes(b"\xff\xfe")
    assert "base.css cannot be read" in refusal(folder, "words").what


@pytest.mark.parametrize(
    ("html", "expected"),
    [
        ("{{ paragraphs(edition.stories[0]) }}", "go through it with {% for"),
        ("{{ edition.stories }}", "go through it with {% for"),
        ("{{ edition.stories[0] }}", "print one of its fields"),
        ("{{ paragraphs }}", "call it"),
        ("{{ edition.stories[0].headline == 'x' }}", "{% if"),
        ("{{ dict(a=1) }}", "one of its entries"),
    ],
)
def test_nothing_is_printed_as_python_writes_it(folder: Path, html: str, expected: str) -> None:
    error = refusal(folder, f"<p>{html}</p>")
    assert expected in error.what
    assert error.where.line


def test_numbers_and_dates_are_printed(folder: Path) -> None:
    message = draw(folder, "<p>{{ edition.date }} {{ edition.stories | length }} {{ 1.5 }}</p>")
    assert " 1 1.5" in message.message.html
