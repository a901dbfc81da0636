"""Operations of exchange in the programming interface."""
