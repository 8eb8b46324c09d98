"""Metrics, health endpoints, logs."""
