"""Day 1 of a launch: adoption, load, what went wrong, what people say."""

from __future__ import annotations

from collections.abc import Iterator

from django.db.models import Avg, Count
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from apps.operations.alerting.evaluating import State
from apps.operations.alerting.people_and_backups import active_and_trained
from apps.operations.alerting.rules import rules
from apps.operations.dashboards import business, figures
from apps.operations.dashboards.limits import limits
from apps.operations.metrics import names, reading
from apps.operations.metrics.hourly import hourly
from apps.operations.reports.watching import Found, Line, Watch, judged, none_of
from apps.support.models import Feedback, SupportIssue


def adoption(watch: Watch) -> Iterator[Found]:
    """Track user adoption and activity levels."""
    active, trained = active_and_trained(watch.span.since, watch.now)
    share = active / trained if trained else None
    name = _("trained people %(active)d of %(trained)d,") % {"active": active, "trained": trained}
    yield judged(watch, limits().tiles["active_users"], share, name, figures.percent)
    made = {
        "requisitions": figures.whole(business.created(watch.span)),
        "orders": figures.whole(business.ordered(watch.span)),
    }
    yield Found(State.GOOD, _("requisitions: %(requisitions)s, orders: %(orders)s") % made)


def load(watch: Watch) -> Iterator[Found]:
    """Monitor system performance under real load: in the busiest hour."""
    since, until = watch.span.since, watch.span.until
    metric = names.REQUEST_SECONDS
    hours = hourly([metric], since, until)[metric.name].values()
    busiest = max(hours, key=lambda sums: sums.count, default=None)
    name = _("response in the busiest hour")
    if busiest is not None:
        name = _("requests in the busiest hour: %(count)s, response") % {
            "count": figures.whole(busiest.count)
        }
    mean = busiest.average if busiest else None
    yield judged(watch, rules().metrics["response_time"], mean, name, figures.seconds)
    slow = reading.quantile(metric, 0.95, since, until)
    if slow is not None:
        yield Found(State.GOOD, _("95 %% below %(time)s") % {"time": figures.seconds(slow)})
    share = reading.average(names.HOST_CPU, since, until)
    yield judged(watch, limits().tiles["processor"], share, _("CPU"), figures.percent)


def logs(watch: Watch) -> Iterator[Found]:
    """Review application logs: what is counted of them; any occurrence is looked into."""
    since, until = watch.span.since, watch.span.until
    known = reading.count(names.REQUEST_SECONDS, since, until) > 0
    broken = reading.total(names.SERVER_ERRORS, since, until)
    silent = reading.total(names.DATABASE_FAILURES, since, until)
    said = _("requests ended with 5xx: %(errors)s, without a database: %(database)s") % {
        "errors": figures.whole(broken),
        "database": figures.whole(silent),
    }
    yield none_of(watch, broken + silent, said, known=known)
    lost = [reading.maximum(m, since, until) for m in (names.TASKS_FAILED, names.OUTBOX_FAILED)]
    found = [value for value in lost if value is not None]
    said = _("jobs or messages given up: %(count)s") % {"count": figures.whole(sum(found))}
    yield none_of(watch, sum(found), said, known=len(found) == len(lost))


def feedback_and_tickets(watch: Watch) -> Iterator[Found]:
    """Gather initial user feedback and support tickets."""
    span = watch.span
    said = Feedback.objects.filter(created_at__gte=span.since, created_at__lt=span.until)
    ratings = said.aggregate(number=Count("pk"), mean=Avg("rating"))
    name = _("remarks: %(count)s, rating") % {"count": figures.whole(ratings["number"])}
    yield judged(watch, limits().tiles["satisfaction"], ratings["mean"], name, figures.decimal)
    issues = SupportIssue.objects.filter(created_at__gte=span.since, created_at__lt=span.until)
    late = issues.filter(is_response_breached=True).count()
    figure = _("issues: %(count)s, answered too late: %(late)s") % {
        "count": figures.whole(issues.count()),
        "late": figures.whole(late),
    }
    yield none_of(watch, late, figure)


LINES = (
    Line("adoption", gettext_lazy("User adoption and activity levels"), adoption),
    Line("load", gettext_lazy("System performance under real load"), load),
    Line("logs", gettext_lazy("Application logs reviewed for issues"), logs),
    Line("feedback", gettext_lazy("User feedback and support tickets"), feedback_and_tickets),
)
