"""Your own Python functions as programs of a Throughline pipeline.

Copy this file beside throughline.yaml. It needs Python 3.8 or newer and nothing
else. A program is your function and one line more:

    # clean.py                transform: [{ command: [python3, clean.py] }]
    import throughline_mapper as mapper

    def clean(text):
        return text.lower()

    mapper.column("narrative", clean)

Each of `embed`, `embed_each`, `rows`, `column`, `frame`, `split` and `cluster` answers
the pipeline until it has no more to ask, and then returns. What is printed after the
import of this module goes to standard error. Where the function raises, the row that
did it is a dead letter (`throughline dlq`) with the type and the message of the
exception; the other rows go on. One that clusters has all rows at once: where it
raises, the themes stay as they are. To try a program by hand:

    python3 clean.py --try "SOME TEXT"
"""

from __future__ import annotations

import json
import math
import os
import sys
import traceback
from array import array
from typing import Any, Callable, Dict, Iterable, Iterator, List, NamedTuple, Optional, Sequence

__all__ = ["cluster", "column", "embed", "embed_each", "frame", "rows", "split"]

Row = Dict[str, Optional[str]]
"""The columns of a row by their names in the source; None where there is nothing."""

Message = Dict[str, Any]
"""A line of the protocol: see below."""

_USAGE_EXIT = 64
_INTERRUPTED_EXIT = 130
# Labels of the rows of a frame begin here: they can be told from the 0, 1, 2, ...
# that an index which was made anew has.
_FIRST_LABEL = 1_000_000_000


def embed(
    function: Callable[[List[str]], Any],
    question: Optional[Callable[[str], str]] = None,
) -> None:
    """Embeds with a function of a list of texts.

    It gives a vector for each text, in their order: lists of numbers, NumPy arrays,
    tensors, sparse matrices, or anything else with `tolist()`. `question` changes what
    somebody asks before it is embedded, as a notebook's search does. For embed:.
    """

    def answer(messages: Sequence[Message]) -> List[Message]:
        texts = [_asked(message, question) for message in messages]
        vectors = _as_list(function(texts))
        if len(vectors) != len(texts):
            raise ValueError(f"{len(vectors)} vectors for {len(texts)} texts")
        return [_vector(vector) for vector in vectors]

    _serve(answer, _text_to_try)


def embed_each(
    function: Callable[[str], Any],
    question: Optional[Callable[[str], str]] = None,
) -> None:
    """Embeds with a function of one text, which gives its vector. For embed:.

    `question` as of embed().
    """

    def answer(message: Message) -> Message:
        return _vector(function(_asked(message, question)))

    _serve(_one_by_one(answer), _text_to_try)


def _asked(message: Message, question: Optional[Callable[[str], str]]) -> str:
    text = _text_of(message)
    is_question = message.get("kind") == "query"
    return question(text) if question is not None and is_question else text


def rows(function: Callable[[Row], Optional[Dict[str, Any]]]) -> None:
    """Changes rows with a function of one row, for transform:.

    It gets a dict of the mapped columns and gives one back: columns that are not in
    it keep their value. None drops the row.
    """

    def answer(message: Message) -> Message:
        return _changed(function(dict(_columns_of(message))))

    _serve(_one_by_one(answer), _row_to_try)


def column(name: str, function: Callable[[str], Any]) -> None:
    """Changes one column with a function of its text, for transform:.

    Nothing (None) stays nothing, and the function is not called for it.
    """

    def answer(message: Message) -> Message:
        row = _columns_of(message)
        if name not in row:
            raise KeyError(f"there is no column {name!r} among {sorted(row)}")
        value = row[name]
        return _changed({} if value is None else {name: function(value)})

    def to_try(text: str) -> Message:
        return {"columns": {name: text}}

    _serve(_one_by_one(answer), to_try)


def frame(function: Callable[[Any], Any]) -> None:
    """Changes rows with a function of a pandas.DataFrame, for transform:.

    It gets a batch of rows of one chunk, of some hundreds at most, as texts (None
    where there is nothing), and gives the rows that are left. Rows are known by
    their index, so the function must keep it: `reset_index()` is an error. Order and
    columns that the frame did not have are not looked at. What becomes of a row must
    not depend on the other rows of its batch.
    """

    def answer(messages: Sequence[Message]) -> List[Message]:
        return _through_frame(function, [_columns_of(message) for message in messages])

    _serve(answer, _row_to_try)


def split(function: Callable[[str], Iterable[str]]) -> None:
    """Splits texts with a function that gives the pieces of one, for split:.

    Each piece stands in the text as it is; pieces come in their order and may overlap.
    """

    def answer(message: Message) -> Message:
        given = function(_text_of(message))
        if isinstance(given, str):
            raise TypeError("the function gave a text instead of a list of texts")
        passages = list(given)
        for piece in passages:
            if not isinstance(piece, str):
                raise TypeError(f"a piece is a text, not {type(piece).__name__}")
        return {"type": "row", "passages": passages}

    _serve(_one_by_one(answer), _text_to_try)


def cluster(function: Callable[[List[Dict[str, Any]]], Any]) -> None:
    """Finds themes with a function of all texts, for themes: { method: command }.

    It gets a list of rows, each a dict with a "text" and its "vector": an array of
    float32, so that numpy.array([row["vector"] for row in rows]) is the matrix. It gives
    a label of each row, in their order: a text or a whole number from 0, None or -1
    where it is in no theme of its own. A list, a NumPy array or a pandas.Series.
    """

    def answer(messages: Sequence[Message]) -> List[Message]:
        if any("vector" not in message for message in messages):
            sys.exit("this program answers texts with vectors: it belongs into themes:")
        given = [{"text": message["text"], "vector": message["vector"]} for message in messages]
        labels = _as_list(function(given), "labels")
        if len(labels) != len(given):
            raise ValueError(f"{len(labels)} labels for {len(given)} rows")
        return [{"type": "row", "label": _label(label, row)} for row, label in enumerate(labels)]

    _serve(answer, _vector_to_try, together=True)


# The protocol ------------------------------------------------------------------------
#
# JSON Lines of UTF-8, split at the byte 0x0A: rows and a `flush` come in, an answer for
# each row goes out. docs/commands.md of Throughline has it.

Answer = Callable[[Sequence[Message]], List[Message]]
"""An answer for each message of a batch, without ids. Raises what the function raises."""


def _one_by_one(answer: Callable[[Message], Message]) -> Answer:
    """The answers of a function of one row, which may raise for some."""

    def tried(message: Message) -> Message:
        try:
            return answer(message)
        except Exception as error:  # the function's own, whatever it is
            return _refused(error)

    return lambda messages: [tried(message) for message in messages]


def _serve(
    answer: Answer, to_try: Callable[[str], Message], together: bool = False
) -> None:
    """`together`: no row can be answered without the others."""
    try:
        if len(sys.argv) > 1 and sys.argv[1] == "--try":
            _try_by_hand(answer, to_try, sys.argv[2:])
        elif _is_terminal():
            sys.stderr.write(_usage() + "\n")
            sys.exit(_USAGE_EXIT)
        else:
            _answer_all(answer, _answer_together if together else _answer_batch)
    except KeyboardInterrupt:
        sys.exit(_INTERRUPTED_EXIT)


def _answer_all(
    answer: Answer, replies_to: Callable[[Answer, Sequence[Message]], Iterator[Message]]
) -> None:
    streams = _STREAMS or _take_streams()
    held: List[Message] = []
    try:
        for line in streams.requests:
            if not line.strip():
                continue
            message = json.loads(line)
            if message.get("type") == "row":
                if "vector" in message:  # an eighth of the memory of a list
                    message["vector"] = array("f", message["vector"])
                held.append(message)
            elif message.get("type") == "flush":
                for reply in replies_to(answer, held):
                    # Escapes for all but ASCII: no locale, no half of a pair, no line break.
                    data = json.dumps(reply, ensure_ascii=True, allow_nan=False)
                    streams.answers.write(data.encode("ascii") + b"\n")
                streams.answers.flush()
                held = []
    except BrokenPipeError:
        # Nobody reads. What is still held would be written again when the file is closed.
        os.dup2(os.open(os.devnull, os.O_WRONLY), streams.answers.fileno())


def _answer_batch(answer: Answer, messages: Sequence[Message]) -> Iterator[Message]:
    """Tries all together, and where that fails each by itself."""
    if not messages:
        return
    try:
        answers = answer(messages)
    except Exception as error:  # the function's own, whatever it is
        if len(messages) == 1:
            yield _addressed(_refused(error), messages[0])
            return
        for message in messages:
            yield from _answer_batch(answer, [message])
        return
    for message, one in zip(messages, answers):
        yield _addressed(one, message)


def _answer_together(answer: Answer, messages: Sequence[Message]) -> Iterator[Message]:
    """Gives up where it fails: a part of the rows would have other answers."""
    try:
        answers = answer(messages)
    except Exception as error:  # the function's own, whatever it is
        yield {"v": 1, "type": "fatal", "message": _refused(error)["message"]}
        return
    for message, one in zip(messages, answers):
        yield _addressed(one, message)


def _text_of(message: Message) -> str:
    """Ends the program where it was put into the wrong place."""
    if "text" not in message:
        sys.exit("this program answers texts, and got rows: it belongs into embed: or split:")
    return str(message["text"])


def _columns_of(message: Message) -> Row:
    """Ends the program where it was put into the wrong place."""
    if "columns" not in message:
        sys.exit("this program answers rows, and got texts: it belongs into transform:")
    columns: Row = message["columns"]
    return columns


def _addressed(answer: Message, message: Message) -> Message:
    return {"v": 1, "id": message["id"], **answer}


def _refused(error: BaseException) -> Message:
    text = "".join(traceback.format_exception_only(type(error), error)).strip()
    return {"type": "dead_letter", "code": "function_failed", "message": text + _place_of(error)}


def _place_of(error: BaseException) -> str:
    """The last line of the pipeline's own files that it passed."""
    folder = os.path.dirname(os.path.abspath(sys.argv[0] or "."))
    for step in reversed(traceback.extract_tb(error.__traceback__)):
        path = os.path.abspath(step.filename)
        if path != os.path.abspath(__file__) and os.path.dirname(path) == folder:
            return f" ({os.path.basename(path)}, line {step.lineno})"
    return ""


class _Streams(NamedTuple):
    requests: Any
    answers: Any


def _take_streams() -> _Streams:
    """Standard input and output for the protocol alone.

    From now on what the function, a library or a process of theirs prints goes to
    standard error, and who reads from standard input finds it empty.
    """
    sys.stdout.flush()
    requests = os.fdopen(os.dup(0), "rb")
    answers = os.fdopen(os.dup(1), "wb")
    nothing = os.open(os.devnull, os.O_RDONLY)
    os.dup2(nothing, 0)
    os.close(nothing)
    os.dup2(2, 1)
    sys.stdin = open(0, encoding="utf-8", closefd=False)
    sys.stdout = sys.stderr
    return _Streams(requests, answers)


# Set by the pipeline. Models are loaded, and say so, before a function is called: from
# here on nothing of that gets between the answers. Processes of the function have no part.
_STREAMS = _take_streams() if os.environ.pop("THROUGHLINE_COMMAND", "") else None


# What functions give -----------------------------------------------------------------


def _as_list(value: Any, what: str = "vectors") -> List[Any]:
    if hasattr(value, "toarray"):  # sparse
        value = value.toarray()
    if hasattr(value, "tolist"):
        value = value.tolist()
    if isinstance(value, (str, bytes, dict)) or not hasattr(value, "__iter__"):
        raise TypeError(f"the function gave no {what} but {type(value).__name__}")
    return list(value)


def _vector(value: Any) -> Message:
    """The answer with a vector; one that is none is the fault of its text alone."""
    try:
        numbers = [_number(one) for one in _as_list(value)]
    except (TypeError, ValueError) as error:
        return {"type": "dead_letter", "code": "bad_vector", "message": str(error)}
    return {"type": "row", "vector": numbers}


def _number(value: Any) -> float:
    if hasattr(value, "item"):
        value = value.item()
    if isinstance(value, (str, bytes)):
        raise TypeError(f"a vector is of numbers, not of {type(value).__name__}")
    number = float(value)
    if not math.isfinite(number):
        raise ValueError(f"the vector has a number that is not finite: {number}")
    return number


def _label(value: Any, row: int) -> Any:
    """A text, a whole number, or None where there is none, as pandas says it, too."""
    if hasattr(value, "item"):  # of NumPy
        value = value.item()
    if value is None or type(value).__name__ in ("NAType", "NaTType"):
        return None
    if isinstance(value, float):
        if value != value:  # NaN
            return None
        if value.is_integer():
            return int(value)
    if isinstance(value, bool) or not isinstance(value, (str, int)):
        raise TypeError(f"row {row}: a label is a text or a whole number, not {value!r}")
    return value


def _changed(columns: Optional[Dict[str, Any]]) -> Message:
    """The answer with columns as texts; no columns: the row is dropped."""
    if columns is None:
        return {"type": "drop"}
    if not isinstance(columns, dict):
        raise TypeError(f"the function gave {type(columns).__name__} instead of a dict or None")
    return {"type": "row", "columns": {str(name): _text(value) for name, value in columns.items()}}


def _text(value: Any) -> Optional[str]:
    """A value of a column; numbers and times as a source would have them, nothing for what is missing."""
    if type(value).__name__ in ("NAType", "NaTType"):  # of pandas
        return None
    if type(value).__name__ == "datetime64":  # of NumPy, to whose item() nanoseconds are a number
        return None if value != value else f"{str(value)[:26]}Z" if "T" in str(value) else str(value)
    if hasattr(value, "item"):  # of NumPy
        value = value.item()
    if value is None or isinstance(value, str):
        return value
    if isinstance(value, bool):
        return "true" if value else "false"
    if value != value:  # NaN of any kind
        return None
    if value in (math.inf, -math.inf):
        raise ValueError(f"a column holds no number that is not finite: {value}")
    if isinstance(value, (list, tuple, dict, set, bytes)):
        raise TypeError(f"a column holds a text, not {type(value).__name__}")
    return str(value.isoformat()) if hasattr(value, "isoformat") else str(value)


def _through_frame(function: Callable[[Any], Any], batch: Sequence[Row]) -> List[Message]:
    import pandas

    labels = range(_FIRST_LABEL, _FIRST_LABEL + len(batch))
    given = pandas.DataFrame(list(batch), index=list(labels), dtype=object)
    names = list(given.columns)
    result = function(given)
    if not isinstance(result, pandas.DataFrame):
        raise TypeError(f"the function gave {type(result).__name__} instead of a DataFrame")
    if not result.index.is_unique or not set(result.index) <= set(labels):
        raise ValueError(
            "the index of the frame has changed, and by it is known which row is which: "
            "do not call reset_index() or concat(ignore_index=True), nor repeat rows"
        )
    kept = [name for name in names if name in result.columns]
    columns = {name: _cells(result[name]) for name in kept}
    return [
        {"type": "row", "columns": {name: columns[name][label] for name in kept}}
        if label in result.index
        else {"type": "drop"}
        for label in labels
    ]


def _cells(series: Any) -> Dict[int, Optional[str]]:
    cells = zip(series.index, series.tolist(), series.isna().tolist())
    return {label: None if missing else _text(value) for label, value, missing in cells}


# By hand -----------------------------------------------------------------------------


def _usage() -> str:
    name = os.path.basename(sys.argv[0] or "program.py")
    return f'{name} is started by throughline. To try it: python3 {name} --try "SOME TEXT"'


def _is_terminal() -> bool:
    return sys.stdin is not None and sys.stdin.isatty()


def _text_to_try(text: str) -> Message:
    return {"text": text}


def _vector_to_try(text: str) -> Message:
    """A vector of how often each letter is in the text."""
    letters = "abcdefghijklmnopqrstuvwxyz"
    return {"text": text, "vector": array("f", [text.lower().count(one) for one in letters])}


def _row_to_try(text: str) -> Message:
    try:
        columns = json.loads(text)
    except ValueError:
        columns = None
    if not isinstance(columns, dict):
        sys.stderr.write("name the columns of a row: --try '{\"narrative\": \"SOME TEXT\"}'\n")
        sys.exit(_USAGE_EXIT)
    return {"columns": columns}


def _try_by_hand(
    answer: Answer, to_try: Callable[[str], Message], texts: Sequence[str]
) -> None:
    if not texts:
        sys.stderr.write(_usage() + "\n")
        sys.exit(_USAGE_EXIT)
    if hasattr(sys.stdout, "reconfigure"):
        sys.stdout.reconfigure(errors="backslashreplace")
    failed = False
    for reply in answer([to_try(text) for text in texts]):
        failed = failed or reply["type"] == "dead_letter"
        shown = dict(reply)
        if "vector" in reply:
            shown = {"type": "row", "dimension": len(reply["vector"]), **reply}
        print(json.dumps(shown, ensure_ascii=False))
    if failed:
        sys.exit(1)
