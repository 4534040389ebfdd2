from django.urls import include, path

from . import views

fhir = [
    path("R4/metadata", views.MetadataView.as_view(), name="metadata"),
    path("R4/Binary/<str:name>", views.BinaryView.as_view(), name="binary"),
    path("R4/<str:type>", views.SearchView.as_view(), name="search"),
    path("R4/<str:type>/_search", views.PostSearchView.as_view(), name="search-by-post"),
    path("R4/<str:type>/<str:name>", views.ReadView.as_view(), name="read"),
    path("", views.UnknownView.as_view(), name="nothing"),
    path("<path:rest>", views.UnknownView.as_view(), name="unknown"),
]

urlpatterns = [path("fhir/", include((fhir, "fhir")))]
