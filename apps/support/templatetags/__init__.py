"""Filters of the help centre."""
