"""The rendered edition: MJML to HTML, merge tags, checks, and what mail programs make of it."""
