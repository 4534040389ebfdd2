from rest_framework.pagination import CursorPagination


class CursorPages(CursorPagination):
    """Lists as ``{next, previous, results}``; a page does not shift when rows come or go."""

    page_size = 20
    page_size_query_param = "limit"
    max_page_size = 100
    ordering = "pk"
