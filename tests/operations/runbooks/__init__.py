"""Runbooks followed: a fault, the commands of its page and no others, and the service is back."""
