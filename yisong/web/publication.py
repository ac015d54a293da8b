"""What anybody may read (公示): results, and the units under key supervision."""

from __future__ import annotations

from fastapi import APIRouter, Request
from fastapi.responses import Response

from yisong.services import publication
from yisong.web.visit import hall_of

router = APIRouter()


@router.get("/public")
def public_page(request: Request, q: str = "") -> Response:
    """The page of publication; not for search engines, whose copies would outlive a removal."""
    hall = hall_of(request)
    text, on = q.strip()[:60], hall.desk.today
    with hall.desk.reading() as session:
        answer = hall.pages.plain(
            "public.html", today=on, q=text, listed=publication.listed(session, on=on), results=publication.results(session, on=on, text=text),
            months=publication.MONTHS,
        )  # fmt: skip
    answer.headers["X-Robots-Tag"] = "noindex, nofollow, noarchive"
    return answer
