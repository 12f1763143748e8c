"""The four roles on a real server: each does its work, and nothing beside it."""

from __future__ import annotations

import json
import sys

import psycopg
import pytest
from psycopg import sql

from tests.deploy.database import ROLES, Server, environment, psql
from tests.deploy.programs import DEPLOY, find, needs_postgres, one_server, run

pytestmark = [one_server, needs_postgres]

DENIED = psycopg.errors.InsufficientPrivilege


def row_counts(server: Server) -> dict[str, int]:
    with psycopg.connect(server.superuser_url("erp")) as connection:
        names = connection.execute(
            "SELECT relname FROM pg_class WHERE relkind = 'r'"
            " AND relnamespace = 'public'::regnamespace"
        ).fetchall()
        return {
            name: connection.execute(
                sql.SQL("SELECT count(*) FROM {}").format(sql.Identifier(name))
            ).fetchone()[0]
            for (name,) in names
        }


@pytest.fixture(scope="module")
def worked(server: Server) -> dict[str, object]:
    """The normal work, done as the app."""
    result = run([sys.executable, "-m", "tests.deploy.work"], env=environment(server.url("app")))
    assert result.returncode == 0, result.stdout
    said: dict[str, object] = json.loads(result.stdout.splitlines()[-1])
    return said


def test_app_does_the_normal_work(worked):
    assert worked["status"] == "approved"
    assert str(worked["number"]).startswith("PR-")
    assert int(str(worked["entries"])) > 0


@pytest.mark.parametrize(
    "statement",
    [
        "DROP TABLE audit_entry",
        "DROP TABLE common_comment",
        "ALTER TABLE common_comment ADD COLUMN more text",
        "ALTER TABLE audit_entry DISABLE TRIGGER ALL",
        "DROP TRIGGER audit_entry_no_change ON audit_entry",
        "CREATE TABLE mine (number int)",
        "CREATE TEMPORARY TABLE mine (number int)",
        "CREATE SCHEMA mine",
        "CREATE FUNCTION audit_entry_refuse() RETURNS int LANGUAGE sql AS 'SELECT 1'",
        "CREATE INDEX mine ON audit_entry (timestamp)",
        "UPDATE audit_entry SET object_repr = 'forged'",
        "DELETE FROM audit_entry",
        "TRUNCATE audit_entry",
        "TRUNCATE common_comment",
        "UPDATE approvals_approvaldecision SET comment = 'forged'",
        "DELETE FROM approvals_approvaldecision",
        "DELETE FROM django_migrations",
        "INSERT INTO django_migrations (app, name, applied) VALUES ('audit', 'x', now())",
        "SET session_replication_role = replica",
        "SET ROLE erp_owner",
        "CREATE ROLE mine",
        "COPY audit_entry TO PROGRAM 'cat'",
        "SELECT pg_read_file('postgresql.conf')",
    ],
)
def test_app_changes_neither_tables_nor_history(server: Server, worked, statement):
    before = row_counts(server)
    with psycopg.connect(server.url("app")) as connection, pytest.raises(DENIED):
        connection.execute(statement)

    assert row_counts(server) == before


@pytest.mark.parametrize("role", ["readonly", "backup"])
@pytest.mark.parametrize(
    "statement",
    [
        "INSERT INTO catalog_unit (code) VALUES ('X')",
        "UPDATE requisitions_requisition SET title = 'forged'",
        "DELETE FROM common_comment",
        "CREATE TABLE mine (number int)",
    ],
)
def test_readers_write_nothing_even_where_the_session_says_they_may(
    server, worked, role, statement
):
    with psycopg.connect(server.url(role)) as connection:
        with pytest.raises(psycopg.errors.ReadOnlySqlTransaction):
            connection.execute(statement)
        connection.rollback()
        connection.execute("SET TRANSACTION READ WRITE")
        with pytest.raises(DENIED):
            connection.execute(statement)


def test_readonly_reads_documents_and_no_secrets(server: Server, worked):
    with psycopg.connect(server.url("readonly"), autocommit=True) as connection:
        found = connection.execute("SELECT number FROM requisitions_requisition").fetchall()
        people = connection.execute("SELECT username FROM accounts_user").fetchall()
        for secret in (
            "SELECT password FROM accounts_user",
            "SELECT * FROM accounts_user",
            "SELECT * FROM django_session",
            "SELECT * FROM accounts_apisession",
            "SELECT * FROM common_outboxmessage",
        ):
            with pytest.raises(DENIED):
                connection.execute(secret)

    assert (worked["number"],) in found
    assert (worked["username"],) in people


def test_backup_dumps_everything(server: Server, worked, tmp_path):
    program = find("pg_dump")
    if program is None:
        pytest.skip("not on this machine: pg_dump")
    target = tmp_path / "erp.dump"

    dumped = run([program, "-Fc", "-d", server.url("backup"), "-f", str(target)])
    listed = run([str(find("pg_restore")), "--list", str(target)])

    assert dumped.returncode == 0, dumped.stdout
    tables = {line.split()[-2] for line in listed.stdout.splitlines() if "TABLE DATA" in line}
    assert tables == set(row_counts(server))


def test_what_the_owner_makes_later_has_the_same_rights(server: Server):
    """A migration to come: an ordinary table, and one more table of history."""
    server.copy("later")
    with psycopg.connect(server.url("owner", "later"), autocommit=True) as owner:
        owner.execute("CREATE TABLE plain (number int)")
        owner.execute("CREATE TABLE audit_seal (number int)")
        owner.execute(
            "CREATE TRIGGER audit_seal_no_change BEFORE UPDATE OR DELETE ON audit_seal"
            " FOR EACH ROW EXECUTE FUNCTION audit_entry_refuse()"
        )
    psql(server.url("owner", "later"), DEPLOY / "postgres" / "grants.sql")

    with psycopg.connect(server.url("app", "later"), autocommit=True) as app:
        app.execute("INSERT INTO plain VALUES (1)")
        app.execute("UPDATE plain SET number = 2")
        app.execute("INSERT INTO audit_seal VALUES (1)")
        for refused in ("UPDATE audit_seal SET number = 2", "DELETE FROM audit_seal"):
            with pytest.raises(DENIED):
                app.execute(refused)
    with psycopg.connect(server.url("readonly", "later")) as reader:
        assert reader.execute("SELECT number FROM plain").fetchall() == [(2,)]


def test_default_privileges_hold_before_the_grants_are_run_again(server: Server):
    server.copy("defaults")
    with psycopg.connect(server.url("owner", "defaults"), autocommit=True) as owner:
        owner.execute("CREATE TABLE plain (number serial)")
    with psycopg.connect(server.url("app", "defaults"), autocommit=True) as app:
        app.execute("INSERT INTO plain DEFAULT VALUES")
        with pytest.raises(DENIED):
            app.execute("TRUNCATE plain")


def test_an_unguarded_audit_is_not_given_to_the_app(server: Server):
    """Without its triggers the table is not recognised as history: the file is taken back."""
    server.copy("unguarded")
    with psycopg.connect(server.url("owner", "unguarded"), autocommit=True) as owner:
        owner.execute("DROP TRIGGER audit_entry_no_change ON audit_entry")
    result = run(
        [
            str(find("psql")),
            "-X",
            "-d",
            server.url("owner", "unguarded"),
            "-f",
            str(DEPLOY / "postgres" / "grants.sql"),
        ]
    )

    assert result.returncode == 3
    assert "rewrite audit_entry" in result.stdout
    with psycopg.connect(server.url("app", "unguarded")) as app, pytest.raises(DENIED):
        app.execute("DELETE FROM audit_entry")


def test_a_second_run_changes_nothing(server: Server):
    def state() -> list[tuple[object, ...]]:
        with psycopg.connect(server.superuser_url("erp")) as connection:
            return [
                *connection.execute("SELECT relname, relacl::text FROM pg_class ORDER BY 1"),
                *connection.execute(
                    "SELECT defaclobjtype, defaclacl::text FROM pg_default_acl ORDER BY 1"
                ),
                *connection.execute("SELECT datname, datacl::text FROM pg_database ORDER BY 1"),
                *connection.execute(
                    "SELECT setrole, setdatabase, setconfig FROM pg_db_role_setting ORDER BY 1, 2"
                ),
            ]

    psql(server.url("owner"), DEPLOY / "postgres" / "grants.sql")
    before = state()
    server.setup_roles()
    psql(server.url("owner"), DEPLOY / "postgres" / "grants.sql")

    assert state() == before


def test_passwords_are_asked_for_and_not_on_the_command_line(server: Server):
    for role in ROLES:
        with pytest.raises(psycopg.OperationalError, match="password"):
            psycopg.connect(server.url(role).replace(server.passwords[role], "guessed"))
    text = (DEPLOY / "postgres" / "roles.sql").read_text()
    assert "-v owner_password" not in text
