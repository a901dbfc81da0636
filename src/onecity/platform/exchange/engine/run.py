"""Carries out a plan: reads, holds the limits, maps, checks, lands, applies and reconciles, exactly once."""
