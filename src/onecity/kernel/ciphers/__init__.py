"""Commercial cryptography of China: SM2, SM3, SM4, and the form in which secrets are stored.

SM3 and SM4 run in OpenSSL through `cryptography`. A real evaluation (密评) demands a certified module: these functions
are the seam where one is put in.
"""
