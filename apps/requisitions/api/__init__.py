"""Requisitions over the API."""
