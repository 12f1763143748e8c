"""Every kind of damage is found and named at its table and row.

The damage is done behind the application's back: by SQL with the database's own guards taken down,
or to the files themselves.
"""

# ruff: noqa: S608  # the names put into statements are those of our own tables

import json
from io import StringIO
from pathlib import Path

import pytest
from django.core.management import CommandError, call_command
from django.db import connection

from apps.approvals import triggers as approval_triggers
from apps.audit import triggers as audit_triggers
from apps.common import integrity
from apps.procurement import triggers as ledger_triggers

pytestmark = pytest.mark.django_db

REQUISITION = "requisitions_requisition"
LINE = "requisitions_requisitionline"
ORDER = "procurement_purchaseorder"
ORDER_LINE = "procurement_purchaseorderline"
ALLOCATION = "procurement_allocation"
ENTRY = "audit_entry"


def sql(statement, *parameters):
    with connection.cursor() as cursor:
        cursor.execute(statement, parameters)


def one(query, *parameters):
    with connection.cursor() as cursor:
        cursor.execute(query, parameters)
        found = cursor.fetchone()
    assert found is not None, query
    return found[0]


def unguarded():
    """Let this connection do what the database refuses to everybody."""
    if connection.vendor == "sqlite":
        sql("PRAGMA foreign_keys=OFF")
        sql("PRAGMA ignore_check_constraints=ON")
    else:
        sql("SET session_replication_role = replica")


def without_rule(table, name, *, is_index=False):
    """Take a rule of PostgreSQL away; SQLite ignores checks when asked to."""
    if connection.vendor == "postgresql":
        sql(f'DROP INDEX "{name}"' if is_index else f'ALTER TABLE {table} DROP CONSTRAINT "{name}"')
    elif is_index:
        sql(f'DROP INDEX "{name}"')


def findings(*only):
    return [finding for _check, found in integrity.run(only) for finding in found]


def named(check, table, pk):
    """The finding of this check at this row, and none of this check elsewhere."""
    found = findings(check)
    assert {(f.table, str(f.pk)) for f in found} == {(table, str(pk))}, found
    return found[0].what


@pytest.fixture(autouse=True)
def _guards_down(site):
    for guard in (audit_triggers.GUARD, approval_triggers.GUARD):
        guard.take_down(connection)
    ledger_triggers.GUARD.before_migrations("default")
    unguarded()


def change(table, column, value, where="1 = 1"):
    """Write a value into the first row that fits."""
    pk = one(f"SELECT MIN(id) FROM {table} WHERE {where}")
    sql(f"UPDATE {table} SET {column} = {value} WHERE id = %s", pk)
    return pk


FIGURES = [
    ("totals", REQUISITION, "estimated_total", "estimated_total + 0.01", "status <> 'draft'"),
    ("totals", REQUISITION, "base_total", "base_total + 1", "status <> 'draft'"),
    ("totals", LINE, "amount", "amount + 1", "status = 'rejected' OR estimated_price IS NULL"),
    ("totals", ORDER, "tax_total", "tax_total + 0.01", "status = 'issued'"),
    ("totals", ORDER, "total", "total + 0.01", "status = 'cancelled'"),
    ("totals", ORDER_LINE, "tax_amount", "tax_amount + 0.02", "status = 'open'"),
    ("fulfilment", REQUISITION, "order_status", "'full'", "order_status = 'none'"),
    ("fulfilment", REQUISITION, "receipt_status", "'partial'", "1 = 1"),
    ("approvals", "approvals_approvalrequest", "content_hash", "'0000'", "status = 'rejected'"),
    ("approvals", REQUISITION, "title", "'More than was approved'", "status = 'approved'"),
    ("approvals", ORDER, "supplier_name", "'Somebody else'", "status = 'approved'"),
    ("attachments", "common_attachment", "sha256", "'00'", "1 = 1"),
    ("attachments", "common_attachment", "size", "size + 1", "1 = 1"),
    ("attachments", "common_attachment", "object_id", "999999", "1 = 1"),
    ("keys", LINE, "unit_id", "999999", "1 = 1"),
    ("keys", ALLOCATION, "order_line_id", "999999", "1 = 1"),
    ("audit", REQUISITION, "status", "'closed'", "status = 'approved'"),
    ("audit", ORDER, "status", "'issued'", "status = 'on_hold'"),
    ("states", ORDER, "closed_at = NULL, status", "'closed'", "status = 'issued'"),
]


# What is wrong with a row can show on those above and below it as well.
FOLLOWING = {
    LINE: [REQUISITION],
    ORDER_LINE: [ORDER],
    "approvals_approvalrequest": ["approvals_approvaldecision"],
}


def exists(table, where):
    with connection.cursor() as cursor:
        cursor.execute(f"SELECT 1 FROM {table} WHERE {where}")
        return cursor.fetchone() is not None


@pytest.mark.parametrize(
    ("check", "table", "column", "value", "where"),
    FIGURES,
    ids=[f"{check} {table} {column}" for check, table, column, *_ in FIGURES],
)
def test_changed_figure_is_named(check, table, column, value, where):
    if not exists(table, where) and "status" in where:
        where = "1 = 1"
    pk = change(table, column, value, where)

    found = findings(check)

    assert (table, pk) in {(f.table, f.pk) for f in found}
    assert {f.table for f in found} <= {table, *FOLLOWING.get(table, ())}
    assert len(found) <= 4
    assert all(f.what for f in found)


def test_ledger_that_differs_from_the_line(site):
    pk = change(LINE, "ordered_quantity", "ordered_quantity - 1", "ordered_quantity > 0")

    assert "ordered_quantity" in named("ledger", LINE, pk)


def test_more_allocated_than_asked_for():
    line = one(f"SELECT MIN(requisition_line_id) FROM {ALLOCATION}")
    sql(
        f"UPDATE {ALLOCATION} SET quantity = quantity + 1000000 WHERE requisition_line_id = %s",
        line,
    )

    assert {(f.table, f.pk) for f in findings("ledger")} == {(LINE, line)}
    assert any("over_allocated" in f.what for f in findings("ledger"))


def test_missing_number():
    sequence = one("SELECT id FROM common_numbersequence WHERE kind = 'requisition'")
    pk = one(f"SELECT MAX(id) FROM {REQUISITION} WHERE number IS NOT NULL")
    number = one(f"SELECT number FROM {REQUISITION} WHERE id = %s", pk)
    without_rule(REQUISITION, "requisition_numbered_once_submitted")
    sql(f"UPDATE {REQUISITION} SET number = NULL WHERE id = %s", pk)

    assert number in named("numbers", "common_numbersequence", sequence)
    assert (REQUISITION, pk) in {(f.table, f.pk) for f in findings("constraints")}


def test_number_beyond_the_counter():
    sql("UPDATE common_numbersequence SET next_value = next_value - 1 WHERE kind = 'requisition'")
    pk = one(f"SELECT id FROM {REQUISITION} ORDER BY number DESC NULLS LAST LIMIT 1")

    assert "never given out" in named("numbers", REQUISITION, pk)


def test_number_of_no_sequence():
    pk = one(f"SELECT MIN(id) FROM {ORDER} WHERE number IS NOT NULL")
    sql(f"UPDATE {ORDER} SET number = 'X-1' WHERE id = %s", pk)

    assert (ORDER, pk) in {(f.table, f.pk) for f in findings("numbers")}


def test_broken_rule_of_a_row():
    without_rule(LINE, "requisitionline_quantity_positive")
    without_rule(LINE, "requisitionline_not_ordered_beyond_quantity")
    pk = change(LINE, "quantity", "-1", "ordered_quantity = 0")

    found = {(f.table, f.pk): f.what for f in findings("constraints")}

    assert "requisitionline_" in found[LINE, pk]


def test_doubled_row():
    index = "requisitionline_number_once"
    if connection.vendor == "sqlite":
        pytest.skip("SQLite keeps this rule inside the table, where SQL cannot take it away")
    without_rule(LINE, index)
    first = one(
        f"SELECT MIN(id) FROM {LINE} WHERE requisition_id IN"
        f" (SELECT requisition_id FROM {LINE} GROUP BY requisition_id HAVING COUNT(*) > 1)"
    )
    sql(
        f"UPDATE {LINE} SET line_no = 1 WHERE requisition_id ="
        f" (SELECT requisition_id FROM {LINE} WHERE id = %s)",
        first,
    )

    assert all(f.table == LINE and index in f.what for f in findings("constraints"))
    assert findings("constraints")


def test_two_open_approvals_of_one_document():
    name = "approvalrequest_one_open_per_document"
    without_rule("approvals_approvalrequest", name, is_index=True)
    first, second = (
        one("SELECT MIN(id) FROM approvals_approvalrequest"),
        one("SELECT MAX(id) FROM approvals_approvalrequest"),
    )
    sql(
        "UPDATE approvals_approvalrequest SET status = 'pending', document_kind = 'requisition',"
        " document_id = 1 WHERE id IN (%s, %s)",
        first,
        second,
    )

    assert name in named("constraints", "approvals_approvalrequest", second)


def test_unknown_state():
    without_rule(REQUISITION, "requisition_status_known")
    pk = change(REQUISITION, "status", "'lost'", "status = 'approved'")

    assert "lost" in named("states", REQUISITION, pk)
    assert (REQUISITION, pk) in {(f.table, f.pk) for f in findings("constraints")}


def test_word_where_a_number_belongs(on_postgres):
    if on_postgres:
        pytest.skip("PostgreSQL refuses words in columns of numbers")
    pk = change(ORDER_LINE, "received_quantity", "'many'")

    assert "no number" in named("constraints", ORDER_LINE, pk)


def test_decision_on_other_content():
    pk = change("approvals_approvaldecision", "content_hash", "'1111'")

    assert "another content" in named("approvals", "approvals_approvaldecision", pk)


def test_content_of_a_request():
    pk = one("SELECT MAX(id) FROM approvals_approvalrequest")
    sql('UPDATE approvals_approvalrequest SET content = \'{"title": "x"}\' WHERE id = %s', pk)

    assert ("approvals_approvalrequest", pk) in {(f.table, f.pk) for f in findings("approvals")}


def test_entry_taken_out_of_the_middle(on_postgres):
    pk = one(f"SELECT id FROM {ENTRY} WHERE changes IS NOT NULL ORDER BY id LIMIT 1 OFFSET 50")
    sql(f"DELETE FROM {ENTRY} WHERE id = %s", pk)
    if on_postgres:
        pytest.skip("numbers of PostgreSQL have holes for other reasons")

    assert str(pk) in named("audit", ENTRY, pk + 1)


def test_tail_cut_off_the_history(on_postgres):
    pk = one(f"SELECT MAX(id) FROM {ENTRY}")
    sql(f"DELETE FROM {ENTRY} WHERE id > %s", pk - 3)
    if on_postgres:
        pytest.skip("numbers of PostgreSQL have holes for other reasons")

    said = [f.what for f in findings("audit") if f.table == ENTRY]
    assert said == [f"the entries {pk - 2} to {pk} at the end are missing"]


def test_history_that_knows_nothing_of_a_document():
    kind = one("SELECT id FROM django_content_type WHERE model = 'purchaseorder'")
    pk = one(f"SELECT MIN(id) FROM {ORDER}")
    sql(f"DELETE FROM {ENTRY} WHERE content_type_id = %s AND object_id = %s", kind, pk)

    assert (ORDER, pk) in {(f.table, f.pk) for f in findings("audit")}


def test_guards_that_are_down():
    tables = {finding.table for finding in findings("guards")}

    assert {ENTRY, "approvals_approvaldecision"} <= tables
    assert (ALLOCATION in tables) == (connection.vendor == "sqlite")


@pytest.mark.parametrize("how", ["gone", "changed", "emptied"])
def test_damaged_file(site, how):
    pk = one("SELECT MIN(id) FROM common_attachment")
    path = site.media / one("SELECT file FROM common_attachment WHERE id = %s", pk)
    if how == "gone":
        path.unlink()
    else:
        path.write_bytes(b"" if how == "emptied" else path.read_bytes()[:-1] + b"!")

    said = named("attachments", "common_attachment", pk)

    assert ("missing" in said) == (how == "gone")


def test_index_that_is_not_valid(on_postgres):
    if not on_postgres:
        pytest.skip("PostgreSQL's catalogue")
    sql("UPDATE pg_index SET indisvalid = false WHERE indexrelid = 'requisition_newest'::regclass")

    assert "requisition_newest" in named("storage", REQUISITION, None)


def test_damaged_page_of_the_file(site, on_postgres):
    if on_postgres:
        pytest.skip("a page of SQLite's file")
    sql("PRAGMA wal_checkpoint(TRUNCATE)")
    page = one("SELECT rootpage FROM sqlite_master WHERE name = %s", "common_attachment")
    size = one("PRAGMA page_size")
    connection.close()
    with Path(site.config["NAME"]).open("r+b") as file:
        file.seek((page - 1) * size + 8)
        file.write(b"\xff" * 64)

    found = findings("storage")

    assert "common_attachment" in {finding.table for finding in found}


def test_index_that_lost_a_row(on_postgres):
    if on_postgres:
        pytest.skip("SQLite's own check names the row")
    schema = one("SELECT sql FROM sqlite_master WHERE name = 'requisition_newest'")
    sql("PRAGMA writable_schema=ON")
    sql(
        "UPDATE sqlite_master SET sql = %s WHERE name = 'requisition_newest'",
        schema.replace("DESC", "ASC", 1),
    )
    sql("PRAGMA writable_schema=RESET")
    connection.close()

    assert REQUISITION in {finding.table for finding in findings("storage")}


def test_command_names_what_it_finds():
    pk = change(LINE, "amount", "amount + 1")
    said = StringIO()

    with pytest.raises(SystemExit) as ended:
        call_command("erp_verify", "--only", "totals", "--json", stdout=said)

    report = json.loads(said.getvalue())
    assert ended.value.code == 1
    assert report["whole"] is False
    assert list(report["checks"]) == ["totals"]
    assert {"check": "totals", "table": LINE, "pk": pk} in [
        {key: finding[key] for key in ("check", "table", "pk")} for finding in report["findings"]
    ]


def test_unknown_check_is_refused():
    with pytest.raises(CommandError, match="no check") as caught:
        call_command("erp_verify", "--only", "everything")

    assert caught.value.returncode == 2


def test_checks_write_nothing():
    statements = []

    def watch(execute, query, parameters, many, context):
        statements.append(query.lstrip().split()[0].upper())
        return execute(query, parameters, many, context)

    with connection.execute_wrapper(watch):
        findings()

    assert {"INSERT", "UPDATE", "DELETE", "ALTER", "DROP"} & set(statements) == set()
