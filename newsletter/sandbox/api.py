"""The endpoints below /v3: which there are, who may use them, and what they answer."""

from __future__ import annotations

import secrets
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
from functools import partial
from typing import Any

import orjson

from newsletter.sandbox import activity, statistics
from newsletter.sandbox.account import Account
from newsletter.sandbox.drafts import Draft, Mail
from newsletter.sandbox.exchange import Answer, Problem, Request, json_answer, refusal
from newsletter.sandbox.rules_queries import ACTIVITY, SUPPRESSED, numbers
from newsletter.sandbox.rules_settings import is_sandbox_mode
from newsletter.sandbox.shape import Object
from newsletter.sandbox.suppressions import LISTS, ListName
from newsletter.sandbox.validate import validate

PREFIX = "/v3/"
MAIL_SEND = "/v3/mail/send"
_BATCH = "/v3/mail/batch"


@dataclass(frozen=True, slots=True, kw_only=True)
class Outcome:
    """An answer, and what the sandbox remembers about how it came to be."""

    answer: Answer
    accepted: bool = False
    message_id: str | None = None
    problems: tuple[Problem, ...] = ()


@dataclass(frozen=True, slots=True)
class Call:
    """A request that found its endpoint."""

    account: Account
    number: int  # of the request on its path
    argument: str  # the last part of the path, where the endpoint takes one
    body: Any  # parsed JSON; None where the method has none
    query: Mapping[str, str]


Endpoint = Callable[[Call], Outcome]


def answer(request: Request, account: Account, *, number: int) -> Outcome:
    """Carry out a request, or say why not. Checks in SendGrid's order: path, key, form, content."""
    endpoints, argument = _find(request.path)
    if endpoints is None:
        return _refused(404, Problem("not found"))
    if request.method not in endpoints:
        return _refused(405, Problem("method not allowed"))
    problem = _key_problem(request, account)
    if problem:
        return _refused(401, problem)
    if request.size > account.settings.largest_request:
        return _refused(413, Problem("The request is larger than the limit."))
    form = _form_problem(request)
    if form:
        return _refused(415, form)
    try:
        body = orjson.loads(request.body) if _takes_json(request) else None
    except orjson.JSONDecodeError as error:
        return _refused(400, Problem("Bad Request", None, f"The body is not JSON: {error}."))
    return endpoints[request.method](Call(account, number, argument, body, request.query))


def _find(path: str) -> tuple[dict[str, Endpoint] | None, str]:
    if path in _ENDPOINTS:
        return _ENDPOINTS[path], ""
    head, _, tail = path.rpartition("/")
    return (_ENDPOINTS.get(f"{head}/*"), tail) if tail else (None, "")


def _key_problem(request: Request, account: Account) -> Problem | None:
    scheme, _, key = request.headers.get("authorization", "").partition(" ")
    wanted = account.settings.api_key
    fits = secrets.compare_digest(key.strip().encode(), (wanted or key.strip()).encode())
    if scheme.lower() == "bearer" and key.strip() and fits:
        return None
    return Problem("The provided authorization grant is invalid, expired, or revoked.")


def _takes_json(request: Request) -> bool:
    return request.method in {"POST", "PATCH"} and request.path != _BATCH


def _form_problem(request: Request) -> Problem | None:
    if not _takes_json(request):
        return None
    kind = request.headers.get("content-type", "").partition(";")[0].strip().lower()
    if kind != "application/json":
        return Problem("Content-Type should be application/json.")
    if request.headers.get("content-encoding", "identity").lower() != "identity":
        return Problem("Content-Encoding is not enabled for this account.")
    try:
        request.body.decode("utf-8")
    except UnicodeDecodeError:
        return Problem("Invalid UTF8 in request.")
    return None


def _refused(status: int, *problems: Problem) -> Outcome:
    return Outcome(answer=refusal(status, *problems), problems=problems)


def _done(status: int, value: Any = None) -> Outcome:
    return Outcome(answer=Answer(status=status) if value is None else json_answer(status, value))


# --- mail --------------------------------------------------------------------------------------


def _mail_send(call: Call) -> Outcome:
    account = call.account
    problems = validate(call.body, account.known(), strict=account.settings.strict)
    if problems:
        return _refused(400, *problems)
    stranger = _unverified_sender(call.body, account)
    if stranger:
        return _refused(403, stranger)
    if is_sandbox_mode(call.body):
        return Outcome(answer=Answer(status=200))
    try:
        message_id = account.accept(call.body, number=call.number)
    except OSError as error:
        return _refused(500, Problem("internal error", None, f"Mail is not written: {error}."))
    told = Answer(status=202, headers=(("X-Message-Id", message_id),))
    return Outcome(answer=told, accepted=True, message_id=message_id)


def _unverified_sender(body: Object, account: Account) -> Problem | None:
    verified = account.settings.senders
    froms = [body["from"], *(block.get("from") for block in body["personalizations"])]
    used = {entry["email"].lower() for entry in froms if entry}
    if verified is None or used <= verified:
        return None
    return Problem(
        "The from address does not match a verified Sender Identity; "
        "mail cannot be sent until this is resolved.",
        "from",
    )


# --- batches and scheduled sends ---------------------------------------------------------------


def _open_batch(call: Call) -> Outcome:
    batch_id = secrets.token_hex(18)
    call.account.schedule.open_batch(batch_id, now=call.account.now())
    return _done(201, {"batch_id": batch_id})


def _show_batch(call: Call) -> Outcome:
    if call.argument in call.account.schedule.batch_ids(now=call.account.now()):
        return _done(200, {"batch_id": call.argument})
    return _refused(400, Problem("invalid batch id"))


def _list_held(call: Call) -> Outcome:
    held = call.account.schedule.held.items()
    return _done(200, [{"batch_id": key, "status": found.status} for key, found in held])


def _show_held(call: Call) -> Outcome:
    """Answer with a list, of one or none, as the API's description has it."""
    found = call.account.schedule.held.get(call.argument)
    return _done(200, [{"batch_id": call.argument, "status": found.status}] if found else [])


def _hold(call: Call) -> Outcome:
    body = call.body if isinstance(call.body, dict) else {}
    batch_id, status = body.get("batch_id"), body.get("status")
    if not isinstance(batch_id, str):
        return _refused(400, Problem("The batch_id is required.", "batch_id"))
    if status not in {"cancel", "pause"}:
        return _refused(400, Problem("The status must be cancel or pause.", "status"))
    problem = call.account.schedule.hold(batch_id, status, now=call.account.now())
    if problem:
        return _refused(400, problem)
    return _done(201, {"batch_id": batch_id, "status": status})


def _change_held(call: Call) -> Outcome:
    status = call.body.get("status") if isinstance(call.body, dict) else None
    if status not in {"cancel", "pause"}:
        return _refused(400, Problem("The status must be cancel or pause.", "status"))
    if not call.account.schedule.change(call.argument, status):
        return _refused(404, Problem("batch id not found"))
    return _done(204)


def _release_held(call: Call) -> Outcome:
    if not call.account.schedule.release(call.argument):
        return _refused(404, Problem("batch id not found"))
    return _done(204)


# --- suppressions ------------------------------------------------------------------------------


def _list_suppressed(call: Call, *, name: ListName) -> Outcome:
    asked = numbers(call.query, SUPPRESSED)
    if isinstance(asked, Problem):
        return _refused(422, asked)
    rows = call.account.suppressions.rows(
        name,
        start=asked["start_time"],
        end=asked["end_time"],
        limit=asked["limit"],
        offset=asked["offset"],
    )
    return _done(200, [row.document() for row in rows])


def _lift_suppressed(call: Call, *, name: ListName) -> Outcome:
    if not call.account.suppressions.remove(name, call.argument):
        return _refused(404, Problem("address not found"))
    return _done(204)


def _suppress_globally(call: Call) -> Outcome:
    found = call.body.get("recipient_emails") if isinstance(call.body, dict) else None
    if not isinstance(found, list) or not all(isinstance(one, str) for one in found):
        return _refused(400, Problem("recipient_emails is required.", "recipient_emails"))
    for email in found:
        call.account.suppressions.add("unsubscribes", email, at=call.account.now())
    return _done(201, {"recipient_emails": found})


def _taken(account: Account) -> tuple[Mail | Draft, ...]:
    return (*account.mailbox.mails, *account.schedule.waiting)


def _search_activity(call: Call) -> Outcome:
    asked = numbers(call.query, ACTIVITY)
    if isinstance(asked, Problem):
        return _refused(400, asked)
    if not call.query.get("query", "").strip():
        return _refused(400, Problem("The query is required.", "query"))
    taken = _taken(call.account)
    found = activity.search(call.query["query"], taken, limit=asked["limit"])
    return _done(200, {"messages": found})


def _show_activity(call: Call) -> Outcome:
    found = activity.message(call.argument, _taken(call.account))
    return _done(200, found) if found else _refused(404, Problem("not found"))


# --- the account -------------------------------------------------------------------------------


def _scopes(call: Call) -> Outcome:
    return _done(200, {"scopes": list(call.account.settings.setup.scopes)})


def _username(_: Call) -> Outcome:
    return _done(200, {"username": "sandbox", "user_id": 1})


def _email(_: Call) -> Outcome:
    return _done(200, {"email": "sandbox@sandbox.invalid"})


def _account_kind(_: Call) -> Outcome:
    return _done(200, {"type": "paid", "reputation": 100})


def _verified_senders(call: Call) -> Outcome:
    senders = sorted(call.account.settings.senders or ())
    found = [
        {"id": number, "from_email": address, "verified": True}
        for number, address in enumerate(senders, start=1)
    ]
    return _done(200, {"results": found})


def _webhook_key(call: Call) -> Outcome:
    is_signed = call.account.settings.setup.signs_events
    return _done(200, {"public_key": call.account.public_key if is_signed else ""})


def _webhooks(call: Call) -> Outcome:
    account = call.account
    return _done(200, account.settings.setup.webhooks(account.settings.webhook, account.public_key))


def _domains(call: Call) -> Outcome:
    return _done(200, call.account.settings.setup.authenticated())


def _subscription_tracking(call: Call) -> Outcome:
    return _done(200, {"enabled": call.account.settings.setup.subscription_tracking})


def _credits(call: Call) -> Outcome:
    return _done(200, {"remain": call.account.settings.setup.credits, "total": 100_000})


def _category_stats(call: Call) -> Outcome:
    today = datetime.fromtimestamp(call.account.now(), UTC).date()
    found = statistics.by_category(call.query, _taken(call.account), today=today)
    return _refused(400, found) if isinstance(found, Problem) else _done(200, found)


_ENDPOINTS: dict[str, dict[str, Endpoint]] = {
    MAIL_SEND: {"POST": _mail_send},
    _BATCH: {"POST": _open_batch},
    "/v3/mail/batch/*": {"GET": _show_batch},
    "/v3/user/scheduled_sends": {"GET": _list_held, "POST": _hold},
    "/v3/user/scheduled_sends/*": {
        "GET": _show_held,
        "PATCH": _change_held,
        "DELETE": _release_held,
    },
    **{f"/v3/suppression/{name}": {"GET": partial(_list_suppressed, name=name)} for name in LISTS},
    **{
        f"/v3/suppression/{name}/*": {"DELETE": partial(_lift_suppressed, name=name)}
        for name in LISTS
    },
    "/v3/asm/suppressions/global": {"POST": _suppress_globally},
    "/v3/messages": {"GET": _search_activity},
    "/v3/messages/*": {"GET": _show_activity},
    "/v3/scopes": {"GET": _scopes},
    "/v3/user/username": {"GET": _username},
    "/v3/user/email": {"GET": _email},
    "/v3/user/account": {"GET": _account_kind},
    "/v3/verified_senders": {"GET": _verified_senders},
    "/v3/user/credits": {"GET": _credits},
    "/v3/whitelabel/domains": {"GET": _domains},
    "/v3/tracking_settings/subscription": {"GET": _subscription_tracking},
    "/v3/categories/stats": {"GET": _category_stats},
    "/v3/user/webhooks/event/settings/all": {"GET": _webhooks},
    "/v3/user/webhooks/event/settings/signed": {"GET": _webhook_key},
    "/v3/user/webhooks/event/settings/signed/*": {"GET": _webhook_key},
}
