"""What a client does not know it leaves out; where the mail stands on it, readers see it fall."""

from __future__ import annotations

from collections.abc import Iterator

from newsletter.core.model.findings import Fault, Severity
from newsletter.message.check import Checked
from newsletter.message.html.features import in_elements, unknown

CODE = "css-support"
LEVEL = Severity.WARNING

# Without these a mail looks plainer, and reads the same; where a line of an index leads nowhere, it
# has told what there is.
HARMLESS = frozenset(
    {
        "css-animation", "css-border-radius", "css-border-spacing", "css-box-shadow",
        "css-color-scheme", "css-cursor", "css-height", "css-hyphens", "css-letter-spacing",
        "css-max-height", "css-opacity", "css-orphans", "css-outline", "css-overflow",
        "css-overflow-wrap", "css-text-decoration", "css-text-decoration-color",
        "css-text-decoration-style", "css-text-decoration-thickness", "css-text-shadow",
        "css-text-underline-offset", "css-text-wrap", "css-transition", "css-user-select",
        "css-widows", "css-word-break", "css-word-spacing", "css-word-wrap",
        "html-anchor-links", "html-aria-describedby", "html-aria-hidden", "html-aria-label",
        "html-aria-labelledby", "html-aria-live", "html-body", "html-dir", "html-lang",
        "html-loading-attribute", "html-role", "html-style", "html-target", "html-wbr",
    }
)  # fmt: skip


def check(checked: Checked) -> Iterator[Fault]:
    """Find what tags, attributes and style attributes use that a configured client does not know.

    One fault a feature. Style elements are left to `css-extra`: what stands only there is an extra,
    for some clients drop them whole.
    """
    clients = checked.clients
    for found in unknown(in_elements(checked.html), clients, harmless=HARMLESS):
        title, slug = found.feature.title, found.feature.slug
        yield Fault(
            f"“{title}” is unknown to {found.names}; it is used {len(found.places)} time(s).",
            f"Do without it, or look at www.caniemail.com/features/{slug}/.",
            measured=f"unknown to {len(found.families)} of {len(clients)} clients",
            limit="0 clients",
            place=found.places[0].place,
        )
