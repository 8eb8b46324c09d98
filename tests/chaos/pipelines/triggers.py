"""The texts that make `en_poisonable` harm its process."""

CRASH, HANG, EXHAUST_MEMORY = "poison: crash the worker", "poison: hang the worker", "poison: eat all memory"
