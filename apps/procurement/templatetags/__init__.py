"""Filters of procurement's pages."""
