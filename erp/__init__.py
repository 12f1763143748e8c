"""The project: settings, routes and entry points. Business lives in apps/."""
