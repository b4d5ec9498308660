"""`[captcha]`: what shows, while machines fill in the join form, that somebody is a person.

The widget is a script of somebody else's, Turnstile or hCaptcha or another, which puts its answer
into a field of the form. Whether that is right is said by code or by a program of the operator's.
"""

from __future__ import annotations

from typing import Annotated

from pydantic import Field, model_validator

from newsletter.core.config.values import Line, Section, WebAddress

Origin = Annotated[str, Field(pattern=r"^https://(\*\.)?[A-Za-z0-9.-]{1,250}(:\d{1,5})?$")]
Word = Annotated[str, Field(pattern=r"^[A-Za-z0-9_-]{1,200}$")]


class Captcha(Section):
    """`[captcha]`: a widget of somebody else's, and who says whether its answer is right."""

    script: WebAddress | None = None  # of the widget; without one there is no captcha
    element: Word = "captcha"  # the class of the element it draws itself into
    site_key: Word | None = None
    field: Word = "captcha-response"  # of the form, which it fills in
    origins: tuple[Origin, ...] = ()  # what it loads and shows, beside its script's own
    module: Annotated[str, Field(pattern=r"^\w+(\.\w+)+$")] | None = None  # of `is_person`
    command: tuple[Line, ...] = ()  # a program that ends with 0 for a person
    timeout: Annotated[float, Field(gt=0, le=30)] = 5.0  # seconds, of the command

    @property
    def is_set(self) -> bool:
        """Say whether there is one."""
        return self.script is not None

    @model_validator(mode="after")
    def _is_asked(self) -> Captcha:
        if self.script and bool(self.module) == bool(self.command):
            raise ValueError("`script` needs either `module` or `command`, which says who passed")
        return self
