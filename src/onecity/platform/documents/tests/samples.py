"""Small files of every kind, and some that pretend to be another."""

import io
import zipfile

from PIL import Image

POSITION_TAG, MAKER_TAG, ORIENTATION_TAG = 0x8825, 0x010F, 0x0112
COMMENT = b"shot at 43.8868 N 125.3245 E"


def picture(form: str = "JPEG", *, size: tuple[int, int] = (64, 48), mode: str = "RGB", **options: object) -> bytes:
    """Return an image whose left half is red and right half blue."""
    image = Image.new("RGB", size, (220, 20, 20))
    image.paste((20, 20, 220), (size[0] // 2, 0, size[0], size[1]))
    buffer = io.BytesIO()
    image.convert(mode).save(buffer, form, **options)
    return buffer.getvalue()


def photo(*, orientation: int = 1, size: tuple[int, int] = (64, 48)) -> bytes:
    """Return a JPEG as a phone writes it: maker, orientation, position and a comment ride along."""
    exif = Image.Exif()
    exif[MAKER_TAG] = "PhoneMaker"
    exif[ORIENTATION_TAG] = orientation
    exif[POSITION_TAG] = {1: "N", 2: (43.0, 53.0, 12.5), 3: "E", 4: (125.0, 19.0, 28.2)}
    return picture(size=size, exif=exif, comment=COMMENT)


def package(*names: str, content: str = "<part/>", encrypted: bool = False) -> bytes:
    """Return a ZIP with these entries."""
    buffer = io.BytesIO()
    with zipfile.ZipFile(buffer, "w", zipfile.ZIP_DEFLATED) as archive:
        for name in names:
            archive.writestr(name, content)
    whole = bytearray(buffer.getvalue())
    if encrypted:
        whole[6] |= 1
        at = whole.rfind(b"PK\x01\x02")
        whole[at + 8] |= 1
    return bytes(whole)


def word(*more: str) -> bytes:
    """Return a Word document."""
    return package("[Content_Types].xml", "_rels/.rels", "word/document.xml", *more)


def sheet() -> bytes:
    """Return an Excel sheet."""
    return package("[Content_Types].xml", "xl/workbook.xml")


def slides() -> bytes:
    """Return a PowerPoint presentation."""
    return package("[Content_Types].xml", "ppt/presentation.xml")


def ofd() -> bytes:
    """Return an OFD document."""
    return package("OFD.xml", "Doc_0/Document.xml")


PDF = b"%PDF-1.7\n1 0 obj\n<< /Type /Catalog >>\nendobj\ntrailer\n<< /Root 1 0 R >>\n%%EOF\n"
PROGRAM = b"MZ\x90\x00\x03\x00\x00\x00\x04\x00\x00\x00\xff\xff" + bytes(64) + b"PE\x00\x00" + bytes(200)
UNIX_PROGRAM = b"\x7fELF\x02\x01\x01" + bytes(120)
PAGE = b"<!DOCTYPE html><html><body><script>alert(1)</script></body></html>"
DRAWING = b'<svg xmlns="http://www.w3.org/2000/svg" onload="alert(1)"></svg>'
