"""Walks through the product in a browser."""
