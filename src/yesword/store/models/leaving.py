"""Pages of their own to which brands send people who want to leave."""

from django.db import models

from yesword.store.models.programs import Brand, Program


class LeavePage(models.Model):
    """In place of ours, for all links of a brand or of one program. The key that signs is a file."""

    brand = models.ForeignKey(Brand, on_delete=models.PROTECT)
    program = models.ForeignKey(Program, on_delete=models.PROTECT, null=True)
    url = models.CharField(max_length=300)
    created_at = models.DateTimeField(auto_now_add=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["program"], condition=models.Q(program__isnull=False), name="one_leave_page_a_program"
            ),
            models.UniqueConstraint(
                fields=["brand"], condition=models.Q(program__isnull=True), name="one_leave_page_a_brand"
            ),
        ]

    def __str__(self) -> str:
        return self.url
