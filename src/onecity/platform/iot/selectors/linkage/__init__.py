"""Reading linkage rules: lists and pages, the devices a rule reaches, and what its condition sees."""
