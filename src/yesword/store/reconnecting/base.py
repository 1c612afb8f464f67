"""PostgreSQL as Django speaks with it, but for one thing: a connection that is found to be dead is opened anew.

Django looks at its connections where a request begins. The threads of a worker have no requests: one whose server was
started again, or whose wire was cut, would be told for ever that its connection is closed.
"""

from django.db.backends.postgresql import base


class DatabaseWrapper(base.DatabaseWrapper):
    def ensure_connection(self) -> None:
        """Whoever is in a transaction still hears that it is lost, since nothing of it was done."""
        if self.connection is not None and self.connection.closed and not self.in_atomic_block:
            self.close()
        super().ensure_connection()
