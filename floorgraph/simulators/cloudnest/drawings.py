"""Drawings: read, uploaded, deleted. All paths are invented, and so are bodies and answers."""

from floorgraph.simulators.cloudnest.errors import Refused
from floorgraph.simulators.cloudnest.job_reads import FILES
from floorgraph.simulators.cloudnest.multipart import form
from floorgraph.simulators.cloudnest.nesting import Drawing
from floorgraph.simulators.cloudnest.request import Ask
from floorgraph.simulators.cloudnest.unlisted_reads import unlisted

PROCESSING = 20
"""Seconds until an uploaded drawing is processed."""


def drawings(ask: Ask) -> object:
    """Drawings of jobs."""
    jobs = set(ask.batch("job_id", int))
    return [_drawing_row(ask, one) for one in ask.hall.drawings.values() if one.job in jobs]


def drawing_status(ask: Ask) -> object:
    """How far the drawings of jobs are processed: 0 waiting, 1 done."""
    jobs = set(ask.batch("job_id", int))
    return [
        {"drawing_guid": ask.guid(one.guid), "status": int(one.ready_at <= ask.hall.now), "job_id": one.job}
        for one in ask.hall.drawings.values()
        if one.job in jobs
    ]


def _drawing_row(ask: Ask, drawing: Drawing) -> dict[str, object]:
    return {
        "guid": ask.guid(drawing.guid),
        "drawing_name": drawing.name,
        "job_id": drawing.job,
        "file_url": f"{FILES}/{drawing.guid}.dxf",
    }


def upload_drawing(ask: Ask) -> object:
    """Drawings as files of a form, with `job_id`."""
    sent = form(ask.call)
    number = sent.text("job_id")
    if not number.isdigit() or not sent.files:
        raise Refused("parameter", "job_id, file")
    return [_new_drawing(ask, int(number), name) for name in sent.files]


def fetch_drawing(ask: Ask) -> object:
    """A drawing the vendor would download itself; the simulator takes the name and downloads nothing."""
    url = ask.text("url")
    return _new_drawing(ask, ask.number("job_id"), url.rstrip("/").rpartition("/")[2])


def _new_drawing(ask: Ask, job: int, name: str) -> dict[str, object]:
    ask.job(job)
    drawing = Drawing(
        guid=ask.hall.guid("drawing"), job=job, name=name, ready_at=int(ask.hall.now) + PROCESSING
    )
    ask.hall.drawings[drawing.guid] = drawing
    return {"guid": ask.guid(drawing.guid), "drawing_name": name}


def delete_drawing(ask: Ask) -> object:
    """A drawing that is neither being processed nor used by a part."""
    drawing = _drawing(ask)
    used = any(part.drawing_guid == drawing.guid for part in ask.hall.parts.values())
    if used or drawing.ready_at > ask.hall.now:
        raise Refused("in-use", drawing.name)
    del ask.hall.drawings[drawing.guid]
    return None


def force_delete_drawing(ask: Ask) -> object:
    """A drawing, whoever uses it."""
    del ask.hall.drawings[_drawing(ask).guid]
    return None


def _drawing(ask: Ask) -> Drawing:
    drawing = ask.hall.drawings.get(ask.text("guid").lower())
    if drawing is None:
        raise Refused("not-found", "drawing")
    return drawing


ENDPOINTS = (
    unlisted("drawings", "drawing/query", drawings),
    unlisted("drawing_status", "job/drawing_status", drawing_status),
    unlisted("upload_drawing", "drawing/upload", upload_drawing),
    unlisted("fetch_drawing", "drawing/fetch", fetch_drawing),
    unlisted("force_delete_drawing", "drawing/force_delete", force_delete_drawing),
    unlisted("delete_drawing", "drawing/delete", delete_drawing),
)
