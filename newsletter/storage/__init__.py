"""The only SQL: sends, subscribers, imports, migrations, on SQLite and PostgreSQL."""
