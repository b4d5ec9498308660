"""The migrations, in order; each changes the tables from one revision to the next."""
