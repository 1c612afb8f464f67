"""Which address takes which call. The word in a source's address is random; who calls is proven besides."""

from django.urls import URLPattern, path, re_path

from yesword.web.hooks import carriers, collecting, receiving

urlpatterns: list[URLPattern] = [
    re_path(r"^hooks/(?P<key>[A-Za-z0-9_-]{16,64})$", receiving.receive, name="receive"),
    re_path(
        r"^carriers/(?P<account>[A-Za-z0-9_-]{1,40})/(?P<word>[A-Za-z0-9_-]{16,64})$",
        carriers.receive,
        name="carrier",
    ),
    path("api/collect/<slug:key>", collecting.collect, name="collect"),
]
