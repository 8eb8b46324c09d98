"""Fetch pages over HTTP: bounded in size and time, from public addresses only, as robots.txt allows."""
