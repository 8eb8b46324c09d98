"""Liveness, readiness and metrics over HTTP, on a thread of their own so that a busy event loop still answers."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Check:
    """State of one part of readiness."""

    ok: bool
    detail: str
    """One line for the operator: what it is when ``ok`` ("model en_wire 7 loaded"), what to do when not."""
