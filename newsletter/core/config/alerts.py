"""`[alerts]`: how the operator hears of what waits for a person, and that all is well."""

from __future__ import annotations

from typing import Annotated, Literal

from pydantic import Field

from newsletter.core.config.values import Address, Line, Section, WebAddress


class Alerts(Section):
    """`[alerts]`: the ways to the operator; each is used that is set."""

    url: WebAddress | None = None  # a web hook that takes JSON
    format: Literal["auto", "text", "slack", "teams"] = "auto"  # of that JSON; auto: by its host
    email: Address | None = None  # through the publication's provider
    command: tuple[Line, ...] = ()  # a program and its arguments; the text is its input
    command_timeout: Annotated[float, Field(gt=0, le=60)] = 10.0  # seconds
    heartbeat: WebAddress | None = None  # pinged as healthchecks.io wants it

    @property
    def has_any(self) -> bool:
        """Say whether anybody is told of alarms."""
        return bool(self.url or self.email or self.command)
