"""A list for each publication: who was on the one list goes to the publications that mailed them.

With one publication it has everybody. With several, each has those whom it mailed, in a row of its
own with state, consents and history; who had left is kept by all of them, since they had left the
list of all. Whoever nobody mailed is nobody's (an empty name) until a publication opens the
database: a migration knows no `config.toml`. The row that was there, with its token, stays with
the publication that mailed first; the others' mails hold that token too, so it is kept beside
the new one (`former_token`), and each link goes on leading to the list its mail was of.

What suppresses somebody who opted out is a choice and goes with the lists; every other
suppression holds for all, as it did.
"""

from collections.abc import Iterable, Iterator, Sequence

import sqlalchemy as sa
from alembic import op
from sqlalchemy.engine import Connection

from newsletter.storage.column_types import BigId, Key, Moment
from newsletter.storage.tokens import new_tokens

revision = "0025"
down_revision = "0024"

_PAGE = 5_000
_SUBSCRIBER = (
    "id, address, canonical, state, token, name, zone, locale, attributes, frequency, "
    "paused_until, import_id, created_at, changed_at, import_line, signed_up, evidence"
)
_COPIED = _SUBSCRIBER.replace("id, address", "address", 1).replace(" token,", "")
_PAST = {
    "state_change": "at, from_state, to_state, reason, changed_by",
    "consent": "at, how, text",
    "import_change": 'import_id, line, "before", "after"',
}
_MAILED = (
    "FROM recipient r JOIN send s ON s.id = r.send_id "
    "WHERE s.kind <> 'test' AND r.subscriber_id <> 0"
)
_LEFT = "state IN ('unsubscribed', 'bounced', 'complained')"


def upgrade() -> None:
    """Change the tables, then give the rows to the publications."""
    connection = op.get_bind()
    _change_tables(connection)
    mailed = "SELECT DISTINCT publication FROM send WHERE kind <> 'test' ORDER BY publication"
    owners: list[str] = list(connection.scalars(sa.text(mailed)))
    if len(owners) == 1:
        _run(connection, "UPDATE subscriber SET publication = :one", one=owners[0])
        _run(connection, "UPDATE import_run SET publication = :one", one=owners[0])
    elif owners:
        _deal(connection, owners)
    _part_choices(connection, owners)
    _run(
        connection,
        "INSERT INTO list_move (publication, subscribers) "
        "SELECT publication, count(*) FROM subscriber GROUP BY publication",
    )


# --- the tables -----------------------------------------------------------------


def _change_tables(connection: Connection) -> None:
    op.create_table(
        "former_token",
        sa.Column("token", Key, nullable=False),
        sa.Column("subscriber_id", BigId, nullable=False),
        sa.PrimaryKeyConstraint("token", "subscriber_id", name=op.f("pk_former_token")),
    )
    op.create_table(
        "list_move",
        sa.Column("publication", Key, nullable=False),
        sa.Column("subscribers", BigId, nullable=False),
        sa.Column("told_at", Moment(), nullable=True),
        sa.PrimaryKeyConstraint("publication", name=op.f("pk_list_move")),
    )
    op.add_column("import_run", _publication())
    if connection.dialect.name == "postgresql":
        _change_postgresql()
        return
    _rewrite_subscribers()
    _rewrite_suppressions()


def _publication() -> sa.Column[str]:
    return sa.Column("publication", Key, nullable=False, server_default="")


def _change_postgresql() -> None:
    op.add_column("subscriber", _publication())
    op.drop_constraint("uq_subscriber_canonical", "subscriber", type_="unique")
    op.create_unique_constraint(
        op.f("uq_subscriber_canonical"), "subscriber", ["canonical", "publication"]
    )
    op.add_column("suppression", _publication())
    op.drop_constraint("pk_suppression", "suppression", type_="primary")
    op.create_primary_key(op.f("pk_suppression"), "suppression", ["canonical", "publication"])


def _rewrite_subscribers() -> None:
    """Write the list anew, and its past first: SQLite drops no constraint, and no table in use."""
    op.create_table(
        "subscriber_new",
        sa.Column("id", BigId, nullable=False),
        _publication(),
        sa.Column("address", sa.Text(), nullable=False),
        sa.Column("canonical", Key, nullable=False),
        sa.Column("state", sa.Text(), nullable=False),
        sa.Column("token", Key, nullable=False),
        sa.Column("name", sa.Text(), nullable=False, server_default=""),
        sa.Column("zone", sa.Text(), nullable=True),
        sa.Column("locale", sa.Text(), nullable=True),
        sa.Column("attributes", sa.JSON(), nullable=False, server_default="{}"),
        sa.Column("frequency", sa.Text(), nullable=False, server_default="daily"),
        sa.Column("paused_until", sa.Date(), nullable=True),
        sa.Column("import_id", BigId, nullable=True),
        sa.Column("created_at", Moment(), nullable=False),
        sa.Column("changed_at", Moment(), nullable=False),
        sa.Column("import_line", BigId, nullable=True),
        sa.Column("signed_up", Moment(), nullable=True),
        sa.Column("evidence", sa.Text(), nullable=False, server_default=""),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_subscriber")),
        sa.UniqueConstraint("canonical", "publication", name=op.f("uq_subscriber_canonical")),
        sa.UniqueConstraint("token", name=op.f("uq_subscriber_token")),
    )
    op.execute(
        f"INSERT INTO subscriber_new ({_SUBSCRIBER}) "  # noqa: S608
        f"SELECT {_SUBSCRIBER} FROM subscriber ORDER BY id"
    )
    texts = {"state_change": ("to_state", "reason", "changed_by"), "consent": ("how", "text")}
    for table, told in texts.items():
        _rewrite_past(table, told)
    op.drop_table("subscriber")
    op.rename_table("subscriber_new", "subscriber")


def _rewrite_past(table: str, texts: Sequence[str]) -> None:
    columns = f"id, subscriber_id, {_PAST[table]}"
    op.create_table(
        f"{table}_new",
        sa.Column("id", BigId, nullable=False),
        sa.Column("subscriber_id", BigId, nullable=False),
        sa.Column("at", Moment(), nullable=False),
        *([sa.Column("from_state", sa.Text(), nullable=True)] if table == "state_change" else []),
        *(sa.Column(name, sa.Text(), nullable=False) for name in texts),
        sa.PrimaryKeyConstraint("id", name=op.f(f"pk_{table}")),
        sa.ForeignKeyConstraint(
            ["subscriber_id"], ["subscriber_new.id"], name=op.f(f"fk_{table}_subscriber")
        ),
    )
    op.execute(f"INSERT INTO {table}_new ({columns}) SELECT {columns} FROM {table}")  # noqa: S608
    op.drop_table(table)
    op.rename_table(f"{table}_new", table)
    op.create_index(op.f(f"ix_{table}_subscriber_id"), table, ["subscriber_id"])


def _rewrite_suppressions() -> None:
    op.drop_index("ix_suppression_at", "suppression")
    op.rename_table("suppression", "suppression_before")
    op.create_table(
        "suppression",
        sa.Column("canonical", Key, nullable=False),
        _publication(),
        sa.Column("reason", sa.Text(), nullable=False),
        sa.Column("at", Moment(), nullable=False),
        sa.PrimaryKeyConstraint("canonical", "publication", name=op.f("pk_suppression")),
    )
    columns = "canonical, reason, at"
    op.execute(
        f"INSERT INTO suppression ({columns}) SELECT {columns} FROM suppression_before"  # noqa: S608
    )
    op.drop_table("suppression_before")
    op.create_index(op.f("ix_suppression_at"), "suppression", ["at"])


# --- the rows -------------------------------------------------------------------


def _deal(connection: Connection, owners: Sequence[str]) -> None:
    """Give each subscriber to the publications that mailed them, the first of them first."""
    _run(
        connection,
        "CREATE TEMPORARY TABLE list_use AS SELECT r.subscriber_id AS subscriber_id, "
        f"s.publication AS publication, min(s.id) AS first {_MAILED} "
        "GROUP BY r.subscriber_id, s.publication",
    )
    _run(connection, "CREATE UNIQUE INDEX list_use_of ON list_use (subscriber_id, publication)")
    for owner in owners:  # whoever left had left the list of all
        _run(
            connection,
            "INSERT INTO list_use SELECT p.id, :owner, NULL FROM subscriber p "  # noqa: S608
            f"WHERE p.{_LEFT} AND NOT EXISTS (SELECT 1 FROM list_use u "
            "WHERE u.subscriber_id = p.id AND u.publication = :owner)",
            owner=owner,
        )
    _run(
        connection,
        "CREATE TEMPORARY TABLE list_place AS SELECT subscriber_id, publication, row_number() OVER "
        "(PARTITION BY subscriber_id ORDER BY first IS NULL, first, publication) AS place "
        "FROM list_use",
    )
    _run(connection, "CREATE UNIQUE INDEX list_place_of ON list_place (subscriber_id, place)")
    _run(
        connection,
        "UPDATE subscriber SET publication = coalesce((SELECT u.publication FROM list_place u "
        "WHERE u.subscriber_id = subscriber.id AND u.place = 1), '')",
    )
    _copy_people(connection)
    _part_imports(connection, owners)
    for table in ("list_use", "list_place", "list_copy"):
        _run(connection, f"DROP TABLE {table}")


def _copy_people(connection: Connection) -> None:
    """Write the rows of every publication but the first, with tokens of their own."""
    _run(
        connection,
        "CREATE TEMPORARY TABLE list_copy (former BIGINT NOT NULL, publication TEXT NOT NULL, "
        "token TEXT NOT NULL PRIMARY KEY, id BIGINT)",
    )
    tokens = new_tokens()
    for page in _further_places(connection):
        connection.execute(
            sa.text(
                "INSERT INTO list_copy (former, publication, token) "
                "VALUES (:former, :publication, :token)"
            ),
            [
                {"former": former, "publication": publication, "token": next(tokens)}
                for former, publication in page
            ],
        )
    names = _COPIED.split(", ")
    _run(
        connection,
        f"INSERT INTO subscriber (publication, token, {', '.join(names)}) "  # noqa: S608
        f"SELECT c.publication, c.token, {', '.join(f'p.{name}' for name in names)} "
        "FROM list_copy c JOIN subscriber p ON p.id = c.former ORDER BY c.former",
    )
    _run(
        connection,
        "UPDATE list_copy SET id = (SELECT p.id FROM subscriber p WHERE p.token = list_copy.token)",
    )
    _run(connection, "CREATE UNIQUE INDEX list_copy_of ON list_copy (former, publication)")
    _copy_past(connection)


def _further_places(connection: Connection) -> Iterator[Sequence[tuple[int, str]]]:
    """List who is on a list besides their first, in pages."""
    query = sa.text(
        "SELECT subscriber_id, publication, place FROM list_place WHERE place > 1 "
        "AND (subscriber_id > :last OR subscriber_id = :last AND place > :place) "
        "ORDER BY subscriber_id, place LIMIT :page"
    )
    after = {"last": 0, "place": 0, "page": _PAGE}
    while page := connection.execute(query, after).all():
        yield [(row.subscriber_id, row.publication) for row in page]
        after |= {"last": page[-1].subscriber_id, "place": page[-1].place}


def _copy_past(connection: Connection) -> None:
    _run(
        connection,
        "INSERT INTO former_token (token, subscriber_id) SELECT p.token, c.id "
        "FROM list_copy c JOIN subscriber p ON p.id = c.former",
    )
    for table, told in _PAST.items():
        _run(
            connection,
            f"INSERT INTO {table} (subscriber_id, {told}) "  # noqa: S608
            f"SELECT c.id, {', '.join(f't.{name}' for name in told.split(', '))} "
            f"FROM {table} t JOIN list_copy c ON c.former = t.subscriber_id"
            + ("" if table == "import_change" else " ORDER BY t.id"),
        )
    copy = (
        "FROM list_copy c JOIN send s ON s.publication = c.publication "
        "WHERE s.id = recipient.send_id AND c.former = recipient.subscriber_id"
    )
    _run(
        connection,
        f"UPDATE recipient SET subscriber_id = (SELECT c.id {copy}) "  # noqa: S608
        f"WHERE EXISTS (SELECT 1 {copy})",
    )


def _part_imports(connection: Connection, owners: Iterable[str]) -> None:
    """Give each publication a record of its own of the imports whose people it has."""
    runs = connection.scalars(sa.text("SELECT id FROM import_run ORDER BY id")).all()
    for run in runs:
        of_run = "(SELECT subscriber_id FROM import_change WHERE import_id = :run)"
        found = connection.scalars(
            sa.text(
                "SELECT DISTINCT publication FROM subscriber "  # noqa: S608
                f"WHERE import_id = :run OR id IN {of_run} ORDER BY publication"
            ),
            {"run": run},
        ).all()
        first, *others = sorted(found, key=lambda one: (one == "", one)) or [*owners][:1]
        _run(
            connection,
            "UPDATE import_run SET publication = :first WHERE id = :run",
            first=first,
            run=run,
        )
        for other in others:
            _part_import(connection, run, other)


def _part_import(connection: Connection, run: int, owner: str) -> None:
    told = "file, sha256, at, counts, state, reached, options, consent, finished_at, undone_at"
    new = connection.scalar(
        sa.text(
            f"INSERT INTO import_run (publication, {told}) "  # noqa: S608
            f"SELECT :owner, {told} FROM import_run WHERE id = :run RETURNING id"
        ),
        {"owner": owner, "run": run},
    )
    theirs = "SELECT id FROM subscriber WHERE publication = :owner"
    changed = "UPDATE import_change SET import_id = :new WHERE import_id = :run"
    added = "UPDATE subscriber SET import_id = :new WHERE import_id = :run"
    words = {"new": new, "run": run, "owner": owner}
    _run(connection, f"{changed} AND subscriber_id IN ({theirs})", **words)
    _run(connection, f"{added} AND publication = :owner", **words)


def _part_choices(connection: Connection, owners: Iterable[str]) -> None:
    """Let what suppresses somebody who opted out be of the lists they are on."""
    chosen = (
        "canonical IN (SELECT p.canonical FROM subscriber p WHERE p.state = 'unsubscribed' "
        "AND p.publication <> '') AND canonical NOT IN (SELECT e.canonical FROM event e "
        "WHERE e.kind IN ('bounced', 'complained') AND e.canonical IS NOT NULL)"
    )
    for owner in owners:
        _run(
            connection,
            "INSERT INTO suppression (canonical, publication, reason, at) "  # noqa: S608
            f"SELECT canonical, :owner, reason, at FROM suppression "
            f"WHERE publication = '' AND {chosen}",
            owner=owner,
        )
    _run(connection, f"DELETE FROM suppression WHERE publication = '' AND {chosen}")  # noqa: S608


def _run(connection: Connection, statement: str, **words: object) -> None:
    connection.execute(sa.text(statement), words)
