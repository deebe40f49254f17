from rest_framework.pagination import CursorPagination


class ByCursor(CursorPagination):
    """Pages that neither skip nor repeat while rows come in; nothing is counted."""

    page_size = 50
    page_size_query_param = "page_size"
    max_page_size = 200
    ordering = ("-changed_at", "-id")
