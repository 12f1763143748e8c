"""Pages of the help centre in the workspace."""

from django.urls import path

from apps.support.views import centre, issue, knowledge, reporting, runbooks, training, voices

app_name = "support"
urlpatterns = [
    path("help", centre.home, name="home"),
    path("help/report", reporting.report, name="report"),
    path("help/issues", centre.issues, name="issues"),
    path("help/issues/<int:pk>", issue.show, name="issue"),
    path("help/issues/<int:pk>/move/<slug:name>", issue.move, name="move"),
    path("help/issues/<int:pk>/assign", issue.assign, name="assign"),
    path("help/issues/<int:pk>/comments", issue.comment, name="comment"),
    path("help/issues/<int:pk>/attachments", issue.attach, name="attach"),
    path("help/feedback", voices.feedback, name="feedback"),
    path("help/survey", voices.survey, name="survey"),
    path("help/surveys/<int:pk>/result", voices.survey_result, name="survey_result"),
    path("help/training", training.overview, name="training"),
    path("help/training/<int:pk>", training.quiz, name="quiz"),
    path("help/articles", knowledge.search, name="search"),
    path("help/articles/<slug:slug>", knowledge.article, name="article"),
    path("help/runbooks", runbooks.overview, name="runbooks"),
    path("help/runbooks/<slug:slug>", runbooks.show, name="runbook"),
]
