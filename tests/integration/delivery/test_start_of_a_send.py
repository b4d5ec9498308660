"""What a send does not pay for before its first batch."""

from __future__ import annotations

import gc

from newsletter.delivery.preconditions import SendRequest
from tests.support.publication import make_publication


def test_the_loaded_program_is_out_of_the_collectors_way_while_a_send_lasts(tmp_path):
    outbox = {"NEWSLETTER_DELIVERY__PROVIDER": "outbox"}
    app = make_publication(tmp_path, people=3, **outbox).open()
    frozen = []
    app.sends.start(
        SendRequest(day=app.today(), at_once=True),
        progress=lambda _view: frozen.append(gc.get_freeze_count()),
        wants_to_stop=lambda: False,
    )
    app.close()
    assert min(frozen) > 10_000
    assert gc.get_freeze_count() == 0
