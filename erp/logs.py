"""Where the log goes and in which form."""

from __future__ import annotations

from typing import Any

from erp.operating import Operating


def config(operating: Operating, level: str) -> dict[str, Any]:
    """Give Django's LOGGING: one line per event, on the standard output."""
    return {
        "version": 1,
        "disable_existing_loggers": False,
        "formatters": {"line": {"format": "%(asctime)s %(levelname)s %(name)s %(message)s"}},
        "handlers": {"console": {"class": "logging.StreamHandler", "formatter": "line"}},
        "root": {"handlers": ["console"], "level": level},
        "loggers": {"django": {"handlers": [], "propagate": True}, "axes": {"level": "WARNING"}},
    }
