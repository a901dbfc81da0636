"""Lines to meters that answer only when they are asked: DL/T 645 and CJ/T 188 over transparent units (DTU).

The unit dials in and says who it is; from then on the platform is the master of what hangs behind it.
"""
