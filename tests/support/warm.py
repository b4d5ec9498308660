"""What a process computes on its first send, done once before it is forked: imported for that.

Templates are compiled, style sheets read, and the system's certificates loaded.
"""

from __future__ import annotations

from pathlib import Path

from newsletter.app import bundled
from newsletter.content.library.dictionary import parts_of_speech
from newsletter.core.http.client import HttpClient
from newsletter.editions.proofs import prove
from newsletter.message.render.web import render_web
from tests.support.edition import make_edition, make_settings

_EDITION, _SETTINGS = make_edition(), make_settings(Path())
_FOLDERS = (bundled("templates"),)

prove(_EDITION, _SETTINGS, folders=_FOLDERS)
render_web(_EDITION, _SETTINGS, folders=_FOLDERS)
parts_of_speech("word")
HttpClient().close()
