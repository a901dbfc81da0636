"""Images written anew: upright, in sRGB, without EXIF, position, comments or anything else that rode along.

What is kept is therefore not the camera's file but its picture. That is on purpose: a photo's position and time are
taken from the case it belongs to, and a picture that was decoded and encoded again carries no second content.
"""

import io
import struct
import threading
import zlib
from dataclasses import dataclass
from typing import Final

from PIL import Image, ImageCms, ImageOps

from onecity.kernel.errors import Invalid
from onecity.kernel.text import zh
from onecity.platform.documents.rules.content import FileContentRefused
from onecity.platform.documents.rules.kinds import Kind
from onecity.platform.documents.rules.limits import Limits

QUALITY: Final = 90
THUMBNAIL_QUALITY: Final = 80
_FORMATS: Final = {"jpeg": "JPEG", "png": "PNG", "webp": "WEBP"}
_PLAIN_MODES: Final = {"JPEG": ("RGB", "L"), "PNG": ("RGB", "RGBA", "L", "LA", "1"), "WEBP": ("RGB", "RGBA")}
_DAMAGE: Final = (
    OSError, ValueError, SyntaxError, EOFError, IndexError, TypeError, KeyError, struct.error, zlib.error, MemoryError,
    Image.DecompressionBombError, Image.DecompressionBombWarning,
)  # fmt: skip
# Decoded pictures are large: no more than this many at a time in one process.
_turn = threading.BoundedSemaphore(2)


class ImageTooLarge(Invalid):
    """The image has more pixels than are decoded."""

    code = "image_too_large"
    message = zh("图片“{name}”的像素过多，请缩小到 {megapixels} 百万像素以内再上传")


@dataclass(frozen=True, slots=True)
class Picture:
    """An image ready to be stored, with its thumbnail (WebP)."""

    content: bytes
    thumbnail: bytes
    width: int
    height: int


def clean_picture(content: bytes, *, kind: Kind, name: str, limits: Limits) -> Picture:
    """Decode an image and write it anew in the same format; moving pictures keep their first frame.

    Raises: ImageTooLarge by its stated size, before anything is decoded; FileContentRefused if it cannot be decoded
        whole.
    """
    form = _FORMATS[kind.code]
    with _turn:
        try:
            with Image.open(io.BytesIO(content), formats=[form]) as opened:
                if opened.width * opened.height > limits.most_pixels:
                    raise _too_large(name, limits)
                picture = _plain(_in_srgb(ImageOps.exif_transpose(opened)), form)
            return _written(picture, form, limits)
        except (Image.DecompressionBombError, Image.DecompressionBombWarning):
            raise _too_large(name, limits) from None
        except _DAMAGE:
            raise FileContentRefused(params={"name": name}) from None


def _too_large(name: str, limits: Limits) -> ImageTooLarge:
    return ImageTooLarge(params={"name": name, "megapixels": limits.most_pixels // 1_000_000})


def _in_srgb(picture: Image.Image) -> Image.Image:
    profile = picture.info.get("icc_profile")
    if not profile or picture.mode not in {"RGB", "RGBA", "CMYK"}:
        return picture
    try:
        wanted = "RGBA" if picture.mode == "RGBA" else "RGB"
        source = ImageCms.ImageCmsProfile(io.BytesIO(profile))
        converted = ImageCms.profileToProfile(picture, source, ImageCms.createProfile("sRGB"), outputMode=wanted)
    except (ImageCms.PyCMSError, OSError):
        return picture
    return converted if converted is not None else picture


def _plain(picture: Image.Image, form: str) -> Image.Image:
    """Return the bare pixels in a mode that the format can hold; nothing of the picture's notes is copied."""
    if "transparency" in picture.info and form != "JPEG":
        picture = picture.convert("RGBA")
    modes = _PLAIN_MODES[form]
    if picture.mode not in modes:
        clear = picture.mode in {"LA", "PA", "RGBA"} and "RGBA" in modes
        picture = picture.convert("RGBA" if clear else "RGB")
    bare = picture.copy()
    bare.info = {}
    return bare


def _written(picture: Image.Image, form: str, limits: Limits) -> Picture:
    full = io.BytesIO()
    options: dict[str, object] = {"optimize": True} if form == "PNG" else {"quality": QUALITY}
    picture.save(full, form, **options)
    small = picture.convert("RGBA" if picture.mode in {"RGBA", "LA"} else "RGB")
    small.thumbnail((limits.thumbnail_side, limits.thumbnail_side))
    small.info = {}
    thumbnail = io.BytesIO()
    small.save(thumbnail, "WEBP", quality=THUMBNAIL_QUALITY)
    return Picture(full.getvalue(), thumbnail.getvalue(), picture.width, picture.height)
