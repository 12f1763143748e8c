"""The audit on the API."""
