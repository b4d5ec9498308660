"""What a process computes on its first send, done once before it is forked: imported for that.

Templates and statements are compiled, style sheets read, the system's certificates loaded.
"""

from __future__ import annotations

import tempfile
from pathlib import Path

import pytest

from newsletter.app import bundled
from newsletter.content.library.dictionary import parts_of_speech
from newsletter.core.http.client import HttpClient
from newsletter.delivery.preconditions import SendRequest
from newsletter.editions.proofs import prove
from newsletter.message.render import inline, inline_process
from newsletter.message.render.web import render_web
from tests.support.edition import make_edition, make_settings
from tests.support.haste import make_haste
from tests.support.publication import make_publication

_EDITION, _SETTINGS = make_edition(), make_settings(Path())
_FOLDERS = (bundled("templates"),)

prove(_EDITION, _SETTINGS, folders=_FOLDERS)
render_web(_EDITION, _SETTINGS, folders=_FOLDERS)
parts_of_speech("word")
HttpClient().close()
make_haste(pytest.MonkeyPatch())
# A process of its own saves memory, and takes half a second to start: `test_render_inline` holds
# that both give the same.
inline_process.inline = inline.inline  # type: ignore[assignment]
with tempfile.TemporaryDirectory() as _folder:
    _brief = make_publication(Path(_folder), people=2, NEWSLETTER_DELIVERY__PROVIDER="outbox")
    _app = _brief.open()
    _app.sends.start(SendRequest(day=_app.today(), at_once=True))
    _app.close()
