"""Multipart forms as clients send them."""

from contextlib import aclosing
from email.message import Message

from starlette.datastructures import FormData
from starlette.formparsers import MultiPartParser
from starlette.requests import Request


class FormParser(MultiPartParser):
    """Starlette's parser, for which a part with `filename*=` alone (RFC 5987) is a file too.

    RFC 7578 forbids that form, so the parser passes over it, but some HTTP clients send it for names that are not
    ASCII, such as Python's requests with a urllib3 before 1.25.
    """

    def on_headers_finished(self) -> None:
        """The headers of a part are complete."""
        part = self._current_part
        if part.content_disposition is not None and b"filename*" in part.content_disposition.lower():
            part.content_disposition = _with_plain_name(part.content_disposition)
        super().on_headers_finished()


async def multipart_form(request: Request, *, max_files: int, max_fields: int) -> FormData:
    """The form of a multipart request, whose files are closed with the request. Raises MultiPartException."""
    async with aclosing(request.stream()) as stream:
        parser = FormParser(request.headers, stream, max_files=max_files, max_fields=max_fields)
        request._form = await parser.parse()
    return request._form


def _with_plain_name(disposition: bytes) -> bytes:
    """The header with the name that `filename*` encodes as a plain `filename`, if it has none."""
    header = Message()
    header["content-disposition"] = disposition.decode("latin-1")
    parameters = header.get_params(header="content-disposition") or []
    name = header.get_filename()
    if name is None or any(parameter == "filename" and isinstance(value, str) for parameter, value in parameters):
        return disposition
    quoted = name.replace("\\", r"\\").replace('"', r"\"")
    return b'%b; filename="%b"' % (disposition, quoted.encode(errors="replace"))
