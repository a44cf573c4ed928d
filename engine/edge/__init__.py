"""The outside world, one thing per file: sockets, Redis, files, the database, the clock."""
