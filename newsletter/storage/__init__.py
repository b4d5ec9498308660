"""The only SQL in the house: tables, migrations, subscribers, ledger."""
