"""The partitions of tables that grow, on PostgreSQL: made ahead, dropped when all is old."""
