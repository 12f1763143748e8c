"""Procurement over the API."""
