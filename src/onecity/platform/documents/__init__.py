"""Files with checksum, checked content and thumbnails; who holds them decides who reads them."""
