from django.apps import AppConfig


class ScoringConfig(AppConfig):
    name = "scoring"

    def ready(self) -> None:
        from people import audit
        from scoring.audit_words import WORDS

        audit.name_verbs(WORDS)
