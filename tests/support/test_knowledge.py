"""Articles: fifty questions lead to the right page, and everybody finds what they may read."""

from __future__ import annotations

import re

import pytest
from django.urls import reverse

from apps.support.services import articles, knowledge, runbooks
from apps.support.views.knowledge import address_of
from tests.factories import make_user

SEARCH = "support:search"
EVERYTHING = (*articles.SLUGS, *runbooks.SLUGS)
ENGLISH = (
    ("how do I withdraw a requisition", "engineer"),
    ("paste rows from a spreadsheet", "engineer"),
    ("copy to a new draft", "engineer"),
    ("who will decide before I submit", "engineer"),
    ("lost connection while typing", "engineer"),
    ("watch a requisition of a colleague", "engineer"),
    ("free text line without an item", "engineer"),
    ("ask the requester a question before deciding", "approver"),
    ("reject single lines", "approver"),
    ("somebody stands in for me while I am on holiday", "approver"),
    ("convert lines to purchase orders", "procurement"),
    ("put an order on hold", "procurement"),
    ("supplier bank account confirmed by a second person", "procurement"),
    ("price breaks and validity", "procurement"),
    ("import a csv with column mapping", "import"),
    ("what happens to a row that cannot be read", "import"),
    ("who changed this record", "auditor"),
    ("give a role to a new person", "admin"),
    ("approval rules with tiers", "admin"),
    ("JWT token over the API", "api"),
    ("restore a backup", "restore"),
    ("disk is full", "disk"),
    ("nobody can log in", "login-failure"),
    ("install on Debian", "install"),
    ("change a threshold of an alert", "monitoring"),
)
CHINESE = (
    ("如何撤回申请", "engineer"),
    ("从电子表格粘贴多行", "engineer"),
    ("复制为新草稿", "engineer"),
    ("由谁审批", "engineer"),
    ("断线后内容还在吗", "engineer"),
    ("目录里没有的物料", "engineer"),
    ("取消申请", "engineer"),
    ("退回修改", "approver"),
    ("按行拒绝", "approver"),
    ("代理审批 不在岗", "approver"),
    ("转成采购订单", "procurement"),
    ("暂停订单", "procurement"),
    ("供应商银行账户确认", "procurement"),
    ("价格有效期和阶梯价", "procurement"),
    ("导入 CSV 列映射", "import"),
    ("无法读取的行怎么处理", "import"),
    ("审计记录 谁做了修改", "auditor"),
    ("给新员工分配角色", "admin"),
    ("审批规则 金额", "admin"),
    ("API 令牌", "api"),
    ("恢复备份", "restore"),
    ("磁盘已满", "disk"),
    ("无法登录", "login-failure"),
    ("安装到 Debian", "install"),
    ("修改告警阈值", "monitoring"),
)


@pytest.mark.parametrize(
    ("language", "questions"), [("en", ENGLISH), ("zh-hans", CHINESE)], ids=["en", "zh"]
)
def test_the_right_page_is_among_the_first_three(language, questions):
    """The bar of the operations contract: nine of ten."""
    assert len(questions) == 25
    missed = {}
    for text, wanted in questions:
        hits = knowledge.search(text, slugs=EVERYTHING, language=language, limit=3)
        found = [hit.section.slug for hit in hits]
        if wanted not in found:
            missed[text] = found

    assert len(missed) <= 2, missed


@pytest.mark.parametrize("text", ["zzzz", "?!", "", "\u200b", "龘龘龘"])
def test_what_nobody_wrote_about_is_not_found(text):
    for language in ("en", "zh-hans"):
        assert knowledge.search(text, slugs=EVERYTHING, language=language) == []


def test_forms_of_a_word_and_widths_of_a_character_are_one():
    assert list(knowledge.tokens("Returned RETURNS ＡＰＩ")) == ["return", "return", "api"]
    assert list(knowledge.tokens("撤回申请")) == ["撤回", "回申", "申请"]


def test_both_languages_have_the_same_articles_and_sections():
    shapes = {
        folder: [(part.slug, part.place) for part in articles.sections(folder)]
        for folder in ("en", "zh")
    }

    assert shapes["en"] == shapes["zh"]
    assert {slug for slug, _place in shapes["en"]} == set(EVERYTHING)


@pytest.mark.django_db
@pytest.mark.parametrize("language", ["en", "zh-hans"])
def test_every_answer_leads_to_its_place(client, language):
    client.force_login(make_user("operator", "ops", language=language))

    for part in articles.sections(runbooks.folder_of(language)):
        page = client.get(address_of(part.slug)).content.decode()
        assert not part.place or f'id="{part.place}"' in page, part
        for link in re.findall(r'<div class="panel-body prose">.*?</section>', page, re.DOTALL):
            assert ".md" not in "".join(re.findall(r'href="([^"]*)"', link)), part.slug


def test_what_is_shown_begins_and_ends_between_words():
    text = knowledge.search("restore", slugs=["upgrade"], language="en")[0]

    assert text.found.lower() == "restore"
    for part in (text.before.removeprefix("… "), text.after.removesuffix(" …")):
        assert part.strip() in text.section.text
    words = set(text.section.text.split())
    assert set(text.before.removeprefix("… ").split()) <= words
    assert set(text.after.removesuffix(" …").split()) <= words


@pytest.mark.django_db
def test_found_words_are_shown_where_they_stand(client):
    client.force_login(make_user("wang", "engineer", language="zh-hans"))

    page = client.get(reverse(SEARCH), {"q": "撤回 <script>"}).content.decode()

    assert "<mark>撤回</mark>" in page
    assert "<script>alert" not in page
    assert "&lt;script&gt;" in page
    assert f"{reverse('support:article', args=['engineer'])}#section-" in page
    nothing = client.get(reverse(SEARCH), {"q": "龘龘"}).content.decode()
    assert "没有找到相关文章" in nothing


@pytest.mark.django_db
def test_what_names_commands_is_for_those_who_run_it(client):
    client.force_login(make_user("wang", "engineer"))
    page = client.get(reverse(SEARCH), {"q": "restore a backup install"}).content.decode()
    for slug in ("install", "operator"):
        assert reverse("support:article", args=[slug]) not in page
        assert client.get(reverse("support:article", args=[slug])).status_code == 404
    assert reverse("support:runbook", args=["restore"]) not in page

    client.force_login(make_user("operator", "ops"))
    page = client.get(reverse(SEARCH), {"q": "restore a backup install"}).content.decode()
    assert reverse("support:runbook", args=["restore"]) in page
    assert client.get(reverse("support:article", args=["install"])).status_code == 200


@pytest.mark.django_db
@pytest.mark.parametrize("slug", ["nothing", "ENGINEER", "slow", "readme"])
def test_only_articles_are_found(client, slug):
    client.force_login(make_user("operator", "ops"))

    assert client.get(f"/help/articles/{slug}").status_code == 404
