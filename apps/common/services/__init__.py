"""Writes that any kind of document shares: files and comments."""
