"""Questions that wait for the office: gathered by likeness, the most asked first; linked, dismissed, taken back."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from bot.chat import Choice, File, Refusal, Reply
from bot.knowledge.exports import zipped
from bot.knowledge.judge import judge
from bot.knowledge.taught import Known
from bot.knowledge.unanswered import gather
from bot.vietnamese.fold import clean, fold
from handlers.commands import Context, command
from handlers.pages import Page, is_number, number_in, read_page
from handlers.questions import answered
from storage import lessons, questions
from storage.questions import Question

A_PAGE = 5
TOPICS_A_PAGE = 8
LIKELY_TOPICS = 4
WORDINGS_SHOWN = 6
EXPORT = "xuat"


@dataclass(frozen=True, slots=True)
class Group:
    """Wordings of one question, the most asked first, which stands for all."""

    wordings: tuple[Question, ...]

    @property
    def first(self) -> Question:
        """The wording by which the others go."""
        return self.wordings[0]

    @property
    def times(self) -> int:
        """How often it was asked in any wording."""
        return sum(wording.times for wording in self.wordings)

    @property
    def disliked(self) -> int:
        """How often an answer to it was disliked."""
        return sum(wording.disliked for wording in self.wordings)

    @property
    def last_at(self) -> datetime:
        """When it was asked last."""
        return max(wording.last_at for wording in self.wordings)


def office(context: Context) -> int:
    """The person, who must be of the office; refuses everybody else."""
    if not context.me.has("office"):
        raise Refusal("access.not_your_role")
    return context.me.id


def groups(context: Context) -> list[Group]:
    """Everything that waits, gathered by likeness, the most asked first."""
    waiting = questions.waiting(context.connection)
    known = context.known
    gathered = gather([question.text for question in waiting], known.index)
    found = [Group(tuple(waiting[place] for place in sorted(group.members))) for group in gathered]
    return sorted(found, key=lambda group: (-group.times, -group.last_at.timestamp()))


def group_of(context: Context, number: int) -> Group:
    """The group that a wording waits in; alone if it has been dealt with."""
    for group in groups(context):
        if any(wording.id == number for wording in group.wordings):
            return group
    alone = questions.by_ids(context.connection, [number])
    if not alone:
        raise Refusal("conversation.old_button")
    return Group(tuple(alone))


@command("cauhoi")
def unanswered(context: Context, words: str) -> Reply:
    """The list, a page of it ("+2"), one question by its number, or the office's answers as files ("xuat").

    Its name is how people begin a question, too: with other words it is one.
    """
    listed = not words or is_number(words) or words.startswith("+") or fold(words) == EXPORT
    if not listed:
        return answered(context, words)
    office(context)
    if fold(words) == EXPORT:
        return _export(context)
    if is_number(words):
        return one(context, group_of(context, int(words)))
    page = Page.of(groups(context), read_page(words)[0], A_PAGE)
    rows = [
        {"number": at, "text": group.first.text, "times": group.times, "disliked": group.disliked}
        for at, group in enumerate(page.items, page.number * A_PAGE + 1)
    ]
    opened = [
        Choice("question", f"/cauhoi {group.first.id}", {"number": row["number"]})
        for row, group in zip(rows, page.items, strict=True)
    ]
    values = {"rows": rows, "count": page.count, "page": page.number + 1, "pages": page.last + 1}
    export = [Choice("export_answers", f"/cauhoi {EXPORT}")] if lessons.version(context.connection) else []
    return Reply("box.list", values, [opened, page.turn(lambda to: f"/cauhoi +{to}"), export], edit=True)


def one(context: Context, group: Group) -> Reply:
    """One question with its wordings, and what may be done with it."""
    known = context.known
    first = group.first
    ids = [wording.id for wording in group.wordings]
    values = {
        "wordings": [wording.text for wording in group.wordings[:WORDINGS_SHOWN]],
        "times": group.times,
        "disliked": group.disliked,
        "told": known.title(first.topic) if first.topic else None,
        "last_on": group.last_at.astimezone(context.now.tzinfo).date(),
        "waiting": len(questions.followers(context.connection, ids)),
        "state": first.state,
    }
    back = [Choice("all_questions", "/cauhoi")]
    if first.state != "open":
        return Reply("box.question", values, [[Choice("reopen", f"/molaicauhoi {first.dealt_with or first.id}")], back])
    rows = [
        [Choice("write_answer", f"/traloi {first.id}")],
        [Choice("link_topic", f"/gancauhoi {first.id}"), Choice("dismiss", f"/bocauhoi {first.id}")],
        back,
    ]
    return Reply("box.question", values, rows, edit=True)


@command("gancauhoi")
def link(context: Context, words: str) -> Reply:
    """Links a question to the topic after its number; without one offers the likely topics, with "+2" a page of all."""
    me = office(context)
    group = group_of(context, number_in(words))
    known = context.known
    chosen = words.partition(" ")[2].strip()
    if not chosen or chosen.startswith("+"):
        return _offer_topics(known, group, chosen)
    title = known.title(chosen)
    found = known.about(chosen)
    if title is None or found is None:
        raise Refusal("conversation.old_button")
    # A topic is answered by its main article; that is the one which learns the wordings.
    lessons.link(context.connection, context.now, me, group.wordings, found.articles[0])
    told = tell_who_waits(context, group, title, found.articles[0])
    rows = [[Choice("reopen", f"/molaicauhoi {group.first.id}")], [Choice("all_questions", "/cauhoi")]]
    return Reply("box.linked", {"title": title, "told": told}, rows, edit=True)


def _offer_topics(known: Known, group: Group, chosen: str) -> Reply:
    send = f"/gancauhoi {group.first.id}"
    back = [Choice("back", f"/cauhoi {group.first.id}")]
    if chosen:
        topics = sorted(known.index.topics, key=lambda topic: fold(known.index.topics[topic].title))
        page = Page.of(topics, read_page(chosen)[0], TOPICS_A_PAGE)
        rows = [*_choose(known, page.items, send), page.turn(lambda to: f"{send} +{to}"), back]
    else:
        verdict = judge(clean(group.first.text), known.index)
        likely = [known.index.articles[slug].topic for slug, _ in verdict.articles[:LIKELY_TOPICS]]
        rows = [*_choose(known, likely, send), [Choice("all_topics", f"{send} +0")], back]
    return Reply("box.which_topic", {"text": group.first.text}, rows, edit=True)


def _choose(known: Known, topics: Sequence[str], send: str) -> list[list[Choice]]:
    return [[Choice("topic", f"{send} {topic}", {"title": known.title(topic)})] for topic in topics]


def tell_who_waits(context: Context, group: Group, title: str, slug: str) -> int:
    """Tells those who wanted to know that there is an answer now; how many."""
    texts = {wording.id: wording.text for wording in group.wordings}
    waiting = questions.followers(context.connection, texts)
    for owner, question in waiting.items():
        reply = Reply(
            "questions.now_known", {"text": texts[question]}, [[Choice("topic", f"/chude {slug}", {"title": title})]]
        )
        context.tell_owner(owner, f"question:{question}:{slug}:{owner}", reply)
    questions.unfollow(context.connection, texts)
    return len(waiting)


@command("bocauhoi")
def dismiss(context: Context, words: str) -> Reply:
    """Takes a question off the list for good; it is not shown when it is asked again."""
    me = office(context)
    group = group_of(context, number_in(words))
    lessons.dismiss(context.connection, context.now, me, group.wordings)
    rows = [[Choice("reopen", f"/molaicauhoi {group.first.id}")], [Choice("all_questions", "/cauhoi")]]
    return Reply("box.dismissed", {}, rows, edit=True)


@command("molaicauhoi")
def reopen(context: Context, words: str) -> Reply:
    """Takes back what was done with a question."""
    me = office(context)
    wordings = questions.dealt_with(context.connection, number_in(words))
    if not wordings:
        raise Refusal("conversation.old_button")
    lessons.reopen(context.connection, context.now, me, wordings)
    rows = [[Choice("look_again", f"/cauhoi {wordings[0].id}")], [Choice("all_questions", "/cauhoi")]]
    return Reply("box.reopened", {}, rows, edit=True)


def _export(context: Context) -> Reply:
    learnt = lessons.learnt(context.connection)
    if not (learnt.written or learnt.phrasings):
        return Reply("box.nothing_taught")
    file = File("answers.zip", zipped(learnt), "application/zip")
    return Reply("box.exported", {"count": len(learnt.written)}, [[Choice("all_questions", "/cauhoi")]], file=file)
