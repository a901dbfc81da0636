"""What holds for subscriptions: conditions, what events look like, how they are signed, when they are tried again."""
