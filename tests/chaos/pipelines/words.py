"""What a text says to make `en_poisonable` harm its process."""

CRASH, HANG, OVEREAT = "poison: crash the worker", "poison: hang the worker", "poison: eat all memory"
