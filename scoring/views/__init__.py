"""Pages of the scoring layer, one module for each room."""
