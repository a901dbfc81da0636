"""Reading connections, flows, runs, refused rows, receipts and scores; rows always within the actor's scope."""
