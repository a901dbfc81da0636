"""Writers of connections, flows, runs, refused rows and receipts."""
