"""The queue of inputs in PostgreSQL: enqueue, lease, process, record one outcome each."""
