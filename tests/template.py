"""Make the databases that those of a run are copies of: once, not once a worker.

`python -m tests.template NAME COMPANY STORY` with TEST_DATABASE set; files for SQLite, databases
for PostgreSQL. NAME is migrated and has the roles; COMPANY is a copy with the demonstration's
people and catalogue, STORY one with its documents as well, whose files go below the folder
TEST_STORY_FILES.
"""

import gc
import logging
import os
import sys


def main(name: str, company: str, story: str) -> None:
    """Create, migrate, set up the roles; then copy, and tell the story in two steps."""
    import django

    os.environ["DJANGO_SETTINGS_MODULE"] = "tests.settings"
    django.setup()
    from django.db import connection

    from tests import databases

    connection.settings_dict["TEST"]["NAME"] = name
    logging.disable(logging.INFO)  # the story's messages are nobody's news
    gc.disable()  # the process ends soon
    connection.creation.create_test_db(verbosity=0, autoclobber=True)
    databases.furnish(connection)
    if connection.vendor == "sqlite":
        # One file, complete: what waits in the log beside it would not be copied.
        connection.cursor().execute("PRAGMA wal_checkpoint(TRUNCATE)")
    connection.close()
    tell(company, story)


def tell(company: str, story: str) -> None:
    """Give the copies the people, documents and files that tests of the whole start from."""
    from django.core.management import call_command
    from django.db import connection
    from django.test import override_settings

    from apps.operations.backup.looking import aimed_at, config_of
    from tests import databases
    from tests.operations import sites

    media = databases.story_media()
    base = config_of()
    sites.copy_database(base, company)
    with override_settings(MEDIA_ROOT=media, DEBUG=True):
        with aimed_at({**base, "NAME": company}):
            call_command("erp_seed", "--without-documents", verbosity=0, stdout=sites.Nowhere())
        sites.copy_database({**base, "NAME": company}, story)
        with aimed_at({**base, "NAME": story}):
            sites.tell_the_story(media.parent)
    connection.close()


if __name__ == "__main__":
    main(*sys.argv[1:])
