"""PostgreSQL: connections, what errors mean, retries, texts it can hold, migrations."""
