"""`manage departments`: what departments of the demonstration run themselves: a MariaDB, a web service."""

import os
from typing import Any

from django.conf import settings
from django.core.management.base import BaseCommand, CommandError, CommandParser

from onecity.demo.departments.running import HOST, department_password, mariadb_command
from onecity.demo.departments.service import DepartmentServer


class Command(BaseCommand):
    """Becomes the server that is asked for, until it is stopped."""

    help = "运行演示部门的数据库或接口"

    def add_arguments(self, parser: CommandParser) -> None:
        """Take which one."""
        parser.add_argument("server", choices=["mariadb", "service"])

    def handle(self, *args: Any, **options: Any) -> None:
        """Run it in this process's place."""
        env = settings.ENV
        if not env.demo or not env.demo_password:
            raise CommandError("只有演示环境有部门库：ONECITY_DEMO=1，并设置 ONECITY_DEMO_PASSWORD")
        if options["server"] == "mariadb":
            command = mariadb_command(env.mariadb_folder, port=env.demo_mariadb_port, secret=env.demo_password)
            os.execv(command[0], command)  # noqa: S606  # Debian's own program, no shell
        token = department_password(env.demo_password, "service")
        with DepartmentServer((HOST, env.demo_service_port), folder=env.departments_folder, token=token) as server:
            server.serve_forever()
