"""The common ground of all apps: workflow, errors, money, numbers, API and admin bases."""
