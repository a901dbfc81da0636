"""Pulls service requests from the Open311 endpoints that are set; run it by a timer."""

from django.core.management.base import BaseCommand

from onecity.domains.hotline.models import Open311Endpoint
from onecity.domains.hotline.services.open311_client import EndpointSilent, pull
from onecity.kernel import clock


class Command(BaseCommand):
    """`pull_open311`: each endpoint in turn; one that is silent does not hold up the others."""

    help = "Pull service requests from all Open311 endpoints."

    def handle(self, *_: object, **__: object) -> None:
        """Pull and say what came."""
        for row in Open311Endpoint.objects.filter(is_active=True).order_by("name"):
            try:
                done = pull(row.pk, now=clock.city_now())
            except EndpointSilent as refusal:
                self.stderr.write(f"{row.name}: {refusal.template}")
                continue
            self.stdout.write(f"{row.name}: {done.taken} taken, {done.known} known, {len(done.refused)} refused")
