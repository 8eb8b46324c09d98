"""PostgreSQL: connections, error classes, migrations."""
