"""Rules of sharing: masks, days, unusual use, the chain of receipts. Pure."""
