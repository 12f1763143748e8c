"""The API's contract is valid, complete and says everything without a warning."""

import re

from drf_spectacular.drainage import GENERATOR_STATS
from drf_spectacular.generators import SchemaGenerator
from drf_spectacular.validation import validate_schema

from tests.architecture.urlconf import routes

ABOUT_THE_CONTRACT = {"schema", "docs"}


def shape(path: str) -> str:
    """A path without the names of its parameters and the signs of its pattern."""
    path = re.sub(r"\(\?P<\w+>[^)]*\)|<\w+:\w+>|<\w+>|\{\w+\}", "*", path)
    return re.sub(r"[\^$\\?]|\.\[a-z0-9\]\+|/+$", "", path).replace("//", "/")


def test_the_contract_is_valid_and_generated_without_a_warning():
    GENERATOR_STATS.reset()

    with GENERATOR_STATS.silence():
        schema = SchemaGenerator().get_schema(public=True)

    validate_schema(schema)
    assert schema["openapi"].startswith("3.1")
    assert [*GENERATOR_STATS._warn_cache, *GENERATOR_STATS._error_cache] == []


def test_every_route_of_the_api_is_in_the_contract():
    documented = {shape(path) for path in SchemaGenerator().get_schema(public=True)["paths"]}
    offered = {
        shape(route.pattern)
        for route in routes()
        if route.pattern.startswith("/api/")
        and route.key not in ABOUT_THE_CONTRACT
        and "format" not in route.pattern
    }

    assert offered - documented == set()
    assert documented - offered == set()
