"""What devices do for themselves: fetch credentials, tell of their settings, fetch firmware and say how it went."""

from typing import Final

from django.core.files.storage import default_storage
from django.http import HttpRequest, HttpResponse, StreamingHttpResponse
from django.http.response import HttpResponseBase
from ninja import Field, Schema, Status

from onecity.kernel import clock
from onecity.kernel.errors import Invalid, NotFound, NotPermitted
from onecity.kernel.text import zh
from onecity.platform.iot.operations.routing import router
from onecity.platform.iot.selectors.devices import devices_by_id
from onecity.platform.iot.services.credentials import TOKEN_MARK, token_holder
from onecity.platform.iot.services.firmware.progress import note_ended, note_loading, step_for_token
from onecity.platform.iot.services.firmware.ranges import BadRange, blocks, range_of
from onecity.platform.iot.services.firmware.signing import verification_key
from onecity.platform.iot.services.provisioning.by_key import provision
from onecity.platform.iot.services.provisioning.certificates import revoked_pem, trusted_pem
from onecity.platform.iot.services.settings import report, state_of
from onecity.web.access import SignInNeeded
from onecity.web.api import for_everyone

LARGEST_REQUEST: Final = 16_384
PEM: Final = "application/x-pem-file"


class ProvisionIn(Schema):
    """What a device shows to fetch its credentials. csr: certificate request (PEM, PKCS #10); a token without one."""

    product: str = Field(max_length=40)
    secret: str = Field(max_length=200)
    device: str = Field(max_length=64)
    csr: str = Field("", max_length=LARGEST_REQUEST)


class ProvisionOut(Schema):
    """Its credentials, shown this once."""

    device: str
    token: str
    certificate: str


class ShadowOut(Schema):
    """A device's desired and reported state; delta: what is desired and not reported so."""

    desired: dict[str, object]
    desired_version: int
    reported: dict[str, object]
    reported_version: int
    delta: dict[str, object]


class ReportedIn(Schema):
    """What a device says it is set to; null takes a setting away."""

    reported: dict[str, object]


class InstalledIn(Schema):
    """How an upgrade ended: the version that runs now, or why it could not be taken."""

    version: str = Field("", max_length=40)
    error: str = Field("", max_length=120)


@router.post("/v1/provision", response={201: ProvisionOut}, auth=for_everyone(), summary=zh("设备自行领取凭证"))
def provision_device(request: HttpRequest, given: ProvisionIn) -> Status[ProvisionOut]:
    """Give a device its token or certificate, once, by its product's key and secret."""
    found = provision(
        product_code=given.product,
        secret=given.secret,
        device_key=given.device,
        request_pem=given.csr,
        now=clock.real_now(),
        city_now=clock.city_now(),
    )
    return Status(201, ProvisionOut(device=found.device_key, token=found.token, certificate=found.certificate))


@router.get("/v1/ca.pem", auth=for_everyone(), summary=zh("设备证书的根证书"))
def authority_certificate(request: HttpRequest) -> HttpResponse:
    """Return the certificate of the devices' authority."""
    return HttpResponse(trusted_pem(clock.real_now()), content_type=PEM)


@router.get("/v1/crl.pem", auth=for_everyone(), summary=zh("设备证书的吊销列表"))
def revocations(request: HttpRequest) -> HttpResponse:
    """Return the signed list of revoked certificates."""
    return HttpResponse(revoked_pem(clock.real_now()), content_type=PEM)


@router.get("/v1/devices/{key}/shadow", response=ShadowOut, auth=for_everyone(), summary=zh("设备读取自身设置"))
def shadow(request: HttpRequest, key: str) -> ShadowOut:
    """Return a device's shadow to the device itself."""
    return _shadow(_own_id(request, key))


@router.post("/v1/devices/{key}/shadow", response=ShadowOut, auth=for_everyone(), summary=zh("设备上报自身设置"))
def report_shadow(request: HttpRequest, key: str, given: ReportedIn) -> ShadowOut:
    """Take over what a device says of itself and return what is still desired otherwise."""
    number = _own_id(request, key)
    report(number, values=given.reported, now=clock.real_now())
    return _shadow(number)


@router.post("/v1/devices/{key}/firmware", response={204: None}, auth=for_everyone(), summary=zh("设备上报升级结果"))
def installed(request: HttpRequest, key: str, given: InstalledIn) -> Status[None]:
    """Note how an upgrade ended."""
    if bool(given.version) == bool(given.error):
        raise Invalid(fields={"version": zh("填写当前版本或失败原因，二者之一")})
    note_ended(_own_id(request, key), version=given.version, error=given.error, now=clock.city_now())
    return Status(204, None)


@router.get("/v1/firmware/public-key", auth=for_everyone(), summary=zh("固件验签公钥"))
def firmware_key(request: HttpRequest) -> dict[str, str]:
    """Return the SM2 public key (04 ‖ x ‖ y, hexadecimal) with which devices verify firmware."""
    return {"algorithm": "SM2-with-SM3", "public_key": verification_key(clock.real_now()).raw.hex()}


@router.get("/v1/firmware/{firmware_id}", auth=for_everyone(), summary=zh("设备分段下载固件"))
def download(request: HttpRequest, firmware_id: int) -> HttpResponseBase:
    """Send a firmware, or the range that is asked for, to the device whose download token it shows."""
    token = request.headers.get("Authorization", "").removeprefix("Bearer ").strip()
    step = step_for_token(token)
    firmware = step.campaign.firmware
    if firmware.id != firmware_id:
        raise NotFound
    try:
        begin, end = range_of(request.headers.get("Range", ""), size=firmware.size)
    except BadRange:
        return HttpResponse(status=416, headers={"Content-Range": f"bytes */{firmware.size}"})
    now = clock.city_now()

    def sent(count: int) -> None:
        note_loading(step, begin=begin, sent=count, now=now)

    file = default_storage.open(firmware.storage_name)
    whole = (begin, end) == (0, firmware.size)
    response = StreamingHttpResponse(
        blocks(file, begin=begin, end=end, sent=sent),
        status=200 if whole else 206,
        content_type="application/octet-stream",
        headers={"Accept-Ranges": "bytes", "Content-Length": str(end - begin), "ETag": f'"{firmware.sm3}"'},
    )
    if not whole:
        response.headers["Content-Range"] = f"bytes {begin}-{end - 1}/{firmware.size}"
    return response


def _own_id(request: HttpRequest, key: str) -> int:
    """Return the device that shows its own token.

    Raises: SignInNeeded; NotPermitted for another device's token.
    """
    shown = request.headers.get("Authorization", "").removeprefix("Bearer ").strip()
    number = token_holder(shown, now=clock.real_now()) if shown.startswith(TOKEN_MARK) else None
    if number is None:
        raise SignInNeeded
    if devices_by_id([number])[0].key != key:
        raise NotPermitted(zh("该令牌不属于这台设备"))
    return number


def _shadow(device_id: int) -> ShadowOut:
    found = state_of(device_id)
    return ShadowOut(
        desired=dict(found.desired),
        desired_version=found.desired_version,
        reported=dict(found.reported),
        reported_version=found.reported_version,
        delta=dict(found.delta),
    )
