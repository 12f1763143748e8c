"""Data integrity: the storage itself, keys, rules and states; each app adds checks of its own."""
