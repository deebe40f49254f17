"""Files over HTTP."""

import json
from collections.abc import Mapping
from typing import Any

from django.http import HttpResponse
from rest_framework.renderers import BaseRenderer

from registry import files
from registry.models import StoredFile
from registry.queries.stored_files import headers_of


class AsItIs(BaseRenderer):
    """Files are answered as they are, whatever is accepted; a refusal is a problem document as everywhere."""

    media_type = "*/*"
    format = "file"

    def render(
        self,
        data: Any,
        accepted_media_type: str | None = None,
        renderer_context: Mapping[str, Any] | None = None,
    ) -> bytes:
        return json.dumps(data).encode()


def send_file(row: StoredFile) -> HttpResponse:
    """What somebody uploaded. Whoever asks may have it: that is asked before."""
    return HttpResponse(files.read(row.sha256), headers=headers_of(row))
