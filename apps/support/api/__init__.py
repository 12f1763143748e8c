"""The help desk over the API."""
