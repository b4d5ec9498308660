"""`config.toml` and the environment: strict settings, and errors with file and line."""
