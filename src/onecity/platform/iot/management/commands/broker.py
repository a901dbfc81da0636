"""`manage broker`: write the files of this installation's MQTT broker, and become the broker."""

import os
import shutil
from pathlib import Path
from typing import Any

from django.conf import settings
from django.core.management.base import BaseCommand, CommandError, CommandParser
from django.db import connection

from onecity.kernel import clock
from onecity.platform.iot.services.broker import write_broker_files
from onecity.platform.iot.services.broker_files import CONFIGURATION, SERVER_CERTIFICATE, SERVER_KEY
from onecity.platform.iot.services.broker_papers import Secure, self_signed
from onecity.platform.iot.services.provisioning.certificates import trusted_pem


class Command(BaseCommand):
    """Replaces itself by Mosquitto, so that whoever started it watches the broker itself."""

    help = "写入MQTT代理的配置、密码和权限文件，并启动代理"

    def add_arguments(self, parser: CommandParser) -> None:
        """Take whether to stop once the files stand."""
        parser.add_argument("--only-files", action="store_true", help="只写文件，不启动")

    def handle(self, *args: Any, **options: Any) -> None:
        """Write the files and run the broker."""
        env = settings.ENV
        folder = env.broker_folder
        if folder is None:
            raise CommandError(f"{env.broker_host} 上的代理由其自身管理 / the broker there is not ours to run")
        write_broker_files(
            folder,
            host=env.broker_host,
            port=env.broker_port,
            gateway_password=env.broker_password,
            secure=self._secure(folder),
        )
        connection.close()
        if options["only_files"]:
            self.stdout.write(str(folder))
            return
        program = shutil.which("mosquitto", path=f"{os.environ.get('PATH', '')}:/usr/sbin")
        if program is None:
            raise CommandError("没有找到 mosquitto / apt-get install mosquitto")
        os.execv(program, [program, "-c", str(folder / CONFIGURATION)])  # noqa: S606  # the system's own program

    def _secure(self, folder: Path) -> Secure | None:
        """Return where devices come with TLS; None where they cannot."""
        env = settings.ENV
        if not env.mqtt_tls_port and not env.mqtt_certificate_port:
            return None
        authority = trusted_pem(clock.real_now()) if env.mqtt_certificate_port else ""
        return Secure(env.mqtt_tls_port, env.mqtt_certificate_port, *self._papers(folder), authority)

    def _papers(self, folder: Path) -> tuple[str, str]:
        """Return the city's certificate and key, else those made at the first start."""
        env = settings.ENV
        if env.mqtt_certificate is not None and env.mqtt_key is not None:
            return env.mqtt_certificate.read_text(), env.mqtt_key.read_text()
        if (folder / SERVER_CERTIFICATE).exists():
            return (folder / SERVER_CERTIFICATE).read_text(), (folder / SERVER_KEY).read_text()
        return self_signed(env.mqtt_names, now=clock.real_now())
