"""Firmware: packages, campaigns that bring them to devices, and the download itself."""
