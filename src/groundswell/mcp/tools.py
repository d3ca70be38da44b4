"""What an assistant can ask: the questions of the API as tools, and `import`.

Names, descriptions and parameters are those that `groundswell.api.questions` declares, and so are the answers. A tool adds two
things: it gives the first people of a long list and says how many more there are, and it names the fields that strangers filled.
"""

from __future__ import annotations

import inspect
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Annotated, Any, get_type_hints

from pydantic import BaseModel, ConfigDict, Field, ValidationError, create_model

from groundswell.api import QUESTIONS, Answers, Question
from groundswell.errors import UsageError
from groundswell.exports.tables import plain
from groundswell.ingest import ImportReport, import_file
from groundswell.mcp.files import readable
from groundswell.signals.findings import Progress

MOST_SHOWN = 10
"""People in an answer unless more are asked for (design choice: a person of a shortlist takes four pages, and an assistant reads all)."""
STRANGERS = frozenset(
    ("account", "actor", "bio", "called", "category", "code", "deliverable", "emails", "file", "handle", "hashtags", "label",
     "link", "location", "member", "mentions", "name", "names", "phones", "post", "post_text", "quote", "source", "sources",
     "status", "text", "topic", "topics", "url", "who", "word")
)  # fmt: skip
"""Fields that hold what came with a file, as it came: written by people outside, or by whoever made the file."""
SENTENCES = frozenset(
    ("says", "sentence", "sentences", "because", "why", "about", "unknown", "evidence", "do", "differs", "notes")
)
"""Fields with sentences of Groundswell's own that may quote a name, a handle or a word of theirs."""


@dataclass(frozen=True)
class Tool:
    """One tool: what it is called, what it takes, what it does."""

    name: str
    title: str
    says: str
    takes: type[BaseModel]
    call: Callable[[BaseModel, Progress], Any]
    lists: tuple[str, ...] = ()
    writes: bool = False


def tools_of(answers: Answers, *, allow_writes: bool, folders: Sequence[Path]) -> dict[str, Tool]:
    """Every tool by its name."""
    asking = [_of_question(question, answers) for question in QUESTIONS if question.tool]
    return {tool.name: tool for tool in (*asking, _import(answers, folders if allow_writes else None))}


def ask(tool: Tool, arguments: Mapping[str, Any], progress: Progress) -> dict[str, Any]:
    """Call a tool, and return its answer with what was left out of it and whose words it holds.

    Errors: UsageError for parameters that the tool does not take; those of the question itself.
    """
    try:
        given = tool.takes.model_validate(dict(arguments))
    except ValidationError as error:
        raise _misread(tool, error) from error
    answer = tool.call(given, progress)
    shown, left_out = _first(answer, tool.lists, getattr(given, "most", MOST_SHOWN))
    fields = set(_fields(shown))
    return {
        "answer": shown,
        "left_out": left_out,
        "strangers_wrote": sorted(fields & STRANGERS),
        "may_quote_strangers": sorted(fields & SENTENCES),
    }


def _of_question(question: Question, answers: Answers) -> Tool:
    says = f"{question.summary}. {question.says}".strip()
    extra = {"most": (Annotated[int, Field(ge=1, le=100_000)], MOST_SHOWN)} if question.lists else {}
    takes = _model(question.name, question.reads, extra)

    def call(given: BaseModel, progress: Progress) -> Any:
        if question.numbers:
            answers.table(progress)
        named = {name: getattr(given, name) for name in inspect.signature(question.reads).parameters}
        return question.answer(answers, question.reads(**named))

    return Tool(question.name, question.summary, says, takes, call, question.lists)


def _model(name: str, reads: Callable[..., Any], extra: Mapping[str, Any]) -> type[BaseModel]:
    """A question's parameters as a model: its schema is what an assistant is shown."""
    types = get_type_hints(reads, include_extras=True)
    fields: dict[str, Any] = {
        one.name: (types[one.name], ... if one.default is inspect.Parameter.empty else one.default)
        for one in inspect.signature(reads).parameters.values()
    }
    return create_model(name, __config__=ConfigDict(extra="forbid"), **fields, **extra)


class Bring(BaseModel):
    """What `import` takes."""

    model_config = ConfigDict(extra="forbid")
    files: Annotated[list[str], Field(min_length=1, max_length=100, description="Names of files, not of folders")]
    layout: Annotated[str | None, Field(description="Read them as this layout")] = None
    columns: Annotated[dict[str, str], Field(description="Which column is which field")] = {}
    constants: Annotated[dict[str, str], Field(description="Fields that the files lack")] = {}
    dry_run: Annotated[bool, Field(description="Say what would happen; change nothing")] = False


def _import(answers: Answers, folders: Sequence[Path] | None) -> Tool:
    def call(given: BaseModel, progress: Progress) -> Any:
        assert isinstance(given, Bring)
        if folders is None:
            raise UsageError(
                "This server only reads; nothing was brought in.",
                means="Whoever started it did not allow it to change the workspace.",
                next_step="Ask them to start `groundswell mcp --allow-writes`, or to run `groundswell import FILE`.",
            )
        paths = [readable(name, folders, answers.folder) for name in given.files]
        reports = [_brought(answers, path, given, progress) for path in paths]
        return plain([vars(report) | {"read": report.read} for report in reports])

    says = (
        "Bring files into the workspace; each becomes one import that can be undone. Every row is read, set aside with a reason, "
        "or empty, and the counts add up."
    )
    return Tool("import", "Bring files in", says, Bring, call, writes=True)


def _brought(answers: Answers, path: Path, given: Bring, progress: Progress) -> ImportReport:
    return import_file(
        answers.workspace, path, layout=given.layout, mapping=given.columns, constants=given.constants, dry_run=given.dry_run,
        progress=lambda done, total, _: progress(f"Reading {path.name}", done, total),
    )  # fmt: skip


def _misread(tool: Tool, error: ValidationError) -> UsageError:
    first = error.errors(include_url=False, include_input=False)[0]
    where = ".".join(map(str, first["loc"])) or tool.name
    known = ", ".join(tool.takes.model_fields) or "nothing"
    return UsageError(
        f"{where}: {first['msg']}.", means="The question was not understood.", next_step=f"{tool.name} takes: {known}."
    )


def _first(answer: Any, lists: Sequence[str], most: int) -> tuple[Any, dict[str, int]]:
    """The answer with its long lists cut, and how many of each were left out; "" is the answer itself."""
    if "" in lists:
        more = len(answer) - most
        return answer[:most], {"answer": more} if more > 0 else {}
    cut = {name: len(answer[name]) - most for name in lists if len(answer[name]) > most}
    return (answer | {name: answer[name][:most] for name in cut}, cut) if cut else (answer, {})


def _fields(answer: Any) -> Iterator[str]:
    """The names of all fields that hold something."""
    if isinstance(answer, dict):
        for name, value in answer.items():
            if value not in (None, "", [], {}):
                yield name
                yield from _fields(value)
    elif isinstance(answer, list):
        for one in answer:
            yield from _fields(one)
