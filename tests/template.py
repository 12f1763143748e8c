"""Make the databases that those of a run are copies of: once, not once a worker.

`python -m tests.template NAME STORY` with TEST_DATABASE set; both are files for SQLite, databases
for PostgreSQL. NAME is migrated and has the roles; STORY is a copy with the demonstration in it,
whose files go below the folder TEST_STORY_FILES.
"""

import gc
import logging
import os
import sys


def main(name: str, story: str) -> None:
    """Create, migrate, set up the roles; then copy, and tell the story."""
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
    tell(story)


def tell(name: str) -> None:
    """Give the copy the documents and files the tests of whole installations start from."""
    from django.db import connection
    from django.test import override_settings

    from apps.operations.backup.looking import aimed_at, config_of
    from tests import databases
    from tests.operations import sites

    media = databases.story_media()
    base = config_of()
    sites.copy_database(base, name)
    config = {**base, "NAME": name}
    with override_settings(MEDIA_ROOT=media, DEBUG=True), aimed_at(config):
        sites.tell_the_story(media.parent)
    connection.close()


if __name__ == "__main__":
    main(*sys.argv[1:])
