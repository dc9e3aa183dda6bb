"""The scoring layer's writes: imports of operations data, decisions on errors."""
