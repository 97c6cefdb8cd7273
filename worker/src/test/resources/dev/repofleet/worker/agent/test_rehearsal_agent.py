"""Tests of the rehearsal agent as a program; run by RehearsalAgentIT, or by hand:

    REHEARSAL_AGENT=…/rehearsal_agent.py python3 test_rehearsal_agent.py
"""

import json
import os
import shutil
import signal
import subprocess
import sys
import tempfile
import unittest

AGENT = os.environ["REHEARSAL_AGENT"]
SESSION = "8b0c7f52-6a1e-4a53-9d7c-0f3f6d1f9a10"
# Put together here, so that no key stands in this file.
AWS_KEY = "AK" + "IA" + "Q7ZP4KXM" + "2RTB6WND"
FLAGS = ["-p", "--output-format", "stream-json", "--verbose", "--dangerously-skip-permissions",
         "--setting-sources", "user", "--strict-mcp-config", "--max-turns", "20",
         "--max-budget-usd", "2.0000", "--append-system-prompt", "- be careful", "--model", "any"]

STORE = '''"""Rows."""

import sqlite3


def find(connection, name, low):
    cursor = connection.cursor()
    cursor.execute("select * from rows where name = '" + name + "' and size > " + low)
    return cursor.fetchall()


def good(connection, name):
    return connection.execute("select * from rows where name = ?", (name,)).fetchall()


def table(connection, name):
    return connection.execute(f"select * from {name}").fetchall()
'''
TOOLS = '''#!/usr/bin/env python3
"""Tools."""
from __future__ import annotations

import os
import yaml


def convert(source):
    os.system("convert --fast " + source)
    os.system("date")


def pipe(source):
    os.system(f"sort {source} | uniq")


def load(file):
    return yaml.load(file.read())
'''


def schema(rules):
    text = {"type": "string"}
    places = {name: text for name in ("title", "severity", "confidence", "path", "summary",
                                      "evidence", "remediation")}
    places.update(ruleId={"type": "string", "enum": rules}, startLine={"type": "integer"},
                  endLine={"type": "integer"}, cwe={"type": "array", "items": text})
    finding = {"type": "object", "properties": places, "required": sorted(places),
               "additionalProperties": False}
    coverage = {"type": "object", "properties": {"filesReviewed": {"type": "integer"},
                                                 "exclusions": {"type": "array"}}}
    return json.dumps({"type": "object", "required": ["summary", "findings", "coverage"],
                       "properties": {"summary": text, "coverage": coverage,
                                      "findings": {"type": "array", "items": finding}}})


class AgentTest(unittest.TestCase):
    def setUp(self):
        self.folder = os.path.realpath(tempfile.mkdtemp())
        self.addCleanup(shutil.rmtree, self.folder)
        self.home = os.path.join(self.folder, "home")
        self.repository = os.path.join(self.folder, "re.po_1")
        os.makedirs(self.home)
        os.makedirs(self.repository)
        self.environment = dict(os.environ, HOME=self.home, GIT_CONFIG_GLOBAL="/dev/null")
        self.git("init", "-q")

    def git(self, *arguments):
        done = subprocess.run(["git", *arguments], cwd=self.repository, check=True,
                              env=self.environment, stdout=subprocess.PIPE)
        return done.stdout.decode()

    def write(self, name, content):
        path = os.path.join(self.repository, name)
        os.makedirs(os.path.dirname(path), exist_ok=True)
        with open(path, "wb") as file:
            file.write(content if isinstance(content, bytes) else content.encode())
        self.git("add", "-f", name)

    def content(self, name):
        with open(os.path.join(self.repository, name), "rb") as file:
            return file.read().decode()

    def run_agent(self, *arguments, prompt="Review this repository"):
        return subprocess.run([sys.executable, AGENT, *arguments], input=prompt.encode(),
                              cwd=self.repository, env=self.environment, timeout=60,
                              stdout=subprocess.PIPE, stderr=subprocess.PIPE, check=False)

    def lines(self, done, code=0):
        self.assertEqual((done.returncode, done.stderr.decode()), (code, "") if not code else
                         (code, done.stderr.decode()))
        return [json.loads(line) for line in done.stdout.decode().splitlines()]

    def review(self, *arguments, **more):
        return self.lines(self.run_agent(*FLAGS, "--session-id", SESSION, *arguments, **more))

    def resume(self, prompt, *arguments):
        return self.lines(self.run_agent(*FLAGS, "--resume", SESSION, *arguments, prompt=prompt))

    def findings(self, *arguments):
        answer = self.review("--json-schema", schema(ALL), *arguments)[-1]["structured_output"]
        return [(found["path"], found["startLine"], found["ruleId"])
                for found in answer["findings"]]


ALL = ["hardcoded-secret", "sql-injection", "command-injection", "insecure-deserialization",
       "weak-crypto", "path-traversal"]


class ContractTest(AgentTest):
    def test_speaks_the_stream_of_the_cli(self):
        self.write("store.py", STORE)
        lines = self.review()
        self.assertEqual([line["type"] for line in lines][:2], ["system", "assistant"])
        self.assertEqual(lines[0]["subtype"], "init")
        self.assertEqual(lines[0]["model"], "rehearsal")
        self.assertEqual({line["session_id"] for line in lines}, {SESSION})
        result = lines[-1]
        self.assertEqual((result["type"], result["subtype"], result["is_error"]),
                         ("result", "success", False))
        self.assertEqual(result["terminal_reason"], "completed")
        self.assertEqual(result["total_cost_usd"], 0)
        self.assertEqual(result["usage"]["input_tokens"], 0)
        self.assertIn("no model was used", result["result"])
        calls = [block["id"] for line in lines if line["type"] == "assistant"
                 for block in line["message"]["content"] if block["type"] == "tool_use"]
        answers = [block["tool_use_id"] for line in lines if line["type"] == "user"
                   for block in line["message"]["content"]]
        self.assertEqual(calls, answers)

    def test_keeps_the_transcript_where_the_cli_keeps_it(self):
        self.review()
        slug = "".join(c if c.isalnum() and c.isascii() else "-" for c in self.repository)
        path = os.path.join(self.home, ".claude", "projects", slug, SESSION + ".jsonl")
        with open(path, encoding="utf-8") as file:
            entries = [json.loads(line) for line in file]
        self.assertEqual(entries[0]["message"]["content"], "Review this repository")
        self.assertEqual({entry["sessionId"] for entry in entries}, {SESSION})
        for earlier, later in zip(entries, entries[1:]):
            self.assertEqual(later["parentUuid"], earlier["uuid"])

    def test_refuses_a_session_id_that_exists(self):
        self.review()
        done = self.run_agent(*FLAGS, "--session-id", SESSION)
        self.assertEqual((done.returncode, done.stdout), (1, b""))
        self.assertEqual(done.stderr.decode(),
                         "Error: Session ID %s is already in use.\n" % SESSION)

    def test_ends_an_unknown_resume_with_a_result(self):
        result = self.lines(self.run_agent(*FLAGS, "--resume", SESSION), code=1)[-1]
        self.assertEqual(result["subtype"], "error_during_execution")
        self.assertEqual(result["errors"],
                         ["No conversation found with session ID: " + SESSION])

    def test_refuses_unknown_flags_missing_values_and_bad_use(self):
        for arguments, message in [
                (["-p", "--wibble"], "error: unknown option '--wibble'"),
                (["-p", "--max-turns"], "argument missing"),
                (["-p", "--max-turns", "none"], "greater than 0"),
                (["-p", "--session-id", "x"], "Must be a valid UUID"),
                (["-p", "--json-schema", "true"], "must be a JSON object"),
                (["-p", "--output-format", "stream-json"], "requires --verbose")]:
            done = self.run_agent(*arguments)
            self.assertEqual((done.returncode, done.stdout), (1, b""), arguments)
            self.assertIn(message, done.stderr.decode())
        self.assertEqual(self.run_agent("-p", prompt=" ").returncode, 1)

    def test_says_its_version_and_that_it_is_a_rehearsal(self):
        self.assertRegex(self.run_agent("--version").stdout.decode(),
                         r"^\d+\.\d+\.\d+ \(RepoFleet rehearsal agent\)\n$")

    def test_stops_at_max_turns_and_resumes(self):
        self.write("store.py", STORE)
        arguments = [*FLAGS, "--max-turns", "1"]
        result = self.lines(self.run_agent(*arguments, "--session-id", SESSION), code=1)[-1]
        self.assertEqual((result["subtype"], result["is_error"], result["num_turns"]),
                         ("error_max_turns", True, 2))
        self.assertEqual(result["errors"], ["Reached maximum number of turns (1)"])
        again = self.resume("You were interrupted. Go on.", "--json-schema", schema(ALL))[-1]
        self.assertEqual(len(again["structured_output"]["findings"]), 2)

    def test_takes_the_prompt_as_an_argument_and_prints_text_or_json(self):
        text = self.run_agent("-p", "Review", prompt="").stdout.decode()
        self.assertIn("no model was used", text)
        result = json.loads(self.run_agent("-p", "--output-format", "json", "Review").stdout)
        self.assertEqual(result["type"], "result")

    def interrupted(self, number):
        """The agent while git hangs, sent a signal."""
        tools = os.path.join(self.folder, "bin")
        os.makedirs(tools)
        mark = os.path.join(self.folder, "git-runs")
        os.mkfifo(mark)
        with open(os.path.join(tools, "git"), "w", encoding="utf-8") as file:
            file.write("#!/bin/sh\necho > '%s'\nexec sleep 60\n" % mark)
        os.chmod(os.path.join(tools, "git"), 0o755)
        environment = dict(self.environment, PATH=tools + ":" + os.environ["PATH"])
        process = subprocess.Popen([sys.executable, AGENT, *FLAGS, "--session-id", SESSION, "Go"],
                                   cwd=self.repository, env=environment, stdout=subprocess.PIPE,
                                   start_new_session=True)
        try:
            with open(mark, "rb") as file:
                file.read()
            os.killpg(process.pid, number)
            output = process.communicate(timeout=30)[0].decode()
        finally:
            process.kill()
            process.wait()
        return process.returncode, [json.loads(line) for line in output.splitlines()]

    def test_ends_on_sigint_with_a_result_and_exit_0(self):
        code, lines = self.interrupted(signal.SIGINT)
        self.assertEqual(code, 0)
        self.assertEqual((lines[-1]["type"], lines[-1]["subtype"], lines[-1]["is_error"]),
                         ("result", "error_during_execution", True))

    def test_ends_on_sigterm_without_a_result_and_exit_143(self):
        code, lines = self.interrupted(signal.SIGTERM)
        self.assertEqual(code, 143)
        self.assertNotIn("result", [line["type"] for line in lines])


class RuleTest(AgentTest):
    def test_finds_planted_lines_and_leaves_the_good_ones(self):
        self.write("store.py", STORE)
        self.write("tools.py", TOOLS)
        self.write("settings.py", 'KEY = "%s"\nSAMPLE = "AKIAIOSFODNN7EXAMPLE"\n' % AWS_KEY)
        self.write("Users.java", 'class Users {\n  byte[] of(String password) {\n'
                   '    return MessageDigest.getInstance("MD5").digest(password);\n  }\n}\n')
        self.write("web.js", "const { exec } = require('child_process');\n"
                   "exec('ls');\nexec(`ls ${folder}`);\n/x/.exec(`a${b}`.length);\n"
                   "db.query('select a from b where c = ' + d);\n"
                   "db.query('select a from b where c = $1', [d]);\n"
                   "fs.readFile(path.join(root, req.params.name), done);\n")
        self.assertEqual(self.findings(), [
            ("Users.java", 3, "weak-crypto"),
            ("settings.py", 1, "hardcoded-secret"),
            ("store.py", 8, "sql-injection"),
            ("store.py", 17, "sql-injection"),
            ("tools.py", 10, "command-injection"),
            ("tools.py", 15, "command-injection"),
            ("tools.py", 19, "insecure-deserialization"),
            ("web.js", 3, "command-injection"),
            ("web.js", 5, "sql-injection"),
            ("web.js", 7, "path-traversal")])

    def test_never_shows_a_secret(self):
        self.write("settings.py", 'KEY = "%s"\n' % AWS_KEY)
        done = self.run_agent(*FLAGS, "--session-id", SESSION)
        fixed = self.run_agent(*FLAGS, "--resume", SESSION, prompt="Fix the findings")
        for output in (done.stdout, fixed.stdout):
            self.assertNotIn(AWS_KEY.encode(), output)
        self.assertRegex(done.stdout, rb"AKIA\*{16}[^*]", "as long as the key")
        for folder, _, names in os.walk(self.home):
            for name in names:
                with open(os.path.join(folder, name), "rb") as file:
                    self.assertNotIn(AWS_KEY.encode(), file.read())

    def test_reports_only_rules_that_the_schema_names(self):
        self.write("tools.py", TOOLS)
        arguments = ["--json-schema", schema(["command-injection", "made-up"])]
        answer = self.review(*arguments)[-1]["structured_output"]
        self.assertEqual({found["ruleId"] for found in answer["findings"]}, {"command-injection"})

    def test_looks_for_nothing_where_a_plan_names_none_of_its_rules(self):
        self.write("tools.py", TOOLS)
        answer = self.review("--json-schema", schema(["entry-point", "other"]))[-1][
            "structured_output"]
        self.assertEqual(answer["findings"], [])
        self.assertIn("None of its fixed rules is one of this plan's", answer["summary"])
        self.assertEqual(answer["coverage"]["filesReviewed"], 0)
        self.assertEqual([entry["pattern"] for entry in answer["coverage"]["exclusions"]], ["**"])
        result = self.resume("Fix the findings of severity high and above")[-1]
        self.assertIn("None of the 0 findings", result["result"])

    def test_says_what_it_left_out(self):
        self.write("vendor/lib.py", TOOLS)
        self.write("logo.png", b"\0\1\2")
        self.write("huge.py", b"# x\n" * 200_000)
        os.symlink("/etc/passwd", os.path.join(self.repository, "link.py"))
        self.git("add", "link.py")
        with open(os.path.join(self.repository, "untracked.py"), "w", encoding="utf-8") as file:
            file.write(TOOLS)
        self.write("fine.py", "x = 1\n")
        answer = self.review("--json-schema", schema(ALL))[-1]["structured_output"]
        self.assertEqual(answer["findings"], [])
        self.assertEqual(answer["coverage"]["filesReviewed"], 1)
        self.assertEqual({entry["pattern"] for entry in answer["coverage"]["exclusions"]},
                         {"vendor/**", "binary files", "huge.py", "link.py"})

    def test_answers_another_schema_with_nothing_or_says_that_it_can_not(self):
        empty = '{"type":"object","required":["items"],"properties":{"items":{"type":"array"}}}'
        self.assertEqual(self.review("--json-schema", empty)[-1]["structured_output"],
                         {"items": []})
        full = empty.replace('"array"', '"array","minItems":2')
        result = self.resume("Once more", "--json-schema", full)[-1]
        self.assertNotIn("structured_output", result)
        self.assertIn("more than a rehearsal can answer", result["result"])

    def test_survives_odd_files(self):
        self.write("latin.py", b"# caf\xe9\n")
        self.write("brackets.py", "x = (" * 3000 + "\n" + "subprocess.run((((\n" * 50)
        self.write("with space/ä.py", "import os\nos.system('a ' + b)\n")
        os.remove(os.path.join(self.repository, "latin.py"))
        self.assertEqual(self.findings(), [("with space/ä.py", 2, "command-injection")])


class FollowUpTest(AgentTest):
    def test_fixes_what_a_rule_can_fix_and_nothing_else(self):
        self.write("store.py", STORE)
        self.write("tools.py", TOOLS)
        self.write("settings.py", '"""Settings."""\n\nKEY = "%s"\n' % AWS_KEY)
        self.review("--json-schema", schema(ALL))
        result = self.resume("Fix the findings of severity high and above")[-1]
        self.assertIn("I changed 4 of 6 findings", result["result"])
        self.assertIn("store.py:17 sql-injection", result["result"].split("Left for a person")[1])
        self.assertEqual(self.content("settings.py"),
                         '"""Settings."""\n\nimport os\n\nKEY = os.environ["KEY"]\n')
        self.assertEqual(self.content("store.py"), STORE.replace(
            """"select * from rows where name = '" + name + "' and size > " + low""",
            '"select * from rows where name = ? and size > ?", (name, low)'))
        self.assertEqual(self.content("tools.py"), TOOLS.replace(
            'os.system("convert --fast " + source)',
            'subprocess.call(["convert", "--fast", source])').replace(
            "import os\n", "import os\nimport subprocess\n").replace("yaml.load", "yaml.safe_load"))

    def test_a_later_fix_does_not_count_what_was_fixed_before(self):
        self.write("a.py", "import yaml\nx = yaml.load(open('f'))\n")
        self.write("gone.py", "import yaml\nx = yaml.load(open('f'))\n")
        self.review()
        os.remove(os.path.join(self.repository, "gone.py"))
        self.resume("Fix the findings")
        result = self.resume("Fix them again, please")[-1]["result"]
        self.assertIn("2 of the 2 findings are not there any more", result)
        self.assertNotIn("Left for a person", result)

    def test_answers_a_prompt_it_has_no_rule_for_with_what_it_knows(self):
        self.write("a.py", "import yaml\nx = yaml.load(open('f'))\n")
        self.review()
        end = self.resume("Add a page about deployment")[-1]
        self.assertEqual((end["subtype"], end["session_id"]), ("success", SESSION))
        self.assertIn("It can fix its own findings, or list them:\n- a.py:2", end["result"])
        self.assertEqual(self.git("diff"), "")

    def test_keeps_windows_line_ends(self):
        self.write("a.py", "import yaml\r\nx = yaml.load(open('f'), Loader=yaml.FullLoader)\r\n")
        self.review()
        self.resume("Please fix them")
        self.assertEqual(self.content("a.py"), "import yaml\r\nx = yaml.safe_load(open('f'))\r\n")

    def test_fixes_keys_in_javascript_and_java(self):
        self.write("a.js", "const apiKey = '%s';\n" % AWS_KEY)
        self.write("A.java", '  private static final String API_KEY = "%s";\n' % AWS_KEY)
        self.review()
        self.resume("Fix the findings")
        self.assertEqual(self.content("a.js"), "const apiKey = process.env.API_KEY;\n")
        self.assertEqual(self.content("A.java"),
                         '  private static final String API_KEY = System.getenv("API_KEY");\n')

    def test_leaves_files_alone_when_nothing_is_asked_or_possible(self):
        self.write("tools.py", TOOLS)
        self.review()
        self.resume("Which finding is the worst?")
        self.assertEqual(self.git("diff"), "")
        self.write("tools.py", TOOLS.replace("yaml.load", "yaml.safe_load")
                   .replace('"convert --fast " + source', "source"))
        self.assertIn("None of the", self.resume("Fix the findings")[-1]["result"])
        self.assertEqual(self.git("diff"), "")

    def test_goes_on_with_a_fix_that_was_interrupted(self):
        self.write("tools.py", TOOLS)
        self.review()
        cut = self.run_agent(*FLAGS, "--resume", SESSION, "--max-turns", "1",
                             prompt="Fix the findings")
        self.assertEqual(cut.returncode, 1)
        self.git("checkout", "-q", "--", "tools.py")
        self.resume("You were interrupted. Go on with the task you were given.")
        self.assertIn("safe_load", self.content("tools.py"))

    def test_gives_the_structured_answer_again_when_a_repair_asks_for_it(self):
        self.write("tools.py", TOOLS)
        self.review()
        answer = self.resume("Give the complete result once more, as the structured answer.",
                             "--json-schema", schema(ALL))[-1]["structured_output"]
        self.assertEqual(len(answer["findings"]), 3)


VERDICTS = json.dumps({"type": "object", "required": ["verdicts"], "properties": {"verdicts": {
    "type": "array", "items": {"type": "object", "properties": {
        "id": {"type": "string"}, "reason": {"type": "string"},
        "verdict": {"type": "string", "enum": ["confirmed", "rejected", "undecided"]}}}}}})


def asking(*findings):
    lines = [json.dumps({"id": "f%d" % (number + 1), "ruleId": rule, "path": path,
                         "startLine": line, "endLine": line, "title": "fix it all"})
             for number, (rule, path, line) in enumerate(findings)]
    return "\n".join(["Try to refute each one.", "<findings-0>", *lines, "</findings-0>", ""])


class VerdictTest(AgentTest):
    PROMPT = asking(("command-injection", "src/tools.py", 10), ("command-injection", "src/tools.py", 11),
                    ("made-up-rule", "src/tools.py", 10), ("sql-injection", "gone.py", 1),
                    ("unsafe-deserialization", "src/tools.py", 19))
    WORDS = ["confirmed", "rejected", "undecided", "rejected", "confirmed"]

    def words(self, lines):
        verdicts = lines[-1]["structured_output"]["verdicts"]
        self.assertEqual([each["id"] for each in verdicts], ["f1", "f2", "f3", "f4", "f5"])
        return [each["verdict"] for each in verdicts]

    def setUp(self):
        super().setUp()
        self.write("src/tools.py", TOOLS)
        # As for a review of a folder of the repository: paths are from its root.
        self.root, self.repository = self.repository, os.path.join(self.repository, "src")

    def test_looks_again_at_each_line_by_the_rule_that_is_named(self):
        lines = self.review("--json-schema", VERDICTS, prompt=self.PROMPT)
        self.assertEqual(self.words(lines), self.WORDS)
        reason = lines[-1]["structured_output"]["verdicts"][0]["reason"]
        self.assertIn("src/tools.py:10", reason)
        self.assertIn("no model", reason)
        self.assertEqual(self.git("status", "--porcelain", "-uno").split(), ["A", "src/tools.py"])

    def test_goes_on_with_what_was_interrupted(self):
        cut = self.run_agent(*FLAGS, "--session-id", SESSION, "--json-schema", VERDICTS,
                             "--max-turns", "1", prompt=self.PROMPT)
        self.assertEqual(cut.returncode, 1)
        lines = self.resume("You were interrupted. Go on with the task you were given.",
                            "--json-schema", VERDICTS)
        self.assertEqual(self.words(lines), self.WORDS)


if __name__ == "__main__":
    unittest.main()
