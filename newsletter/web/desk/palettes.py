"""The mail's palettes as swatches, with how well the least readable text of each is read. Pure."""

from __future__ import annotations

from dataclasses import dataclass

from newsletter.core.colour import contrast, from_hex
from newsletter.core.config.settings import Settings
from newsletter.core.config.template import Template
from newsletter.web.desk.settings_form import PALETTES, has_palettes
from newsletter.web.desk.words import _

_READ = (("ink", "paper"), ("head", "paper"), ("accent", "paper"), ("on_brand", "brand"))


@dataclass(frozen=True, slots=True, kw_only=True)
class Swatch:
    """A palette to choose: three colours of it, and its least contrast by day and by night."""

    name: str
    label: str
    colours: tuple[str, str, str]
    day: str
    night: str


def swatches() -> list[Swatch]:
    """Return the palettes there are."""
    if not has_palettes():
        return []
    return [_swatch(name, label) for name, label in PALETTES.items()]


def _swatch(name: str, label: str) -> Swatch:
    chosen = Template.model_validate({"palette": name})
    return Swatch(
        name=name,
        label=_(label),
        colours=(chosen.light.desk, chosen.light.brand, chosen.light.quote),
        day=f"{_least(chosen.light):.1f}",
        night=f"{_least(chosen.dark):.1f}",
    )


def colours_of(settings: Settings) -> tuple[str, str]:
    """Return the ground and the brand of the mail as it is set."""
    return settings.template.light.paper, settings.template.light.brand


def _least(palette: object) -> float:
    pairs = ((getattr(palette, text), getattr(palette, ground)) for text, ground in _READ)
    return min(contrast(from_hex(text), from_hex(ground)) for text, ground in pairs)
