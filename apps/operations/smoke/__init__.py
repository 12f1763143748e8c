"""The smoke test: real requests to a running server, by people made for it and shut afterwards."""
