"""An installation of its own for each test of backups and of data integrity."""

from pathlib import Path

import pytest
from django.db import connection
from django.test import override_settings

from apps.operations.backup.looking import aimed_at, config_of
from tests import databases
from tests.operations import sites


@pytest.fixture(scope="session")
def story(django_db_setup, django_db_blocker, tmp_path_factory):
    """The database and files every site is a copy of; told here unless the run has told it."""
    folder = tmp_path_factory.mktemp("story")
    with django_db_blocker.unblock():
        base = config_of()
        connection.close()
        if told := databases.story():
            yield {**base, "NAME": told}, databases.story_media()
            return
        name, prefix = sites.new_name(base, folder)
        sites.copy_database(base, name)
        config = {**base, "NAME": name}
        with override_settings(MEDIA_ROOT=folder / "media", DEBUG=True), aimed_at(config):
            sites.tell_the_story(folder)
        yield config, Path(folder / "media")
        sites.drop_all(base, prefix)


@pytest.fixture
def site(story, db, django_db_blocker, settings, tmp_path):
    """A whole installation: what a test does to it is nobody else's concern."""
    with sites.standing(tmp_path / "site", story, settings) as standing:
        yield standing
