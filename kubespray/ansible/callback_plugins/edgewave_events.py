"""Ansible's events as lines of JSON on standard output, for edgewave."""

from __future__ import annotations

DOCUMENTATION = r"""
name: edgewave_events
type: stdout
short_description: events as lines of JSON
description:
  - Writes one line of JSON for each event of a playbook run. Results of tasks with no_log are left out.
"""

import json
import sys

from ansible.plugins.callback import CallbackBase

# Longer texts are cut: a module may give back whole files.
LONGEST = 20000


class CallbackModule(CallbackBase):
    CALLBACK_VERSION = 2.0
    CALLBACK_TYPE = "stdout"
    CALLBACK_NAME = "edgewave_events"

    def _say(self, event, **fields):
        sys.stdout.write(json.dumps({"edgewave": event, **fields}, default=str) + "\n")
        sys.stdout.flush()

    def _outcome(self, event, result, **more):
        task = getattr(result, "task", None) or result._task
        host = getattr(result, "host", None) or result._host
        self._say(event, host=host.get_name(), task=task.get_name(), **more)

    @staticmethod
    def _data(result):
        return getattr(result, "result", None) or result._result

    def _message(self, result):
        data = self._data(result)
        task = getattr(result, "task", None) or result._task
        if data.get("_ansible_no_log") or task.no_log:
            return "(hidden, because the task has no_log)"
        parts = []
        for name in ("msg", "reason", "stderr", "module_stderr", "exception"):
            text = data.get(name)
            if text and str(text) not in parts:
                parts.append(str(text))
        for item in data.get("results") or []:
            if isinstance(item, dict) and (item.get("failed") or item.get("unreachable")) and item.get("msg"):
                parts.append(str(item["msg"]))
                break
        return "\n".join(parts)[:LONGEST] or "it does not say why"

    def _log(self, result):
        data = self._data(result)
        task = getattr(result, "task", None) or result._task
        if data.get("_ansible_no_log") or task.no_log:
            return None
        return self._dump_results(data, indent=0)[:LONGEST]

    def v2_playbook_on_play_start(self, play):
        self._say("play", play=play.get_name().strip())

    def v2_playbook_on_task_start(self, task, is_conditional):
        self._say("task", task=task.get_name())

    def v2_playbook_on_handler_task_start(self, task):
        self._say("task", task=task.get_name())

    def v2_playbook_on_no_hosts_matched(self):
        self._say("nobody")

    def v2_runner_on_start(self, host, task):
        self._say("host", host=host.get_name(), task=task.get_name())

    def v2_runner_on_ok(self, result):
        data = self._data(result)
        changed = bool(data.get("changed"))
        self._outcome("ok", result, changed=changed, log=self._log(result) if changed else None)

    def v2_runner_on_skipped(self, result):
        self._outcome("skipped", result)

    def v2_runner_on_failed(self, result, ignore_errors=False):
        self._outcome(
            "failed", result, ignored=bool(ignore_errors), message=self._message(result), log=self._log(result)
        )

    def v2_runner_on_unreachable(self, result):
        self._outcome("unreachable", result, ignored=False, message=self._message(result))

    def v2_runner_retry(self, result):
        data = self._data(result)
        self._outcome("retry", result, attempt=data.get("attempts"), of=data.get("retries"))

    def v2_playbook_on_stats(self, stats):
        hosts = {host: stats.summarize(host) for host in sorted(stats.processed)}
        self._say("stats", hosts=hosts)
