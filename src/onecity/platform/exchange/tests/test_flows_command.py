"""The terminal's commands: list, run, verify."""

from io import StringIO

import pytest
from django.core.management import CommandError, call_command

from onecity.platform.exchange.management.commands.exchange import Command, Terminal
from onecity.platform.exchange.models import Run, RunReceipt
from onecity.platform.exchange.services.flows.publishing import pause_flow
from onecity.platform.exchange.tests.departments import Department
from onecity.platform.exchange.tests.factories import NOW, ROOT, make_connection, make_flow, run_flow

pytestmark = pytest.mark.django_db


def said(*arguments: str) -> str:
    out = StringIO()
    call_command("exchange", *arguments, stdout=out, stderr=StringIO())
    return out.getvalue()


def test_list_names_every_flow_with_its_last_run(dept: Department) -> None:
    connection = make_connection(dept)
    ran, fresh = make_flow(connection), make_flow(connection, published=False)
    run_flow(ran)
    assert said("list").splitlines() == [
        f"{fresh.code}\t人口汇聚\t未发布\t—\t—",
        f"{ran.code}\t人口汇聚\t运行中\t已完成\t—",
    ]


def test_run_carries_a_flow_out_here(dept: Department) -> None:
    flow = make_flow(make_connection(dept))
    assert said("run", flow.code).startswith("已完成：读取 4，入库 4，拒收 0，用时")


def test_run_that_fails_ends_with_an_error(dept: Department) -> None:
    flow = make_flow(make_connection(dept))
    dept.execute("DROP TABLE dept.people")
    with pytest.raises(SystemExit):
        said("run", flow.code)


def test_run_of_nothing_and_of_a_paused_flow_is_refused(dept: Department) -> None:
    flow = make_flow(make_connection(dept))
    pause_flow(ROOT, flow_id=flow.id, reason="检修", now=NOW)
    with pytest.raises(CommandError, match="没有流程"):
        said("run", "nobody")
    with pytest.raises(CommandError, match="不能运行"):
        said("run", flow.code)


def test_verify_tells_a_whole_chain_from_a_broken_one(dept: Department) -> None:
    run_flow(make_flow(make_connection(dept)))
    assert "all receipts are whole" in said("receipts", "--verify")
    RunReceipt.objects.update(body="{}")
    with pytest.raises(SystemExit):
        said("receipts", "--verify")


def test_progress_line_shows_rows_rate_and_time_left(dept: Department) -> None:
    run = run_flow(make_flow(make_connection(dept)))
    Run.objects.filter(id=run.id).update(read=1_000, total=3_000, worked_s=10.0, refused=7)

    class Screen(StringIO):
        def isatty(self) -> bool:
            return True

    screen = Screen()
    terminal = Terminal(Command(stderr=screen), run.id)
    terminal.step(1_000, total=3_000)
    terminal.step(1_001, total=3_000)
    assert screen.getvalue().strip() == "1,000 / 3,000 行  100 行/秒  拒收 7  剩余 20 秒"
