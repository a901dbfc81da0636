"""Electricity, water, gas and heat: readings, losses, prices, bills, abnormal use."""
