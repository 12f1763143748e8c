"""Every command a runbook names exists and takes the arguments the page gives it."""

from __future__ import annotations

import re
import shlex
from contextlib import closing
from itertools import pairwise

import psycopg
import pytest
from django.core.management import get_commands, load_command_class
from django.db import connection

from apps.support.services.runbooks import SLUGS
from erp import settings as product
from tests.deploy import units
from tests.operations.runbooks import pages

BOOKS = {slug: pages.read(slug) for slug in SLUGS}
CALLS = sorted(
    {
        command.removeprefix("manage.py ")
        for page in BOOKS.values()
        for command in page.commands
        if command.startswith("manage.py ")
    }
)
STATEMENTS = sorted(
    {
        shlex.split(command)[-1].replace("PID", "0")
        for page in BOOKS.values()
        for command in page.commands
        if command.startswith("psql ")
    }
)
# Units of the system's own packages.
OTHERS = {"postgresql", "nginx"}


def named(verb: str, flag: str) -> set[str]:
    """The units commands of one program name, by an option or as its arguments."""
    found = set()
    for page in BOOKS.values():
        for command in page.commands:
            words = shlex.split(command)
            if words[0] != verb:
                continue
            if flag:
                found |= {unit for option, unit in pairwise(words) if option == flag}
            elif words[1] != "list-units":
                found |= {word for word in words[2:] if not word.startswith("-")}
    return found


@pytest.mark.parametrize("call", CALLS)
def test_our_command_takes_its_arguments(call, settings):
    settings.TASKS = product.TASKS  # a worker looks for its queue when it reads its arguments
    name, *arguments = shlex.split(call)
    command = load_command_class(get_commands()[name], name)
    parser = command.create_parser("manage.py", name)

    given = parser.parse_args(arguments)

    assert given is not None


def test_our_commands_are_found():
    assert len(CALLS) > 15
    assert len(STATEMENTS) > 5


def test_units_are_those_of_the_installation():
    ours = {name.removesuffix(".service") for name in units.names(".service")}

    asked = {
        re.sub("@.*", "@", unit) for unit in named("systemctl", "") | named("journalctl", "-u")
    }

    assert asked - ours - OTHERS == set()
    assert {"erp-web", "erp-worker"} <= asked


@pytest.mark.postgres
@pytest.mark.django_db
@pytest.mark.parametrize("statement", STATEMENTS)
def test_the_database_takes_its_statement(statement):
    settings = connection.settings_dict
    with closing(
        psycopg.connect(
            host=settings["HOST"],
            port=settings["PORT"] or 5432,
            user=settings["USER"],
            password=settings["PASSWORD"],
            dbname=settings["NAME"],
        )
    ) as direct:
        assert direct.execute(statement).fetchall() is not None


@pytest.mark.parametrize("slug", SLUGS)
def test_who_stopped_the_service_is_told_to_start_it(slug):
    """A page that stops what people work with starts it again on every way it offers."""
    page = BOOKS[slug]
    stops = {
        unit
        for command in page.parts["actions"]
        if command.startswith("systemctl stop ")
        for unit in shlex.split(command)[2:]
    }

    starts = {
        unit
        for command in page.parts["afterwards"]
        if command.startswith("systemctl start ")
        for unit in shlex.split(command)[2:]
    }
    assert stops <= starts
