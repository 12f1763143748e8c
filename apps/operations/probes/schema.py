"""The health paths in the API's description: plain views, which nobody else describes."""

from __future__ import annotations

from typing import Any

from apps.operations.urls import PROBES

STATUS = {"type": "string", "enum": ["healthy", "unhealthy"]}
MORE: dict[str, dict[str, Any]] = {
    "health": {
        "message": {"type": "string"},
        "timestamp": {"type": "string", "format": "date-time"},
    },
    "health_database": {
        "connections": {"type": ["integer", "null"]},
        "query_time": {"type": ["number", "null"], "description": "Seconds."},
    },
    "health_auth": {"jwt_valid": {"type": "boolean"}},
}


def add_health(result: dict[str, Any], **_kwargs: Any) -> dict[str, Any]:
    """Add the paths; a hook of drf-spectacular."""
    for address, name, probe in PROBES:
        if name in MORE:
            result["paths"][f"/{address}"] = {"get": _operation(name, str(probe.__doc__))}
    result["paths"] = dict(sorted(result["paths"].items()))
    return result


def _operation(name: str, described: str) -> dict[str, Any]:
    properties = {"status": STATUS, **MORE[name]}
    body = {"type": "object", "properties": properties, "required": list(properties)}
    content = {"application/json": {"schema": body}}
    return {
        "operationId": name,
        "description": described,
        "tags": ["health"],
        "security": [],
        "responses": {
            "200": {"description": "Healthy.", "content": content},
            "503": {"description": "Unhealthy.", "content": content},
        },
    }
