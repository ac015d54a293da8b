"""What the tests stand on: a PostgreSQL, a mail server and a browser of their own (测试支撑)."""
