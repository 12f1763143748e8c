"""Make the database that the databases of a run are copies of: migrated once, not once a worker.

`python -m tests.template NAME` with TEST_DATABASE set; NAME is a file for SQLite, a database for
PostgreSQL.
"""

import gc
import os
import sys


def main(name: str) -> None:
    """Create, migrate, set up the roles."""
    import django

    os.environ["DJANGO_SETTINGS_MODULE"] = "tests.settings"
    django.setup()
    from django.db import connection

    from tests import databases

    connection.settings_dict["TEST"]["NAME"] = name
    gc.disable()  # the process ends soon
    connection.creation.create_test_db(verbosity=0, autoclobber=True)
    databases.furnish(connection)
    if connection.vendor == "sqlite":
        # One file, complete: what waits in the log beside it would not be copied.
        connection.cursor().execute("PRAGMA wal_checkpoint(TRUNCATE)")
    connection.close()


if __name__ == "__main__":
    main(sys.argv[1])
