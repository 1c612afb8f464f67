"""Which address takes which call. The word in a source's address is random; who calls is proven besides."""

from django.urls import URLPattern, path, re_path

from yesword.web.hooks import collecting, receiving

urlpatterns: list[URLPattern] = [
    re_path(r"^hooks/(?P<key>[A-Za-z0-9_-]{16,64})$", receiving.receive, name="receive"),
    path("api/collect/<slug:key>", collecting.collect, name="collect"),
]
