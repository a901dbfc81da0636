"""Writers of refused rows: kept, mended, replayed, dropped, forgotten."""
