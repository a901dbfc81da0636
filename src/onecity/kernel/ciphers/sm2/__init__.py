"""SM2: public-key signature and encryption on the 256-bit curve of GB/T 32918.5.

The kept library `gmssl` 3.2.2 multiplies points; everything around it stands here, because its own calls draw k from a
predictable generator, skip the check C3 on decryption, do not test points and ranges, know only the default
identifier and damage public keys that begin with the digits 04. Its arithmetic is pure Python and not constant in
time: a key that an attacker may time belongs into a certified module.
"""
