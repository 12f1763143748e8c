"""The API of people: log-in, tokens, users and departments."""
