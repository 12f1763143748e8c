"""The engineers' workspace: parse, call a service, show."""
