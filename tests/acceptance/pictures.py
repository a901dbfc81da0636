"""Photographs for uploads: JPEG with a position inside, as phones take them."""

import io

from PIL import Image, ImageDraw


def photograph(words: str, *, colour: tuple[int, int, int] = (96, 110, 122)) -> bytes:
    """Return a JPEG of 1,200 by 900 pixels with EXIF that tells where it was taken."""
    image = Image.new("RGB", (1200, 900), colour)
    draw = ImageDraw.Draw(image)
    for step in range(0, 1200, 60):
        draw.line([(step, 900), (600 + (step - 600) // 4, 420)], fill=(140, 140, 132), width=4)
    draw.ellipse([420, 560, 780, 760], fill=(28, 30, 34), outline=(190, 180, 160), width=10)
    draw.text((40, 40), words, fill=(255, 255, 255))
    exif = Image.Exif()
    exif[0x010F] = "PhoneMaker"
    exif.get_ifd(0x8825).update({1: "N", 2: (43.0, 52.0, 0.0), 3: "E", 4: (125.0, 19.0, 0.0)})
    file = io.BytesIO()
    image.save(file, "JPEG", quality=85, exif=exif)
    return file.getvalue()
