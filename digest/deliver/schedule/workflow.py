"""The schedule as a workflow of GitHub Actions (pure)."""

from __future__ import annotations

import json
import posixpath
from datetime import time

from digest.deliver.schedule.plan import Plan, clock_in

EVERY = 3  # hours between two tries to send what waits: each takes a machine for a minute or two

# The store must not be lost: without it a day would be sent again. A cache is evicted and an artifact expires, so it is
# kept in a branch of one commit, in pieces under the 100 MiB that GitHub takes as a file.
_HEAD = """\
# The digest of bilingual posts. Put this file into the repository as .github/workflows/digest.yml, beside feeds.yaml.
#
# - Times are UTC: {utc} is {told}.{both}
#   GitHub starts late when it is busy, most of all at full hours, and now and then not at all; missed days are made up.
# - The store and the pages lie in the branch digest-state, one commit that is replaced after each run. The store holds
#   the addresses of recipients and the key of unsubscribing: keep the repository PRIVATE if you send mail.
# - A day is sent once as long as the step "Keep the state" is reached. A machine that GitHub takes away in the middle
#   loses what it had noted, and the next run sends that again. A machine of your own (cron, systemd) does not.
# - Some 200 MB a year for a dozen sources; GitHub refuses a push of more than 2 GB.
# - In a public repository GitHub ends a schedule after 60 days without a commit.
# - Secrets: Settings > Secrets and variables > Actions{secrets}.
{files}# - Pages: choose "GitHub Actions" as their source, and set the variable DIGEST_PAGES to yes.
# - Log: the artifact digest-log of each run. Exit code 1 (a source failed, a mail was refused) makes the run red.
name: digest
on:
  workflow_dispatch: {{}}
  schedule:
{crons}
permissions: {{}}
concurrency:
  group: digest
  cancel-in-progress: false
jobs:
  run:
    runs-on: ubuntu-latest
    timeout-minutes: 60
    permissions:
      contents: write
"""

_STEPS = """\
    steps:
      - uses: actions/checkout@v4
        with:
          persist-credentials: false
      - uses: actions/setup-python@v5
        with:
          python-version: "3.12"
      - name: Install digest (this repository holds it; else name what to install in place of the dot)
        run: pip install .
      - name: Take the state up
        shell: bash
        env:
          REPOSITORY: https://x-access-token:${{ github.token }}@github.com/${{ github.repository }}
        run: |
          mkdir -p state out
          code=0
          git ls-remote --exit-code "$REPOSITORY" refs/heads/digest-state || code=$?
          if [ "$code" -eq 2 ]; then echo "no state yet: the first run"; exit 0; fi
          if [ "$code" -ne 0 ]; then echo "the state cannot be read: nothing is done"; exit 1; fi
          git fetch -q --depth 1 "$REPOSITORY" digest-state
          mkdir "$RUNNER_TEMP/kept"
          git archive FETCH_HEAD | tar -x -C "$RUNNER_TEMP/kept"
          cat "$RUNNER_TEMP"/kept/state.tar.gz.* | tar -xz
      - name: Run
        id: digest
        shell: bash
        run: COMMAND 2>&1 | tee digest.log
      - name: Keep the state
        if: ${{ always() && steps.digest.outcome != 'skipped' }}
        shell: bash
        env:
          REPOSITORY: https://x-access-token:${{ github.token }}@github.com/${{ github.repository }}
        run: |
          mkdir "$RUNNER_TEMP/keep" && cd "$RUNNER_TEMP/keep"
          tar -cz -C "$GITHUB_WORKSPACE" --exclude=state/lock state out | split -b 90M - state.tar.gz.
          git init -q -b digest-state
          git add .
          git -c user.name=digest -c user.email=digest@localhost commit -q -m "State of the digest"
          for try in 1 2 3 4 5; do
            git push -q -f "$REPOSITORY" digest-state && exit 0
            sleep 20
          done
          exit 1
      - if: ${{ always() }}
        uses: actions/upload-artifact@v4
        with:
          name: digest-log
          path: digest.log
          retention-days: 14
      - if: ${{ !cancelled() && vars.DIGEST_PAGES == 'yes' }}
        uses: actions/upload-pages-artifact@v3
        with:
          path: out
  pages:
    needs: run
    if: ${{ !cancelled() && vars.DIGEST_PAGES == 'yes' }}
    runs-on: ubuntu-latest
    timeout-minutes: 10
    permissions:
      pages: write
      id-token: write
    environment: github-pages
    steps:
      - uses: actions/deploy-pages@v4
"""


def workflow(plan: Plan) -> str:
    """Write a workflow that runs at each of the plan's times, and every few hours if something is sent.

    Schedules of GitHub Actions are in UTC; the folders are the repository's own.
    """
    first = clock_in(plan.timezone, plan.times[0], "UTC", plan.today)
    clocks = sorted({c for each in plan.times for c in clock_in(plan.timezone, each, "UTC", plan.today)})
    crons = [f"    - cron: {_text(f'{clock.minute} {clock.hour} * * *')}" for clock in clocks]
    if plan.sends:
        crons.append(f"    - cron: {_text(f'{_between(clocks)} */{EVERY} * * *')}  # sends what waits")
    both = (
        "\n#   Clocks change there, so both hours stand here; the second run of a day is harmless."
        if len(first) > 1
        else ""
    )
    head = _HEAD.format(
        utc=" or ".join(f"{clock:%H:%M}" for clock in first), told=plan.told, both=both, crons="\n".join(crons),
        secrets="".join(f", {name}" for name in plan.secrets),
        files="".join(_in_place_of(each, posixpath.basename(plan.config)) for each in plan.files),
    )  # fmt: skip
    environment = "".join(f"      {name}: ${{{{ secrets.{name} }}}}\n" for name in plan.secrets)
    options = '--config "$DIGEST_CONFIG" --state state --out out --log-json'
    command = f"digest run {'--send ' if plan.sends else ''}{options}"
    config = _text(posixpath.basename(plan.config))
    return f"{head}    env:\n      DIGEST_CONFIG: {config}\n{environment}{_STEPS.replace('COMMAND', command)}"


def _in_place_of(setting: str, config: str) -> str:
    """Say what stands here in the place of a setting that names a file of secrets."""
    kind = setting.replace(":", ".").rpartition(".")[2].strip().removesuffix("_file")
    instead = "let the mail server sign" if kind == "key" else f"use {kind}_env there"
    return (
        f"#   {_text(config)[1:-1]} names {setting}: {instead}; a file of secrets does not belong into a repository.\n"
    )


def _between(clocks: list[time]) -> int:
    """Give a minute that is far from those of the daily runs, and from the full hour."""
    return max(range(7, 60, 10), key=lambda m: min(abs(m - clock.minute) % 60 for clock in clocks))


def _text(value: str) -> str:
    """Write a YAML scalar: what JSON says is YAML 1.2."""
    return json.dumps(value, ensure_ascii=False)
