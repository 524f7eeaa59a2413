"""What is remembered: learners, sessions as event logs, recordings by consent. SQLite, or a PostgreSQL server."""
