"""Which address leads to which page. An address never holds a number or a name."""

from django.conf import settings
from django.urls import URLPattern, URLResolver, include, path

from yesword.web import handsets
from yesword.web.console import (
    campaigns,
    composer,
    home,
    hours,
    imports,
    law_changes,
    law_pack,
    laws,
    messages,
    people,
    person,
    person_links,
    person_settling,
    programs,
    replies,
    replies_settling,
    replies_try,
    replies_words,
    shell,
    signin,
    style,
    verdicts,
)
from yesword.web.public import urls as public

# The screens of the console. The navigation shows those of `context.PLACES` that stand here.
console: list[URLPattern | URLResolver] = [
    path("", home.home, name="home"),
    path("people", people.people_list, name="people"),
    path("people/search", people.search, name="people-search"),
    path("people/<slug:contact>", person.person_page, name="person"),
    path("people/<slug:contact>/hours", hours.page, name="person-hours"),
    path("people/<slug:contact>/number", person.show_number, name="person-number"),
    path("people/<slug:contact>/receipt/<slug:key>", person.receipt, name="person-receipt"),
    path("people/<slug:contact>/receipt/<slug:key>/link", person_links.make, name="person-link"),
    path("people/<slug:contact>/links/<slug:link>/end", person_links.end, name="person-link-end"),
    path("people/<slug:contact>/stops/<slug:event>/undo", person_settling.undo, name="person-undo"),
    path("people/<slug:contact>/requests/<slug:asked>/close", person_settling.close, name="person-close"),
    path("programs", programs.programs_page, name="programs"),
    path("programs/<slug:key>", programs.program_page, name="program"),
    path("messages", messages.list_page, name="messages"),
    path("messages/<slug:message>", messages.page, name="message"),
    path("replies", replies.page, name="replies"),
    path("replies/<slug:inbound>/confirm", replies_settling.confirm, name="reply-confirm"),
    path("replies/<slug:inbound>/undo", replies_settling.undo, name="reply-undo"),
    path("replies/<slug:inbound>/stop", replies_settling.stop, name="reply-stop"),
    path("replies/<slug:inbound>/answer", replies_settling.answer, name="reply-answer"),
    path("replies/<slug:inbound>/done", replies_settling.done, name="reply-done"),
    path("replies/try", replies_try.page, name="replies-try"),
    path("replies/words", replies_words.page, name="replies-words"),
    path("campaigns", campaigns.list_page, name="campaigns"),
    path("campaigns/new", composer.new_page, name="campaign-new"),
    path("campaigns/preview", composer.preview_part, name="campaign-preview"),
    path("campaigns/<int:campaign>", campaigns.page, name="campaign"),
    path("campaigns/<int:campaign>/edit", composer.edit_page, name="campaign-edit"),
    path("campaigns/<int:campaign>/verdict", verdicts.verdict_page, name="verdict"),
    path("campaigns/<int:campaign>/verdict/count", verdicts.count_again, name="campaign-count"),
    path("campaigns/<int:campaign>/verdict/<slug:outcome>", verdicts.people_page, name="verdict-people"),
    path("campaigns/<int:campaign>/start", campaigns.start, name="campaign-start"),
    path("campaigns/<int:campaign>/pause", campaigns.pause, name="campaign-pause"),
    path("campaigns/<int:campaign>/resume", campaigns.resume, name="campaign-resume"),
    path("campaigns/<int:campaign>/cancel", campaigns.cancel, name="campaign-cancel"),
    path("law", laws.list_page, name="law"),
    path("law/changes", law_changes.changes_page, name="law-changes"),
    path("law/<slug:pack>", law_pack.pack_page, name="law-pack"),
    path("imports", imports.list_page, name="imports"),
    path("imports/<int:run>", imports.page, name="import"),
    path("imports/<int:run>/rejected", imports.rejected, name="import-rejected"),
    path("imports/<int:run>/forget", imports.forget_rejected, name="import-forget"),
    path("imports/uploads/<slug:token>", imports.upload_page, name="import-upload"),
]

urlpatterns: list[URLPattern | URLResolver] = [
    path("sign-in", signin.sign_in_page, name="sign-in"),
    path("sign-out", signin.sign_out, name="sign-out"),
    path("welcome/<str:token>", signin.welcome_page, name="welcome"),
    path("language", shell.language, name="language"),
    path("handsets", include((handsets.urlpatterns, "handsets"))),
    path("", include((public.urlpatterns, "public"))),
    path("", include((console, "console"))),
]
if settings.DEBUG:
    urlpatterns += [path("style", style.style_page, name="style")]

handler403 = shell.forbidden
handler404 = shell.not_found
handler500 = shell.broken
