"""Figures about the running system: for Prometheus, and in the embedded store for one machine."""
