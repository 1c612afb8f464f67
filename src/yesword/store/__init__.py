"""The only place that knows SQL and the ORM: tables, named queries, sealing and keys."""
