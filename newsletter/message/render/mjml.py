"""MJML to HTML with mjml-python."""

from __future__ import annotations

import mjml

from newsletter.core.errors import TemplateError, UsageError


def to_html(markup: str) -> str:
    """Render MJML; no web font is ever linked.

    Raises `TemplateError` where the engine refuses, `UsageError` where another distribution
    stands in its place: several are imported as `mjml`.
    """
    render = getattr(mjml, "mjml2html", None)
    if render is None:
        raise UsageError(
            "The installed package “mjml” is not mjml-python.",
            hint="Uninstall the distribution “mjml”, then install mjml-python again.",
        )
    try:
        return str(render(markup, fonts={}))
    except ValueError as error:
        raise TemplateError(
            f"mjml-python cannot render the MJML: {error}.",
            hint="Look for an unclosed element, or a value without quotes.",
        ) from error
