"""What people fill in: imports of operations data, decisions on errors."""
