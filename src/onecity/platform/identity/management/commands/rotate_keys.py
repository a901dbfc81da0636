"""`manage rotate_keys`: turn the data keys over, or with --master the master key."""

from pathlib import Path
from typing import Any

from django.core.management.base import BaseCommand, CommandError, CommandParser

from onecity.kernel import bus, clock
from onecity.kernel.actor import system_actor
from onecity.kernel.errors import OneCityError
from onecity.kernel.text import zh
from onecity.platform.identity.services.master import replace_master_key
from onecity.platform.identity.services.rotation import JOB, draw_keys, run_reseal


class Command(BaseCommand):
    """Draws new data keys and seals all personal data anew; can be stopped and taken up again with --resume."""

    help = "轮换数据密钥并重新加密全部个人信息；--master 更换主密钥"

    def add_arguments(self, parser: CommandParser) -> None:
        """Take what to turn over, and how."""
        parser.add_argument("--resume", action="store_true", help="不生成新密钥，继续未完成的重新加密")
        parser.add_argument("--background", action="store_true", help="作为后台任务执行重新加密")
        parser.add_argument("--master", type=Path, metavar="NEWFILE", help="新的主密钥文件（32 位十六进制）")

    def handle(self, *args: Any, **options: Any) -> None:
        """Turn over."""
        actor = system_actor("rotate_keys")
        try:
            if options["master"]:
                count = replace_master_key(actor, new_file=options["master"])
                self.stdout.write(f"已用新主密钥重新包裹 {count} 个数据密钥 / wrapped {count} data keys anew")
                return
            if not options["resume"]:
                self.stdout.write("正在生成新密钥，约需 20 秒 / drawing new keys, about 20 s")
                draw_keys(actor, now=clock.real_now())
            if options["background"]:
                self.stdout.write(bus.begin(actor, code=JOB, title=zh("轮换密钥：重新加密个人信息")))
                return
            result = run_reseal(self, {})
        except OneCityError as refusal:
            raise CommandError(refusal.sentence()) from None
        for name, value in result.items():
            self.stdout.write(f"{name}: {value or 0}")

    def step(self, done: int, *, total: int = 0, note: str = "") -> None:
        """Report on the terminal; the command is its own progress."""
        self.stdout.write(f"{note}: {done:,} / {total:,}")
