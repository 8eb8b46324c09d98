"""Metrics, health endpoints, logs."""

__all__ = ["event_loop", "health", "logs", "metrics", "outage_log"]
