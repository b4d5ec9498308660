"""The rendered edition: templates, merge tags, checks."""
