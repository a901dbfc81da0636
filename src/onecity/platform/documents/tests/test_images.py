"""Images: written anew, so that only the picture is left."""

import io
import zlib

import pytest
from hypothesis import given
from hypothesis import strategies as st
from PIL import Image, ImageCms
from PIL.PngImagePlugin import PngInfo

from onecity.platform.documents.rules.content import FileContentRefused
from onecity.platform.documents.rules.kinds import KINDS, kind_of_name
from onecity.platform.documents.rules.limits import Limits
from onecity.platform.documents.services.images import ImageTooLarge, Picture, clean_picture
from onecity.platform.documents.tests import samples

LIMITS = Limits()


def clean(content: bytes, name: str = "a.jpg", limits: Limits = LIMITS) -> Picture:
    return clean_picture(content, kind=kind_of_name(name), name=name, limits=limits)


def opened(content: bytes) -> Image.Image:
    image = Image.open(io.BytesIO(content))
    image.load()
    return image


def colour_at(image: Image.Image, x: float, y: float) -> str:
    red, _, blue = image.convert("RGB").getpixel((int(image.width * x), int(image.height * y)))  # type: ignore[misc]
    return "red" if red > blue else "blue"


def test_photo_loses_position_maker_and_comment() -> None:
    before = samples.photo()
    assert Image.open(io.BytesIO(before)).getexif().get_ifd(samples.POSITION_TAG)
    picture = clean(before)
    for content in (picture.content, picture.thumbnail):
        image = opened(content)
        assert not image.getexif()
        assert "comment" not in image.info
        assert b"Exif" not in content
        assert b"PhoneMaker" not in content
        assert samples.COMMENT not in content


def test_turned_photo_is_stored_upright() -> None:
    picture = clean(samples.photo(orientation=6, size=(64, 48)))
    assert (picture.width, picture.height) == (48, 64)
    image = opened(picture.content)
    assert colour_at(image, 0.5, 0.1) == "red"
    assert colour_at(image, 0.5, 0.9) == "blue"


@pytest.mark.parametrize(
    ("name", "content", "form"),
    [
        ("a.jpg", samples.picture(), "JPEG"),
        ("a.jpg", samples.picture(mode="L"), "JPEG"),
        ("a.jpg", samples.picture(mode="CMYK"), "JPEG"),
        ("a.png", samples.picture("PNG", mode="RGBA"), "PNG"),
        ("a.png", samples.picture("PNG", mode="P"), "PNG"),
        ("a.png", samples.picture("PNG", mode="P", transparency=0), "PNG"),
        ("a.png", samples.picture("PNG", mode="LA"), "PNG"),
        ("a.png", samples.picture("PNG", mode="1"), "PNG"),
        ("a.png", samples.picture("PNG", mode="I;16"), "PNG"),
        ("a.webp", samples.picture("WEBP"), "WEBP"),
        ("a.webp", samples.picture("WEBP", mode="RGBA", lossless=True), "WEBP"),
    ],
)
def test_every_format_and_mode_stays_a_picture_of_its_format(name: str, content: bytes, form: str) -> None:
    picture = clean(content, name)
    assert opened(picture.content).format == form
    assert opened(picture.thumbnail).format == "WEBP"
    assert (picture.width, picture.height) == (64, 48)


def test_transparency_is_kept() -> None:
    buffer = io.BytesIO()
    Image.new("RGBA", (8, 8), (255, 0, 0, 0)).quantize().save(buffer, "PNG")
    assert Image.open(buffer).mode == "P"
    image = opened(clean(buffer.getvalue(), "a.png").content)
    assert image.mode == "RGBA"
    assert image.getchannel("A").getextrema() == (0, 0)


def test_text_hidden_in_a_png_is_lost() -> None:
    buffer = io.BytesIO()
    notes = PngInfo()
    notes.add_text("Location", "43.8868 N")
    Image.new("RGB", (8, 8)).save(buffer, "PNG", pnginfo=notes)
    assert b"Location" in buffer.getvalue()
    assert b"Location" not in clean(buffer.getvalue(), "a.png").content


def test_what_is_appended_to_an_image_is_lost() -> None:
    hidden = samples.package("evil.js")
    picture = clean(samples.picture("PNG") + hidden, "a.png")
    assert hidden not in picture.content
    assert b"PK\x03\x04" not in picture.content


def test_moving_picture_keeps_its_first_frame() -> None:
    buffer = io.BytesIO()
    frames = [Image.new("RGB", (16, 16), colour) for colour in ("red", "green", "blue")]
    frames[0].save(buffer, "WEBP", save_all=True, append_images=frames[1:], lossless=True)
    image = opened(clean(buffer.getvalue(), "a.webp").content)
    assert not getattr(image, "is_animated", False)
    assert colour_at(image, 0.5, 0.5) == "red"


def test_colours_of_another_profile_are_brought_into_srgb() -> None:
    lab = ImageCms.ImageCmsProfile(ImageCms.createProfile("sRGB")).tobytes()
    picture = clean(samples.picture(icc_profile=lab))
    assert "icc_profile" not in opened(picture.content).info


def test_broken_colour_profile_is_left_aside() -> None:
    picture = clean(samples.picture(icc_profile=b"no profile at all"))
    assert "icc_profile" not in opened(picture.content).info


def test_colour_profile_of_a_grey_picture_is_left_aside() -> None:
    srgb = ImageCms.ImageCmsProfile(ImageCms.createProfile("sRGB")).tobytes()
    assert opened(clean(samples.picture(mode="L", icc_profile=srgb)).content).mode == "L"


@pytest.mark.parametrize("size", [(2000, 1000), (1000, 2000), (100, 50)])
def test_thumbnail_is_bounded_and_never_enlarged(size: tuple[int, int]) -> None:
    image = opened(clean(samples.picture(size=size)).thumbnail)
    assert max(image.size) == min(max(size), LIMITS.thumbnail_side)


def test_image_beyond_the_pixel_limit_is_refused_by_its_stated_size() -> None:
    with pytest.raises(ImageTooLarge, match="百万像素"):
        clean(samples.picture(size=(300, 200)), limits=Limits(most_pixels=50_000))


@pytest.mark.parametrize("side", [10_000, 60_000])
def test_image_bomb_is_refused_before_it_is_decoded(side: int) -> None:
    """A PNG of a few hundred bytes that claims 100 million or 3.6 thousand million pixels."""
    whole = bytearray(samples.picture("PNG"))
    whole[16:24] = side.to_bytes(4, "big") * 2
    whole[29:33] = zlib.crc32(bytes(whole[12:29])).to_bytes(4, "big")
    with pytest.raises(ImageTooLarge):
        clean(bytes(whole), "a.png")


@pytest.mark.parametrize("cut", [10, 100, 300])
def test_cut_image_is_refused(cut: int) -> None:
    with pytest.raises(FileContentRefused):
        clean(samples.picture()[:-cut])


def test_image_of_another_format_is_refused() -> None:
    with pytest.raises(FileContentRefused):
        clean(samples.picture("PNG"), "a.jpg")
    with pytest.raises(FileContentRefused):
        clean(samples.picture("GIF"), "a.png")


@given(st.data())
def test_damaged_image_is_judged_without_another_error(data: st.DataObject) -> None:
    form = data.draw(st.sampled_from(["JPEG", "PNG", "WEBP"]))
    whole = bytearray(samples.picture(form, size=(16, 16)))
    for _ in range(data.draw(st.integers(1, 6))):
        whole[data.draw(st.integers(0, len(whole) - 1))] = data.draw(st.integers(0, 255))
    kind = next(kind for kind in KINDS if kind.code == form.lower())
    try:
        picture = clean_picture(bytes(whole), kind=kind, name="a", limits=Limits(most_pixels=100_000))
    except (FileContentRefused, ImageTooLarge):
        return
    assert opened(picture.content).format == form
