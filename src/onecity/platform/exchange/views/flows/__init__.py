"""Pages of connections, flows, runs, refused rows, receipts and quality."""
