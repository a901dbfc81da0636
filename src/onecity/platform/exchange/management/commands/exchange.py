"""`manage exchange`: list flows, run one here and now with its progress, verify receipts."""

import sys
import time
from typing import Any, Final

from django.core.management.base import BaseCommand, CommandError, CommandParser

from onecity.kernel import clock
from onecity.kernel.errors import OneCityError
from onecity.platform.exchange.models import Flow, Run
from onecity.platform.exchange.selectors.flows.flows import FlowQuery, flows
from onecity.platform.exchange.selectors.flows.runs import pace
from onecity.platform.exchange.services.flows.carrying import carry_out
from onecity.platform.exchange.services.flows.running import SYSTEM, start_run
from onecity.platform.exchange.services.flows.upkeep import by_engine
from onecity.platform.exchange.services.flows.verifying import verify_receipts
from onecity.web.paging import LARGEST_PAGE

ROOM: Final = 100


class Terminal:
    """A run's progress as one line that writes over itself: rows, rows a second, time left."""

    def __init__(self, command: "Command", run_id: int) -> None:
        self._command, self._run_id = command, run_id
        self._shown_at = 0.0

    def step(self, done: int, *, total: int = 0, note: str = "") -> None:
        """Show how far the run is, twice a second."""
        now = time.monotonic()
        if now - self._shown_at < 0.5:
            return
        self._shown_at = now
        run = Run.objects.get(id=self._run_id)
        rate, left = pace(run)
        share = f" / {total:,}" if total else ""
        rest = f"  剩余 {left:,.0f} 秒" if left is not None else ""
        self._command.line(f"{done:,}{share} 行  {rate:,.0f} 行/秒  拒收 {run.refused:,}{rest}{note}")


class Command(BaseCommand):
    """Speaks with whoever operates the exchange from a terminal."""

    help = "数据交换：列出流程、立即运行、核验回执"

    def add_arguments(self, parser: CommandParser) -> None:
        """Take what to do."""
        actions = parser.add_subparsers(dest="action", required=True)
        actions.add_parser("list", help="列出全部流程")
        run = actions.add_parser("run", help="在本进程内运行一个流程")
        run.add_argument("flow", help="流程编码")
        receipts = actions.add_parser("receipts", help="交换回执")
        receipts.add_argument("--verify", action="store_true", required=True, help="核验全部回执")

    def handle(self, *args: Any, **options: Any) -> None:
        """Do it."""
        if options["action"] == "list":
            self._list()
        elif options["action"] == "run":
            self._run(options["flow"])
        else:
            self._verify()

    def line(self, text: str) -> None:
        """Write a line over the one before, on a terminal; nothing where nobody watches."""
        if self.stderr.isatty():
            self.stderr.write(f"\r{text:<{ROOM}}", ending="")

    def _list(self) -> None:
        query = FlowQuery(size=LARGEST_PAGE)
        while True:
            page = flows(SYSTEM, query)
            for flow in page.rows:
                last = flow.last_run
                state = Run.State(last.state).label if last else "—"
                due = f"{flow.next_due_at.astimezone(clock.CITY_ZONE):%Y-%m-%d %H:%M}" if flow.next_due_at else "—"
                self.stdout.write(f"{flow.code}\t{flow.name}\t{Flow.State(flow.state).label}\t{state}\t{due}")
            if page.next is None:
                return
            query = FlowQuery(size=LARGEST_PAGE, after=page.next)

    def _run(self, code: str) -> None:
        flow = Flow.objects.filter(code=code).first()
        if flow is None:
            raise CommandError(f"没有流程 {code}")
        try:
            run_id = start_run(SYSTEM, flow_id=flow.id, now=clock.city_now())
        except OneCityError as refusal:
            raise CommandError(refusal.sentence()) from None
        carry_out(run_id, progress=Terminal(self, run_id), engine=by_engine)
        run = Run.objects.get(id=run_id)
        self.line("")
        self.stdout.write(
            f"{Run.State(run.state).label}：读取 {run.read:,}，入库 {run.landed:,}，拒收 {run.refused:,}，"
            f"用时 {run.worked_s:.1f} 秒{'，' + run.error if run.error else ''}"
        )
        if run.state != Run.State.DONE:
            sys.exit(1)

    def _verify(self) -> None:
        verdict = verify_receipts(step=lambda done, total: self.line(f"{done:,} / {total:,}"))
        self.line("")
        self.stdout.write(f"回执 receipts: {verdict.receipts}")
        self.stdout.write(f"被改动 altered: {', '.join(map(str, verdict.altered)) or '0'}")
        self.stdout.write(f"缺失 missing: {', '.join(map(str, verdict.missing)) or '0'}")
        self.stdout.write(f"链尾 head: {'一致 fits' if verdict.head_fits else '不一致 does not fit'}")
        if not verdict.sound:
            self.stdout.write(self.style.ERROR("回执链已被破坏 / the chain of receipts is broken"))
            sys.exit(1)
        self.stdout.write(self.style.SUCCESS("回执完整 / all receipts are whole"))
