"""Measure the repair of damaged text beside ftfy: python benchmarks/repair.py --data CORPORA [--seeds SEEDS].

One command fills the table of docs/benchmarks.md. `--only profiles,seeds` runs some parts, `--json` prints all figures
as JSON, `--confusions` adds what was taken for what, on text that is open for tuning. Nothing is random.

ftfy runs on the same input: "tuned" with settings that leave Chinese typography alone, and with its defaults where harm
is measured. Damaged characters are those that lost a byte; flagged are those less sure than the product's threshold and
those of refused lines.
"""

from __future__ import annotations

import argparse
import json
import os
from pathlib import Path

os.environ.setdefault("OPENBLAS_NUM_THREADS", "1")  # one core, as is said of the speed
os.environ.setdefault("OMP_NUM_THREADS", "1")

import repair_clean as clean
import repair_parts as parts
from repair_parts import Row, Run

PARTS = {"profiles": parts.profiles, "seeds": parts.seeds, "kinds": parts.kinds, "variants": parts.variants,
         "aside": parts.aside, "harm": clean.harm, "speed": clean.speed}  # fmt: skip


def table(rows: list[Row]) -> str:
    columns = list(dict.fromkeys(name for row in rows for name in row))
    lines = [columns, ["---"] * len(columns), *([row.get(name, "") for name in columns] for row in rows)]
    return "\n".join("| " + " | ".join(line) + " |" for line in lines)


def main() -> None:
    ask = argparse.ArgumentParser(description=__doc__.split("\n")[0])
    ask.add_argument("--data", type=Path, required=True, metavar="CORPORA")
    ask.add_argument("--seeds", type=Path, help="left out: ../seeds beside the corpora")
    ask.add_argument("--only", default=",".join(PARTS), help="parts: " + ", ".join(PARTS))
    ask.add_argument("--han", type=int, default=3000, help="Han characters taken of each text of the part `aside`")
    ask.add_argument("--json", action="store_true")
    ask.add_argument("--confusions", action="store_true")
    given = ask.parse_args()
    if unknown := [part for part in given.only.split(",") if part not in PARTS]:
        ask.error(f"no such part: {', '.join(unknown)}")
    run = Run(given.data, given.seeds or given.data.resolve().parent / "seeds", given.han)
    told: dict[str, object] = {}
    for part in given.only.split(","):
        for title, rows in PARTS[part](run):
            told[title] = rows
            if not given.json:
                print(f"\n## {title}\n\n{table(rows)}", flush=True)
    if run.checked:
        run.sum_up("lines printed as repaired that, damaged again, are not the input",
                   f"{len(run.faithless)} of {run.checked:,}", "", "0")  # fmt: skip
    oracle = {"lines printed as repaired": run.checked, "that damaged again differ": len(run.faithless),
              "first of them": run.faithless[:10]}  # fmt: skip
    told["oracle"] = oracle
    if not given.json:
        print("\n## the oracle\n\n" + "\n".join(f"- {name}: {value}" for name, value in oracle.items()))
    if given.confusions:
        most = run.open.confused.most_common(15)
        told["confused"] = [[a, b, n] for (a, b), n in most]
        if not given.json:
            print("\n## taken for\n\n" + "\n".join(f"- {a} → {b or 'nothing'}: {n}" for (a, b), n in most))
    told["summary"] = run.summary
    if not given.json:
        print(f"\n## in sum\n\n{table(run.summary)}")
    else:
        print(json.dumps(told, ensure_ascii=False, indent=1))


if __name__ == "__main__":
    main()
