"""The engine that the services share: stages, Kafka, PostgreSQL, worker processes, logs and metrics, and no news.

``__all__`` here and in the packages names what services use. Packages other than ``stage`` list modules and do not
import them: a service imports what it uses, and a command starts without the rest.
"""

__all__ = [
    "config",
    "errors",
    "kafka",
    "observability",
    "outbox",
    "outcomes",
    "postgres",
    "records",
    "results",
    "stage",
    "workers",
]
