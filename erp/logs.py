"""Where the log goes and in which form."""

from __future__ import annotations

from typing import Any

from erp.operating import Operating

FORMATTERS = {
    "json": {"()": "apps.common.logs.JsonFormatter"},
    "line": {"()": "apps.common.logs.LineFormatter"},
}


def config(operating: Operating, level: str) -> dict[str, Any]:
    """Give Django's LOGGING: the standard output always, a file and a syslog server when named."""
    handlers: dict[str, dict[str, Any]] = {
        "console": {"class": "logging.StreamHandler", "formatter": operating.log_format}
    }
    if operating.log_file:
        handlers["file"] = {
            "class": "logging.handlers.WatchedFileHandler",  # opened anew after logrotate
            "filename": operating.log_file,
            "formatter": operating.log_format,
            "encoding": "utf-8",
            "delay": True,
        }
    if operating.syslog:
        handlers["syslog"] = {
            "class": "apps.common.logs.PatientSysLogHandler",
            "address": address_of(operating.syslog),
            "formatter": operating.log_format,
        }
    return {
        "version": 1,
        "disable_existing_loggers": False,
        "formatters": FORMATTERS,
        "handlers": handlers,
        "root": {"handlers": list(handlers), "level": level},
        "loggers": {
            "django": {"handlers": [], "propagate": True},
            # The access line says what was refused; here only what went wrong is worth a second.
            "django.request": {"level": "ERROR"},
            "axes": {"level": "WARNING"},
        },
    }


def address_of(syslog: str) -> str | tuple[str, int]:
    """A socket in the file system as it is; host and port apart."""
    if syslog.startswith("/"):
        return syslog
    host, _colon, port = syslog.rpartition(":")
    return host.strip("[]"), int(port)
