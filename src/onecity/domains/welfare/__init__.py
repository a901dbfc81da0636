"""Welfare: verification of the economic circumstances of low-income households."""
