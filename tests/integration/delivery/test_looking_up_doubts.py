"""What is in doubt is looked up where the account can be asked; only proof settles it."""

from __future__ import annotations

import json
from datetime import timedelta

import pytest

from newsletter.core.config.secrets import Secrets
from newsletter.core.model import BatchState, SendStatus
from newsletter.delivery.preconditions import SendRequest
from newsletter.delivery.providers.sendgrid import provider as sendgrid_provider
from newsletter.sandbox.faults import Rule
from newsletter.sandbox.server import Sandbox
from tests.support.delivery import FixedClock
from tests.support.edition import make_settings
from tests.support.http import ScriptedServer, in_turn, response
from tests.support.ledger import MORNING, MovingClock
from tests.support.publication import make_publication

MESSAGES = "/v3/messages"


@pytest.mark.parametrize(
    ("accepted", "faults", "status"),
    [
        (True, (), SendStatus.COMPLETE),
        (False, (), SendStatus.OPEN),
        (True, (Rule(fault="status", status=403, path=MESSAGES),), SendStatus.OPEN),
        (True, (Rule(fault="close", path=MESSAGES),), SendStatus.OPEN),
    ],
    ids=["taken", "not taken", "no add-on", "no answer"],
)
def test_only_proof_settles_a_doubt(tmp_path, accepted, faults, status):
    lost = Rule(fault="reset-after-body", accept=accepted, requests=(1,))
    clock = MovingClock(MORNING)
    with Sandbox(tmp_path / "mailbox", faults=[lost, *faults], store="index") as sandbox:
        made = make_publication(tmp_path / "brief", base_url=sandbox.url, people=3)
        app = made.open(clock)
        request = SendRequest(day=app.today(), at_once=True)
        assert app.sends.start(request).view.tally(BatchState.UNCERTAIN).recipients == 3
        app.sends.start(request)
        assert not [one for one in sandbox.requests if one.path == MESSAGES]  # too early to know
        clock.moment += timedelta(minutes=6)
        view = app.sends.start(request).view
        app.close()
        assert view.send.status is status
        assert len(sandbox.mails()) == (3 if accepted else 0)


def test_a_message_of_another_attempt_is_no_proof(tmp_path):
    answers = [
        response(200, body=json.dumps({"messages": [{"msg_id": "m1.x"}]}).encode()),
        response(200, body=json.dumps({"unique_args": '{"nl_attempt": "other"}'}).encode()),
    ]
    with ScriptedServer(in_turn(*answers)) as server:
        settings = make_settings(tmp_path, sendgrid={"base_url": server.url}).model_copy(
            update={"secrets": Secrets({"SENDGRID_API_KEY": "SG.key"})}
        )
        provider = sendgrid_provider.make(settings, FixedClock())
        assert provider.look_up("a1") is None
        provider.close()
    assert [request.target.partition("?")[0] for request in server.requests] == [
        MESSAGES,
        f"{MESSAGES}/m1.x",
    ]
