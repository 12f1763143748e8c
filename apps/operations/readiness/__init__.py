"""Readiness: each tick of the founding document, computed from what was seen."""
