"""Backups: made from one moment, sealed, proved by restoring them, and rehearsed."""
