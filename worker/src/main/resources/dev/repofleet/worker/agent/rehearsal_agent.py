#!/usr/bin/env python3
"""The RepoFleet rehearsal agent: a rule-based stand-in for Claude Code. No model is used.

It keeps the command-line contract of `claude -p` (flags, stream-json, session transcript, resume,
exit codes), so that a fleet runs the same path without a key. Its findings come from a handful of
rules over the tracked files of the working directory; a follow-up that asks for a fix edits what
a rule can change safely. Python 3.8 or newer, standard library only, no network.
"""

import ast
import json
import os
import re
import signal
import subprocess
import sys
import time
import uuid
from datetime import datetime, timezone

VERSION = "1.0.0"
MODEL = "rehearsal"
NOTICE = "Rule-based rehearsal: no model was used."

MAX_FILE_BYTES = 512 * 1024
MAX_LINE_CHARS = 2000
MAX_FINDINGS = 200

SEVERITIES = ["info", "low", "medium", "high", "critical"]

# ---------------------------------------------------------------------------------------------
# Command line
# ---------------------------------------------------------------------------------------------

SWITCHES = {
    "-p", "--print", "--verbose", "--dangerously-skip-permissions", "--strict-mcp-config",
    "--include-partial-messages", "--no-session-persistence", "--fork-session", "--bare",
    "--safe-mode",
}
VALUES = {
    "--output-format", "--setting-sources", "--session-id", "--resume", "-r", "--max-turns",
    "--max-budget-usd", "--json-schema", "--append-system-prompt", "--system-prompt", "--model",
    "--fallback-model", "--effort", "--mcp-config", "--settings", "--add-dir", "--allowedTools",
    "--allowed-tools", "--disallowedTools", "--disallowed-tools", "--tools", "--permission-mode",
    "--input-format",
}


class Refused(Exception):
    """Wrong use: the message goes to stderr, nothing to stdout, exit 1."""


def parse_arguments(argv):
    options = {}
    words = []
    index = 0
    while index < len(argv):
        word = argv[index]
        index += 1
        name, equals, inline = word.partition("=")
        if word == "--":
            words.extend(argv[index:])
            break
        if not word.startswith("-") or word == "-":
            words.append(word)
        elif word in ("--version", "-v"):
            options["--version"] = True
        elif word in SWITCHES:
            options[word] = True
        elif name in VALUES:
            if equals:
                value = inline
            elif index < len(argv):
                value = argv[index]
                index += 1
            else:
                raise Refused("error: option '%s <value>' argument missing" % name)
            options["--resume" if name == "-r" else name] = value
        else:
            raise Refused("error: unknown option '%s'" % name)
    return options, words


class Request:
    """What one process is asked to do, checked."""

    def __init__(self, options, words):
        self.format = options.get("--output-format", "text")
        if self.format not in ("text", "json", "stream-json"):
            raise Refused("error: option '--output-format <format>' argument '%s' is invalid. "
                          "Allowed choices are text, json, stream-json." % self.format)
        if self.format == "stream-json" and "--verbose" not in options:
            raise Refused("Error: When using --print, --output-format=stream-json requires "
                          "--verbose")
        self.resumes = "--resume" in options
        self.forks = "--fork-session" in options
        self.session = options.get("--resume") or options.get("--session-id") or str(uuid.uuid4())
        if not is_uuid(self.session):
            raise Refused("Error: Invalid session ID. Must be a valid UUID.")
        self.persists = "--no-session-persistence" not in options
        self.max_turns = positive(options, "--max-turns", int)
        positive(options, "--max-budget-usd", float)
        self.schema = schema(options.get("--json-schema"))
        self.prompt = words[0] if words else sys.stdin.read()
        if not self.prompt.strip():
            raise Refused("Error: Input must be provided either through stdin or as a prompt "
                          "argument when using --print")


def is_uuid(text):
    return re.fullmatch(r"[0-9a-fA-F]{8}(-[0-9a-fA-F]{4}){3}-[0-9a-fA-F]{12}", text) is not None


def positive(options, name, kind):
    if name not in options:
        return None
    try:
        number = kind(options[name])
    except ValueError:
        number = 0
    if number <= 0:
        raise Refused("error: option '%s <value>' argument '%s' is invalid. It must be a number "
                      "greater than 0." % (name, options[name]))
    return number


def schema(text):
    if text is None:
        return None
    try:
        value = json.loads(text)
    except ValueError:
        raise Refused("Error: --json-schema is not valid JSON")
    if not isinstance(value, dict):
        raise Refused("Error: --json-schema must be a JSON object")
    return value


# ---------------------------------------------------------------------------------------------
# Session transcript
# ---------------------------------------------------------------------------------------------


def now():
    return datetime.now(timezone.utc).strftime("%Y-%m-%dT%H:%M:%S.%f")[:-3] + "Z"


def transcript_path(session):
    slug = re.sub(r"[^A-Za-z0-9]", "-", os.getcwd())
    home = os.environ.get("HOME") or os.path.expanduser("~")
    return os.path.join(home, ".claude", "projects", slug, session + ".jsonl")


class Transcript:
    """The session's file, one JSON object a line, appended as the run goes."""

    def __init__(self, session, persists):
        self.session = session
        self.persists = persists
        self.path = transcript_path(session)
        self.last = None

    def exists(self):
        return os.path.exists(self.path)

    def read(self):
        lines = []
        with open(self.path, encoding="utf-8") as file:
            for line in file:
                try:
                    entry = json.loads(line)
                except ValueError:
                    continue  # The last line of a killed run may be cut.
                if isinstance(entry, dict):
                    lines.append(entry)
                    self.last = entry.get("uuid", self.last)
        return lines

    def append(self, kind, message, extra=None):
        entry = {"parentUuid": self.last, "isSidechain": False, "type": kind, "message": message,
                 "uuid": str(uuid.uuid4()), "timestamp": now(), "userType": "external",
                 "cwd": os.getcwd(), "sessionId": self.session, "version": VERSION}
        entry.update(extra or {})
        self.last = entry["uuid"]
        if not self.persists:
            return
        os.makedirs(os.path.dirname(self.path), exist_ok=True)
        line = json.dumps(entry, ensure_ascii=True) + "\n"
        # A killed run may have left half a line: this one must not be glued to it.
        with open(self.path, "ab+") as file:
            if file.tell() > 0:
                file.seek(-1, os.SEEK_END)
                if file.read(1) != b"\n":
                    line = "\n" + line
            file.write(line.encode("ascii"))


class Memory:
    """What the transcript says was asked, found and answered."""

    def __init__(self, lines):
        self.scan = None
        self.reviewed = False
        self.open_prompt = None
        scans = set()
        answers = set()
        for entry in lines:
            message = entry.get("message") or {}
            content = message.get("content")
            if entry.get("type") == "user" and isinstance(content, str):
                self.open_prompt = self.open_prompt or content
            if not isinstance(content, list):
                continue
            for block in content:
                self._block(block, message, scans, answers)

    def _block(self, block, message, scans, answers):
        kind = block.get("type")
        if kind == "tool_use" and block.get("name") == "RuleScan":
            scans.add(block.get("id"))
        elif kind == "tool_use" and block.get("name") == "StructuredOutput":
            answers.add(block.get("id"))
        elif kind == "tool_result" and block.get("tool_use_id") in scans:
            try:
                self.scan = json.loads(block.get("content") or "")
            except ValueError:
                pass
        elif kind == "tool_result" and block.get("tool_use_id") in answers:
            self._ended()
        elif kind == "text" and message.get("stop_reason") == "end_turn":
            self._ended()

    def _ended(self):
        self.open_prompt = None
        self.reviewed = self.scan is not None


# ---------------------------------------------------------------------------------------------
# Output in the CLI's shape
# ---------------------------------------------------------------------------------------------


def no_usage():
    return {"input_tokens": 0, "cache_creation_input_tokens": 0, "cache_read_input_tokens": 0,
            "output_tokens": 0,
            "server_tool_use": {"web_search_requests": 0, "web_fetch_requests": 0},
            "service_tier": "standard"}


class TurnsExhausted(Exception):
    """--max-turns was reached; work so far stays."""


class Interrupted(Exception):
    """SIGINT."""


class Stream:
    """Says what happens on stdout and in the transcript."""

    def __init__(self, request, transcript):
        self.request = request
        self.transcript = transcript
        self.session = transcript.session
        self.started = time.monotonic()
        self.turns = 0
        self.structured = None

    def line(self, value):
        if self.request.format == "stream-json":
            sys.stdout.write(json.dumps(value, ensure_ascii=True) + "\n")
            sys.stdout.flush()

    def init(self):
        tools = ["Edit", "ListFiles", "RuleScan"]
        if self.request.schema is not None:
            tools.append("StructuredOutput")
        self.line({"type": "system", "subtype": "init", "cwd": os.getcwd(),
                   "session_id": self.session, "tools": tools, "mcp_servers": [],
                   "model": MODEL, "permissionMode": "bypassPermissions", "slash_commands": [],
                   "apiKeySource": "none", "claude_code_version": VERSION,
                   "output_style": "default", "agents": [], "skills": [], "plugins": [],
                   "uuid": str(uuid.uuid4())})

    def prompt(self, text):
        self.transcript.append("user", {"role": "user", "content": text})

    def say(self, text):
        """The closing text of a turn."""
        self._turn()
        self._assistant([{"type": "text", "text": text}], "end_turn")

    def call(self, text, tool, tool_input, work):
        """A tool call: `work` does it and returns its result as text."""
        self._turn()
        call_id = "toolu_" + uuid.uuid4().hex[:24]
        self._assistant([{"type": "text", "text": text},
                         {"type": "tool_use", "id": call_id, "name": tool, "input": tool_input}],
                        "tool_use")
        try:
            content, failed = work(), False
        except (OSError, ValueError) as error:
            content, failed = str(error), True
        message = {"role": "user", "content": [
            {"type": "tool_result", "tool_use_id": call_id, "content": content,
             "is_error": failed}]}
        self.transcript.append("user", message)
        self.line({"type": "user", "message": message, "parent_tool_use_id": None,
                   "session_id": self.session, "uuid": str(uuid.uuid4()), "timestamp": now()})
        return None if failed else content

    def _turn(self):
        if self.request.max_turns is not None and self.turns >= self.request.max_turns:
            raise TurnsExhausted()
        self.turns += 1

    def _assistant(self, blocks, stop_reason):
        message_id = "msg_rehearsal_" + uuid.uuid4().hex[:16]
        for block in blocks:
            message = {"id": message_id, "type": "message", "role": "assistant", "model": MODEL,
                       "content": [block], "stop_reason": stop_reason, "stop_sequence": None,
                       "usage": no_usage()}
            self.transcript.append("assistant", message)
            self.line({"type": "assistant", "message": message, "parent_tool_use_id": None,
                       "session_id": self.session, "uuid": str(uuid.uuid4())})

    def result(self, subtype, text=None, errors=None, reason="completed", turns=None):
        failed = subtype != "success"
        value = {"type": "result", "subtype": subtype, "is_error": failed,
                 "api_error_status": None,
                 "duration_ms": int((time.monotonic() - self.started) * 1000),
                 "duration_api_ms": 0, "num_turns": self.turns if turns is None else turns,
                 "stop_reason": None if failed else "end_turn", "session_id": self.session,
                 "total_cost_usd": 0, "usage": no_usage(), "modelUsage": {},
                 "permission_denials": [], "terminal_reason": reason,
                 "uuid": str(uuid.uuid4())}
        if text is not None:
            value["result"] = text
        if self.structured is not None and not failed:
            value["structured_output"] = self.structured
        if errors:
            value["errors"] = errors
        if self.request.format == "text":
            if errors:
                sys.stderr.write("\n".join(errors) + "\n")
            else:
                sys.stdout.write((text or "") + "\n")
        else:
            sys.stdout.write(json.dumps(value, ensure_ascii=True) + "\n")
        sys.stdout.flush()


# ---------------------------------------------------------------------------------------------
# Rules
# ---------------------------------------------------------------------------------------------

PYTHON = {".py"}
SCRIPT = {".js", ".mjs", ".cjs", ".ts", ".tsx", ".jsx"}
JAVA = {".java", ".kt"}
GO = {".go"}

SQL = r"(?i:\b(?:select\b.+\bfrom|insert\s+into|update\b.+\bset|delete\s+from)\b)"
# A quoted text that holds SQL; the quote is not looked for inside it.
SQL_DOUBLE = r'"(?=[^"\n]*' + SQL + r')[^"\n]*"'
SQL_SINGLE = r"'(?=[^'\n]*" + SQL + r")[^'\n]*'"
SQL_TEXT = "(?:" + SQL_DOUBLE + "|" + SQL_SINGLE + ")"
# Not a constant: constants are written in capitals.
VARIABLE = r"(?![A-Z0-9_]+\b)[A-Za-z_(]"

SECRETS = [
    ("AWS access key id", re.compile(r"(?<![A-Za-z0-9])(?:AKIA|ASIA)[A-Z2-7]{16}(?![A-Za-z0-9])")),
    ("GitHub token", re.compile(r"(?<![A-Za-z0-9])gh[pousr]_[A-Za-z0-9]{36}(?![A-Za-z0-9])")),
    ("GitHub token", re.compile(r"(?<![A-Za-z0-9])github_pat_[A-Za-z0-9_]{60,90}")),
    ("Slack token", re.compile(r"(?<![A-Za-z0-9])xox[abprs]-[0-9]{8,}-[A-Za-z0-9-]{16,}")),
    ("Stripe live key", re.compile(r"(?<![A-Za-z0-9])[sr]k_live_[A-Za-z0-9]{24,99}")),
    ("Google API key", re.compile(r"(?<![A-Za-z0-9])AIza[A-Za-z0-9_-]{35}(?![A-Za-z0-9_-])")),
    ("Anthropic API key", re.compile(r"(?<![A-Za-z0-9])sk-ant-[a-z0-9]+-[A-Za-z0-9_-]{40,}")),
]
PRIVATE_KEY = re.compile(r"-----BEGIN (?:[A-Z]+ )*PRIVATE KEY-----")
BASE64_LINE = re.compile(r"^[\s\"'+]*[A-Za-z0-9+/=]{40,}(?:\\n)?[\s\"'+;,]*$")

COMMENT = re.compile(r"^\s*(?:#|//|\*|/\*|<!--)")
TEST_PATH = re.compile(r"(?i)(?:^|/)(?:tests?|specs?|fixtures?)/|^(?:examples?|docs?)/"
                       r"|(?:^|/)test_|_test\.|\.(?:test|spec)\.")

RULES = {
    "hardcoded-secret": ("high", ["CWE-798"],
                         "Read it from the environment or a secret store, and revoke this one."),
    "sql-injection": ("high", ["CWE-89"],
                      "Pass the value as a parameter of the query, not as a part of its text."),
    "command-injection": ("high", ["CWE-78"],
                          "Start the program with a list of arguments and without a shell."),
    "insecure-deserialization": ("high", ["CWE-502"],
                                 "Use a loader that builds plain data only, such as safe_load or "
                                 "JSON."),
    "weak-crypto": ("medium", ["CWE-327", "CWE-916"],
                    "Hash passwords with a slow, salted function such as scrypt or Argon2."),
    "path-traversal": ("medium", ["CWE-22"],
                       "Resolve the path and check that it stays inside the intended folder."),
}
# The same rule under the names that plans use for it.
ALIASES = {"insecure-deserialisation": "insecure-deserialization",
           "unsafe-deserialization": "insecure-deserialization",
           "hardcoded-secrets": "hardcoded-secret", "weak-cryptography": "weak-crypto"}


class Line:
    """One line of a file with its neighbourhood."""

    def __init__(self, path, lines, index):
        self.path = path
        self.extension = os.path.splitext(path)[1].lower()
        self.lines = lines
        self.index = index
        self.text = lines[index]

    def call(self):
        """The line, and its continuation while a bracket is open: at most six lines."""
        text = self.text.strip()
        for offset in range(1, 6):
            if text.count("(") <= text.count(")") or self.index + offset >= len(self.lines):
                break
            text += " " + self.lines[self.index + offset].strip()
        return text

    def near(self, before, after):
        start = max(0, self.index - before)
        return "\n".join(self.lines[start:self.index + after + 1])


def find_secret(line):
    for name, pattern in SECRETS:
        match = pattern.search(line.text)
        if match and not is_placeholder(match.group(0)):
            return name + " in the source", "high"
    if PRIVATE_KEY.search(line.text) and line.index + 1 < len(line.lines):
        if BASE64_LINE.match(line.lines[line.index + 1]):
            return "Private key in the source", "high"
    return None


def is_placeholder(secret):
    tail = re.sub(r"^[A-Za-z]+[-_]?", "", secret) if "_" in secret or "-" in secret else secret[4:]
    word = re.search(r"(?i)example|placeholder|changeme|your|dummy|xxxx|0000|1234567|abcdefg", secret)
    return word is not None or len(set(tail)) < 8


def mask(text):
    """The text without the secrets in it, each as long as it was."""
    for _, pattern in SECRETS:
        text = pattern.sub(lambda match: match.group(0)[:4] + "*" * (len(match.group(0)) - 4), text)
    return text


PYTHON_SQL = re.compile(
    r"\.(?:execute|executemany|executescript|raw)\(\s*(?:text\(\s*)?(?:"
    r"f(?:\"(?=[^\"\n]*" + SQL + r")[^\"\n]*\{(?![A-Z0-9_]+\})[^\"\n]*\""
    r"|'(?=[^'\n]*" + SQL + r")[^'\n]*\{(?![A-Z0-9_]+\})[^'\n]*')"
    r"|" + SQL_TEXT + r"\s*(?:%\s*[A-Za-z_(]|\+\s*" + VARIABLE + r"|\.format\())")
SCRIPT_SQL = re.compile(
    r"\.(?:query|execute|raw|all|get|run|prepare)\(\s*(?:"
    r"`(?=[^`\n]*" + SQL + r")[^`\n]*\$\{(?![A-Z0-9_]+\})[^`\n]*`"
    r"|" + SQL_TEXT + r"\s*\+\s*" + VARIABLE + ")")
JAVA_SQL = re.compile(
    r"\.(?:executeQuery|executeUpdate|execute|prepareStatement|createQuery|createNativeQuery"
    r"|queryForObject|queryForList|query)\(\s*" + SQL_DOUBLE + r"\s*\+\s*" + VARIABLE)
GO_SQL = re.compile(
    r"\.(?:Query|QueryRow|Exec)(?:Context)?\((?:\w+,\s*)?(?:fmt\.Sprintf\(\s*)?" + SQL_DOUBLE
    + r"\s*(?:\+\s*" + VARIABLE + r"|,\s*\w+.*\)\))")


def find_sql(line):
    pattern = {**dict.fromkeys(PYTHON, PYTHON_SQL), **dict.fromkeys(SCRIPT, SCRIPT_SQL),
               **dict.fromkeys(JAVA, JAVA_SQL), **dict.fromkeys(GO, GO_SQL)}.get(line.extension)
    if pattern is None or "(" not in line.text:
        return None
    match = pattern.search(line.call())
    # The call begins on this line, not on one that only continues here.
    if match and match.group(0).split("(")[0] in line.text:
        return "SQL put together from text and a value", "high"
    return None


PYTHON_SHELL = re.compile(r"\bsubprocess\.(?:run|call|check_call|check_output|Popen)\(\s*(.*)")
PYTHON_SYSTEM = re.compile(r"\bos\.(?:system|popen)\(\s*(.*)")
PLAIN_TEXT = re.compile(r"[rbu]?(?:\"[^\"]*\"|'[^']*')\s*[,)]")
# Not the exec of a regular expression.
SCRIPT_EXEC = re.compile(r"(?:(?<![\w.])|child_process\.|\bcp\.)exec(?:Sync)?\(\s*(?:`[^`]*\$\{|(?:\"[^\"]*\"|'[^']*')\s*\+)")
JAVA_EXEC = re.compile(r"\.exec\(\s*(?:\"[^\"]*\"\s*\+|\w+\s*\+)")
GO_EXEC = re.compile(r"exec\.Command\(\s*\"(?:/bin/)?(?:sh|bash)\",\s*\"-c\",\s*"
                     r"(?:fmt\.Sprintf\(|\"[^\"]*\"\s*\+)")


def find_command(line):
    found = None
    if line.extension in PYTHON:
        call = line.call()
        shell = PYTHON_SHELL.search(call) if "subprocess." in line.text else None
        system = PYTHON_SYSTEM.search(line.text)
        if shell and re.search(r"\bshell\s*=\s*True\b", call):
            found = shell
        elif system:
            found = system
        if found and PLAIN_TEXT.match(found.group(1)):
            found = None
    elif line.extension in SCRIPT and "child_process" in "\n".join(line.lines):
        found = SCRIPT_EXEC.search(line.text)
    elif line.extension in JAVA and "Runtime" in line.near(2, 0):
        found = JAVA_EXEC.search(line.text)
    elif line.extension in GO:
        found = GO_EXEC.search(line.text)
    return ("Shell command put together from text and a value", "high") if found else None


UNTRUSTED = re.compile(r"request|\bbody\b|payload|recv|socket|cookie|message|upload", re.IGNORECASE)


def find_deserialization(line):
    if line.extension in PYTHON:
        if re.search(r"\byaml\.load\(", line.text) and "SafeLoader" not in line.call():
            return "yaml.load builds arbitrary objects", "high"
        pickled = re.search(r"\bpickle\.loads?\((.*)", line.call())
        if "pickle.load" in line.text and pickled and UNTRUSTED.search(pickled.group(1)):
            return "pickle of data from outside", "medium"
    if line.extension in JAVA and re.search(r"new ObjectInputStream\(", line.text):
        if UNTRUSTED.search(line.call()) or "getInputStream" in line.call():
            return "Java deserialization of data from outside", "medium"
    return None


WEAK_HASH = re.compile(r"hashlib\.(?:md5|sha1)\(|createHash\(\s*[\"'](?:md5|sha1)[\"']"
                       r"|MessageDigest\.getInstance\(\s*\"(?:MD5|SHA-?1)\"|\b(?:md5|sha1)\.(?:Sum|New)\(")


def find_weak_crypto(line):
    if WEAK_HASH.search(line.text) and "usedforsecurity=False" not in line.text:
        if re.search(r"(?i)passw(?:or)?d|passphrase", line.near(3, 3)):
            return "Password hashed with a fast, broken function", "medium"
    return None


SCRIPT_PATH = re.compile(r"\b(?:readFile|readFileSync|createReadStream|sendFile)\([^;]*"
                         r"\breq\.(?:params|query|body)\b")
PYTHON_PATH = re.compile(r"\b(?:open|send_file)\([^;]*\brequest\.(?:args|form|values|json)\b")


def find_path(line):
    pattern = SCRIPT_PATH if line.extension in SCRIPT else PYTHON_PATH
    if line.extension in SCRIPT | PYTHON and pattern.search(line.text):
        return "File path taken from a request", "medium"
    return None


FINDERS = [("hardcoded-secret", find_secret), ("sql-injection", find_sql),
           ("command-injection", find_command),
           ("insecure-deserialization", find_deserialization),
           ("weak-crypto", find_weak_crypto), ("path-traversal", find_path)]


# A line without one of these can't break a rule: most lines are passed over by one search.
HINT = re.compile(
    r"AKIA|ASIA|gh[pousr]_|github_pat_|xox[abprs]-|k_live_|AIza|sk-ant-|PRIVATE KEY-----"
    r"|\.(?:execute\w*|raw|query\w*|all|get|run|prepare\w*|create\w*Query|Query\w*|Exec\w*)\("
    r"|subprocess\.|os\.(?:system|popen)|\bexec(?:Sync)?\(|exec\.Command|yaml\.load\("
    r"|pickle\.load|ObjectInputStream|md5|sha1|getInstance\(|readFile|createReadStream|sendFile"
    r"|\bopen\(|send_file")


def hinted_lines(text):
    """Indexes of the lines worth looking at, in order."""
    index = 0
    counted = 0
    last = -1
    for match in HINT.finditer(text):
        index += text.count("\n", counted, match.start())
        counted = match.start()
        if index != last:
            last = index
            yield index


def scan_text(path, text, rules):
    """The findings of one file; `rules` maps a rule of ours to the plan's name for it."""
    found = []
    lines = text.split("\n")
    for index in hinted_lines(text):
        content = lines[index]
        if len(content) > MAX_LINE_CHARS:
            continue
        line = Line(path, lines, index)
        for rule, finder in FINDERS:
            if rule not in rules or (rule != "hardcoded-secret" and COMMENT.match(content)):
                continue
            hit = finder(line)
            if hit:
                found.append(finding(rules[rule], rule, path, index + 1, content, hit))
    return found


def finding(name, rule, path, number, content, hit):
    severity, cwe, remediation = RULES[rule]
    title, confidence = hit
    summary = "%s (%s:%d). %s" % (title, path, number, NOTICE)
    if TEST_PATH.search(path):
        severity = SEVERITIES[SEVERITIES.index(severity) - 1]
        confidence = "low"
        summary += " It is in test or example code, so it ranks lower."
    return {"ruleId": name, "title": title, "severity": severity, "confidence": confidence,
            "path": path, "startLine": number, "endLine": number, "summary": summary,
            "evidence": mask(content.strip())[:300], "remediation": remediation, "cwe": cwe}


# ---------------------------------------------------------------------------------------------
# Files
# ---------------------------------------------------------------------------------------------

VENDORED = {"node_modules", "vendor", "third_party", "bower_components", "dist", ".git",
            "site-packages"}
GENERATED = re.compile(r"\.min\.(?:js|css)$|(?:^|/)(?:package-lock\.json|yarn\.lock|pnpm-lock\.yaml"
                       r"|poetry\.lock|Cargo\.lock|go\.sum)$|\.map$")


def tracked_files():
    # The repository's own settings must not start programs.
    command = ["git", "-c", "core.fsmonitor=false", "-c", "core.hooksPath=/dev/null",
               "ls-files", "-z"]
    done = subprocess.run(command, stdin=subprocess.DEVNULL, stdout=subprocess.PIPE,
                          stderr=subprocess.PIPE, check=False)
    if done.returncode != 0:
        raise ValueError("git ls-files failed: " + done.stderr.decode("utf-8", "replace").strip())
    return [os.fsdecode(name) for name in done.stdout.split(b"\0") if name]


def exclusion(path):
    """(pattern, reason) when a file is not looked at, else None."""
    for folder in path.split("/")[:-1]:
        if folder in VENDORED:
            return folder + "/**", "vendored or built, not this repository's own code"
    if GENERATED.search(path):
        return "*" + os.path.splitext(path)[1], "generated or locked files"
    if os.path.islink(path) or not os.path.isfile(path):
        return path, "a link, a submodule or a missing file"
    if os.path.getsize(path) > MAX_FILE_BYTES:
        return path, "larger than 512 KiB"
    return None


def read_text(path):
    """The text with its line ends as they are, or None when it is not UTF-8 text."""
    with open(path, "rb") as file:
        data = file.read()
    if b"\0" in data[:8192]:
        return None
    try:
        return data.decode("utf-8")
    except UnicodeDecodeError:
        return None


def scan(files, rules):
    if not rules:
        return {"findings": [], "coverage": {"filesReviewed": 0, "exclusions": [
            {"pattern": "**", "reason": "no fixed rule of the rehearsal is one of the plan's"}]}}
    findings = []
    excluded = {}
    reviewed = 0
    for path in sorted(files):
        try:
            path.encode("utf-8")
            reason = exclusion(path)
            text = None if reason else read_text(path)
        except (OSError, UnicodeEncodeError):
            reason, text = ("unreadable files", "name or content can't be read"), None
        if reason is None and text is None:
            reason = ("binary files", "binary, or not UTF-8 text")
        if reason:
            excluded.setdefault(reason, 0)
            excluded[reason] += 1
            continue
        reviewed += 1
        findings.extend(scan_text(path, text, rules))
    if len(findings) > MAX_FINDINGS:
        excluded[("findings after the first %d" % MAX_FINDINGS, "too many to list")] = 1
    exclusions = [{"pattern": pattern, "reason": "%s (%d)" % (reason, count)}
                  for (pattern, reason), count in sorted(excluded.items())]
    return {"findings": findings[:MAX_FINDINGS],
            "coverage": {"filesReviewed": reviewed, "exclusions": exclusions[:100]}}


# ---------------------------------------------------------------------------------------------
# Fixes: each takes a line and gives (new line, modules to import), or None when it can't be sure
# ---------------------------------------------------------------------------------------------


def fix_line(rule, path, lines, index):
    extension = os.path.splitext(path)[1].lower()
    line = lines[index]
    if rule == "hardcoded-secret":
        return fix_secret(extension, line)
    if extension not in PYTHON:
        return None
    if rule == "insecure-deserialization":
        return fix_yaml(line)
    if rule == "command-injection":
        return fix_shell(line)
    if rule == "sql-injection":
        return fix_sql(line, "\n".join(lines))
    return None


def fix_yaml(line):
    match = re.search(r"\byaml\.load\(([^()]*(?:\([^()]*\)[^()]*)*)\)", line)
    if not match:
        return None
    arguments = re.sub(r",\s*(?:Loader\s*=\s*)?yaml\.(?:C?Loader|FullLoader|UnsafeLoader)\s*$", "",
                       match.group(1))
    if "Loader" in arguments or "," in re.sub(r"\([^()]*\)", "", arguments):
        return None
    return line[:match.start()] + "yaml.safe_load(" + arguments + ")" + line[match.end():], []


def fix_secret(extension, line):
    looks = {".py": ("os.environ[\"%s\"]", ["os"]), ".java": ("System.getenv(\"%s\")", [])}
    looks.update(dict.fromkeys(SCRIPT, ("process.env.%s", [])))
    if extension not in looks:
        return None
    pattern = (r"^(\s*(?:(?:export|const|let|var|private|public|protected|static|final|String)\s+)*"
               r"([A-Za-z_][A-Za-z0-9_]*)(?:\s*:\s*str)?\s*[=:]\s*)([\"'])([^\"'\n]+)\3([\s;,]*\r?)$")
    match = re.match(pattern, line)
    if not match or mask(match.group(4)) == match.group(4):
        return None
    name = re.sub(r"(?<=[a-z0-9])(?=[A-Z])", "_", match.group(2)).upper()
    expression, modules = looks[extension]
    return match.group(1) + expression % name + match.group(5), modules


WORD = re.compile(r"[A-Za-z0-9_./:=@%+,-]+")
SIMPLE = r"[A-Za-z_][A-Za-z0-9_.]*(?:\[[\"']?\w+[\"']?\])?"


def argument_list(expression):
    """A shell text as the list of its arguments, or None when a shell would see more in it."""
    joined = re.fullmatch(r"(\"[^\"\\]*\"|'[^'\\]*')\s*\+\s*(" + SIMPLE + ")", expression)
    formatted = re.fullmatch(r"f(?:\"([^\"\\]*)\"|'([^'\\]*)')", expression)
    if joined and joined.group(1)[1:-1].endswith(" "):
        parts = joined.group(1)[1:-1].split() + ["{" + joined.group(2) + "}"]
    elif formatted:
        parts = (formatted.group(1) or formatted.group(2) or "").split()
    else:
        return None
    words = []
    for part in parts:
        if WORD.fullmatch(part):
            words.append(json.dumps(part))
        elif re.fullmatch(r"\{" + SIMPLE + r"\}", part) and words:
            words.append(part[1:-1])
        else:
            return None
    return "[" + ", ".join(words) + "]" if words else None


def fix_shell(line):
    run = re.search(r"\b(subprocess\.(?:run|call|check_call|check_output|Popen)\()(.+?)"
                    r",\s*shell\s*=\s*True\b", line)
    if run:
        arguments = argument_list(run.group(2).strip())
        return (line[:run.start()] + run.group(1) + arguments + line[run.end():], []) \
            if arguments else None
    system = re.match(r"^(\s*(?:\w+\s*=\s*)?)os\.system\((.+)\)(\s*)$", line)
    if system:
        arguments = argument_list(system.group(2).strip())
        return (system.group(1) + "subprocess.call(" + arguments + ")" + system.group(3),
                ["subprocess"]) if arguments else None
    return None


def fix_sql(line, text):
    mark = "?" if re.search(r"^\s*(?:import|from) sqlite3\b", text, re.M) else None
    if re.search(r"^\s*(?:import|from) (?:psycopg2?|pymysql|MySQLdb)\b", text, re.M):
        mark = None if mark else "%s"
    if mark is None:
        return None
    call = re.match(r"^(.*\.execute\()(.+)\)(\s*)$", line)
    if not call:
        return None
    pieces = sql_pieces(call.group(2).strip())
    if pieces is None or (mark == "%s" and any("%" in piece for piece in pieces[0::2])):
        return None
    query = ""
    for position, piece in enumerate(pieces):
        if position % 2 == 0:
            # Quotes around a value go: the driver adds its own.
            if position > 0 and query.endswith("'" + mark) and piece.startswith("'"):
                query, piece = query[:-len(mark) - 1] + mark, piece[1:]
            query += piece
        elif re.search(r"(?i)(?:=|<|>|\blike|\(|,)\s*'?$", query):
            query += mark
        else:
            return None  # A table or column name can't be a parameter.
    if query.count("'") % 2 or "'" + mark in query or '"' in query:
        return None
    values = ", ".join(pieces[1::2]) + ("," if len(pieces) == 3 else "")
    return call.group(1) + '"' + query + '", (' + values + "))" + call.group(3), []


def sql_pieces(expression):
    """Text, value, text, value, …, text; or None."""
    formatted = re.fullmatch(r"f\"([^\"\\]*)\"", expression)
    if formatted:
        pieces = re.split(r"\{(" + SIMPLE + r")\}", formatted.group(1))
        return pieces if len(pieces) > 1 and not re.search(r"[{}]", "".join(pieces)) else None
    if not re.fullmatch(r"(?:\"[^\"\\]*\"|" + SIMPLE + r")(?:\s*\+\s*(?:\"[^\"\\]*\"|" + SIMPLE
                        + r"))+", expression):
        return None
    parts = re.findall(r"\"[^\"\\]*\"|" + SIMPLE, expression)
    texts = [part.startswith('"') for part in parts]
    if texts != [position % 2 == 0 for position in range(len(parts))]:
        return None
    pieces = [part[1:-1] if part.startswith('"') else part for part in parts]
    return pieces if len(pieces) % 2 else pieces + [""]


def with_imports(lines, modules):
    """The lines with `import` statements that are not there yet, sorted in where imports begin."""
    for module in modules:
        if any(re.match(r"import " + module + r"\s*(?:#.*)?$", line) for line in lines):
            continue
        tree = ast.parse("\n".join(lines))
        body = tree.body
        place = 0
        for position, node in enumerate(body):
            docstring = position == 0 and isinstance(node, ast.Expr) \
                and isinstance(node.value, (ast.Constant, getattr(ast, "Str", ast.Constant)))
            future = isinstance(node, ast.ImportFrom) and node.module == "__future__"
            if docstring or future:
                place = node.end_lineno
            elif isinstance(node, ast.Import) and node.names[0].name < module:
                place = node.end_lineno
            else:
                break
        if place == 0:
            while place < len(lines) and lines[place].startswith("#"):
                place += 1
        end = "\r" if lines and lines[0].endswith("\r") else ""
        after_text = place > 0 and body and isinstance(body[0], ast.Expr) \
            and place == body[0].end_lineno
        added = ["import " + module + end]
        lines[place:place] = ([end] if after_text else []) + added
    return lines


def fix_file(path, wanted, rules):
    """Edits one file; returns [(rule, line number, old, new)] of what was changed."""
    text = read_text(path)
    if text is None or os.path.islink(path):
        return []
    lines = text.split("\n")
    changes = []
    modules = []
    for found in scan_text(path, text, rules):
        if found["ruleId"] not in wanted:
            continue
        own = next(rule for rule, name in rules.items() if name == found["ruleId"])
        index = found["startLine"] - 1
        fixed = fix_line(own, path, lines, index)
        if fixed is None or fixed[0] == lines[index]:
            continue
        changes.append((found["ruleId"], index + 1, lines[index], fixed[0]))
        lines[index] = fixed[0]
        modules.extend(module for module in fixed[1] if module not in modules)
    if not changes:
        return []
    if path.endswith(".py"):
        try:
            lines = with_imports(lines, modules)
            ast.parse("\n".join(lines))
        except SyntaxError:
            return []
    with open(path, "wb") as file:
        file.write("\n".join(lines).encode("utf-8"))
    return changes


# ---------------------------------------------------------------------------------------------
# The run
# ---------------------------------------------------------------------------------------------


def allowed_rules(answer_schema):
    """Our rules under the names the plan's schema allows; all of them without such a list."""
    items = dig(answer_schema, "properties", "findings", "items", "properties", "ruleId", "enum")
    if not isinstance(items, list):
        return {rule: rule for rule in RULES}
    return {ALIASES.get(name, name): name for name in items if ALIASES.get(name, name) in RULES}


def dig(value, *names):
    for name in names:
        if not isinstance(value, dict):
            return None
        value = value.get(name)
    return value


def is_default_shape(answer_schema):
    places = dig(answer_schema, "properties", "findings", "items", "properties")
    return isinstance(places, dict) and {"ruleId", "path", "startLine"} <= set(places) \
        and isinstance(dig(answer_schema, "properties", "coverage", "properties"), dict)


class NoInstance(Exception):
    """A schema that nothing empty satisfies."""


def empty_instance(wanted):
    """The emptiest value a schema of the simple kind allows."""
    if not isinstance(wanted, dict):
        raise NoInstance()
    if "const" in wanted:
        return wanted["const"]
    if wanted.get("enum"):
        return wanted["enum"][0]
    kind = wanted.get("type")
    kind = kind[0] if isinstance(kind, list) and kind else kind
    if kind == "object":
        properties = wanted.get("properties", {})
        return {name: empty_instance(properties.get(name)) for name in wanted.get("required", [])}
    if kind == "array" and not wanted.get("minItems"):
        return []
    if kind == "string" and not wanted.get("minLength") and "pattern" not in wanted:
        return ""
    if kind in ("integer", "number"):
        return max(0, wanted.get("minimum", 0))
    if kind in ("boolean", "null"):
        return False if kind == "boolean" else None
    raise NoInstance()


def structured_answer(answer_schema, scanned):
    """The answer in the schema, or None when a rehearsal has nothing valid to say in it."""
    if not is_default_shape(answer_schema):
        try:
            return empty_instance(answer_schema)
        except NoInstance:
            return None
    known = dig(answer_schema, "properties", "findings", "items", "properties")
    rules = allowed_rules(answer_schema)
    allowed = [found for found in scanned["findings"] if found["ruleId"] in rules.values()]
    return {"summary": summary(dict(scanned, findings=allowed), rules),
            "findings": [{key: value for key, value in found.items() if key in known}
                         for found in allowed],
            "coverage": scanned["coverage"]}


def summary(scanned, rules):
    if not rules:
        return NOTICE + " None of its fixed rules is one of this plan's: nothing was looked for."
    counts = {}
    for found in scanned["findings"]:
        counts[found["severity"]] = counts.get(found["severity"], 0) + 1
    by_severity = ", ".join("%d %s" % (counts[name], name) for name in reversed(SEVERITIES)
                            if name in counts)
    return "%s %d files were looked at with %d fixed rules: %s." % (
        NOTICE, scanned["coverage"]["filesReviewed"], len(rules), by_severity or "no findings")


class Run:
    """One process: a review, or a follow-up in a session that has reviewed."""

    def __init__(self, request, stream, memory):
        self.request = request
        self.stream = stream
        self.memory = memory
        self.rules = allowed_rules(request.schema)

    def go(self):
        prompt = self.request.prompt
        if self.memory.open_prompt and "interrupted" in prompt.lower():
            prompt = self.memory.open_prompt
        self.stream.prompt(self.request.prompt)
        if asks_for_verdicts(self.request.schema):
            return self.verify(prompt)
        answer = presence(prompt, self.memory.scan) if self.memory.reviewed else ""
        if self.memory.reviewed and asks_to_fix(prompt):
            return self.finish(answer + self.fix(prompt))
        scanned = self.memory.scan or self.review()
        if self.memory.reviewed and self.request.schema is None:
            return self.finish(answer + NOTICE + " It can fix its own findings, or list them:\n"
                               + listing(scanned["findings"]))
        return self.finish(summary(scanned, self.rules) + "\n" + listing(scanned["findings"]))

    def review(self):
        stream = self.stream
        names = []

        def list_files():
            names.extend(tracked_files())
            return "%d tracked files" % len(names)

        stream.call(NOTICE + " I list the tracked files.", "ListFiles", {}, list_files)
        result = stream.call("I apply the fixed rules to them.", "RuleScan",
                             {"rules": sorted(self.rules.values())},
                             lambda: json.dumps(scan(names, self.rules)))
        self.memory.scan = json.loads(result) if result else {
            "findings": [], "coverage": {"filesReviewed": 0, "exclusions": []}}
        return self.memory.scan

    def verify(self, prompt):
        """Tries each finding by the rule it names, and by nothing else."""
        verdicts = []

        def look():
            root = repository_root()
            verdicts.extend(verdict(root, found) for found in findings_in(prompt))
            return json.dumps(verdicts)

        self.stream.call(NOTICE + " I apply the fixed rules to the lines that are named.",
                         "RuleScan", {}, look)
        self.answer(NOTICE, {"verdicts": verdicts})

    def fix(self, prompt):
        scanned = self.memory.scan
        least = least_severity(prompt)
        asked = [found for found in scanned["findings"]
                 if SEVERITIES.index(found["severity"]) >= least]
        rules = dict(self.rules)
        for name in {found["ruleId"] for found in asked}:
            rules[ALIASES.get(name, name)] = name
        # An earlier turn of the session may have fixed some.
        there = {(path, found["ruleId"]) for path in {found["path"] for found in asked}
                 if os.path.isfile(path)
                 for found in scan_text(path, read_text(path) or "", rules)}
        wanted = [found for found in asked if (found["path"], found["ruleId"]) in there]
        by_path = {}
        for found in wanted:
            by_path.setdefault(found["path"], set()).add(found["ruleId"])
        changed = []
        for path in sorted(by_path):
            changed.extend(self.edit(path, by_path[path], rules))
        text = NOTICE
        if changed:
            text += " I changed %d of %d findings:\n%s" % (len(changed), len(wanted),
                                                          "\n".join(changed))
            if any("hardcoded-secret" in entry for entry in changed):
                text += "\nA key that was in the source stays in the history: revoke it."
        elif wanted or not asked:
            text += " None of the %d findings can be fixed by a fixed rule." % len(wanted)
        if len(asked) > len(wanted):
            text += "\n%d of the %d findings are not there any more." % (
                len(asked) - len(wanted), len(asked))
        left = [found for found in wanted
                if "%s:%d %s" % (found["path"], found["startLine"], found["ruleId"]) not in changed]
        if left:
            text += "\nLeft for a person:\n" + listing(left)
        return text

    def edit(self, path, wanted, rules):
        preview = []

        def work():
            preview.extend(fix_file(path, wanted, rules))
            return "\n".join("line %d\n- %s\n+ %s" % (number, mask(old.strip()), new.strip())
                             for _, number, old, new in preview) or "no safe change"

        self.stream.call("I look for a safe change in %s." % path, "Edit",
                         {"file_path": os.path.join(os.getcwd(), path),
                          "rules": sorted(wanted)}, work)
        return ["%s:%d %s" % (path, number, rule) for rule, number, _, _ in preview]

    def finish(self, text):
        stream = self.stream
        if self.request.schema is None:
            stream.say(text)
            stream.result("success", text)
            return
        scanned = self.memory.scan or {"findings": [],
                                       "coverage": {"filesReviewed": 0, "exclusions": []}}
        answer = structured_answer(self.request.schema, scanned)
        if answer is None:
            text = NOTICE + " This schema asks for more than a rehearsal can answer."
            stream.say(text)
            stream.result("success", text)
            return
        self.answer(text, answer)

    def answer(self, text, answer):
        self.stream.call(text, "StructuredOutput", answer,
                         lambda: "Structured output provided successfully")
        self.stream.structured = answer
        self.stream.result("success", json.dumps(answer, ensure_ascii=False))


# ---------------------------------------------------------------------------------------------
# Verdicts
# ---------------------------------------------------------------------------------------------


def asks_for_verdicts(answer_schema):
    return dig(answer_schema, "properties", "verdicts", "items", "properties", "verdict") is not None


def findings_in(prompt):
    """The findings of a prompt: those of its lines that are JSON with an id and a place."""
    for line in prompt.split("\n"):
        try:
            found = json.loads(line) if line.startswith("{") else None
        except ValueError:
            continue
        if isinstance(found, dict) and isinstance(found.get("id"), str) \
                and isinstance(found.get("path"), str):
            yield found


def repository_root():
    command = ["git", "-c", "core.fsmonitor=false", "rev-parse", "--show-toplevel"]
    done = subprocess.run(command, stdin=subprocess.DEVNULL, stdout=subprocess.PIPE,
                          stderr=subprocess.DEVNULL, check=False)
    return os.fsdecode(done.stdout.rstrip(b"\n")) if done.returncode == 0 else os.getcwd()


def verdict(root, found):
    word, reason = look_again(root, found.get("ruleId"), found["path"], found.get("startLine"))
    return {"id": found["id"], "verdict": word, "reason": reason + " " + NOTICE}


def look_again(root, name, path, start):
    rule = ALIASES.get(name, name)
    if rule not in RULES:
        return "undecided", "No fixed rule is named like that."
    place = os.path.join(root, path)
    try:
        text = None if os.path.islink(place) or not os.path.isfile(place) else read_text(place)
    except OSError:
        text = None
    if text is None:
        return "rejected", "%s is not there as text." % path
    if any(hit["startLine"] == start for hit in scan_text(path, text, {rule: name})):
        return "confirmed", "The rule holds at %s:%s." % (path, start)
    return "rejected", "The rule does not hold at %s:%s." % (path, start)


def presence(prompt, scanned):
    """The first line of an answer to a finding of another repository; empty for other prompts."""
    asked = re.search(r'(?m)^\{"ruleId":"([^"]+)".*\}$', prompt) if "PRESENT" in prompt else None
    if asked is None or not scanned:
        return ""
    count = sum(found["ruleId"] == asked.group(1) for found in scanned["findings"])
    return "%s\nThe rule %s found %d here.\n" % ("PRESENT" if count else "ABSENT",
                                                 asked.group(1), count)


def asks_to_fix(prompt):
    return re.search(r"(?i)\b(?:fix|repair|correct|remediate|patch|resolve|apply)", prompt) \
        is not None


def least_severity(prompt):
    match = re.search(r"(?i)severity\s+(info|low|medium|high|critical)", prompt)
    return SEVERITIES.index(match.group(1).lower()) if match else 0


def listing(findings):
    return "\n".join("- %s:%d %s (%s): %s" % (found["path"], found["startLine"], found["ruleId"],
                                             found["severity"], found["title"])
                     for found in findings) or "- nothing"


def on_interrupt(_signal, _frame):
    raise Interrupted()


def on_terminate(_signal, _frame):
    os._exit(143)


def resumed(request, transcript):
    """The lines of the session, under a new id when it is forked; None when it is unknown."""
    if not transcript.exists():
        return None
    lines = transcript.read()
    if request.forks:
        transcript.session = str(uuid.uuid4())
        transcript.path = transcript_path(transcript.session)
        if request.persists:
            with open(transcript.path, "w", encoding="utf-8") as file:
                for entry in lines:
                    if "sessionId" in entry:
                        entry["sessionId"] = transcript.session
                    file.write(json.dumps(entry) + "\n")
    return lines


def main(argv):
    signal.signal(signal.SIGTERM, on_terminate)
    try:
        options, words = parse_arguments(argv)
        if "--version" in options:
            print("%s (RepoFleet rehearsal agent)" % VERSION)
            return 0
        request = Request(options, words)
        transcript = Transcript(request.session, request.persists)
        if not request.resumes and transcript.exists():
            raise Refused("Error: Session ID %s is already in use." % request.session)
    except Refused as refused:
        sys.stderr.write(str(refused) + "\n")
        return 1
    lines = resumed(request, transcript) if request.resumes else []
    stream = Stream(request, transcript)
    if lines is None:
        message = "No conversation found with session ID: " + request.session
        if request.format != "text":
            sys.stderr.write(message + "\n")
        stream.result("error_during_execution", errors=[message], reason=None)
        return 1
    signal.signal(signal.SIGINT, on_interrupt)
    try:
        stream.init()
        Run(request, stream, Memory(lines)).go()
        return 0
    except TurnsExhausted:
        stream.result("error_max_turns", reason="max_turns", turns=stream.turns + 1,
                      errors=["Reached maximum number of turns (%d)" % request.max_turns])
        return 1
    except Interrupted:
        signal.signal(signal.SIGINT, signal.SIG_IGN)
        stream.result("error_during_execution", errors=["Interrupted. " + NOTICE],
                      reason="aborted_tools")
        return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
