"""Compares `scan` with the labels of label.py on whole packages.

compare.py FOLDER… [--differences] prints a row for each folder: labels, how many of them `scan` finds, and what it finds
beyond them, which label.py does not follow, by the verdict on it in adjudicated.json. `--differences` prints each line on
which they differ and no verdict is given; there must be none. Needs dist/cli.js (`node esbuild.mjs`), and runs nothing of
the packages.
"""

import collections
import json
import os
import re
import subprocess
import sys

HERE = os.path.dirname(os.path.abspath(__file__))
CLI = os.path.join(HERE, "..", "..", "dist", "cli.js")
# Mathematics at large, which `scan` lists where a library has it (`torch.exp`), and label.py does not.
MATHEMATICS = set("exponential sine cosine abs sign arctan arcsinh erf ndtr log_ndtr heaviside sinc_normalized logsumexp".split())


def rows(command):
    output = subprocess.run(command, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL, check=True).stdout.decode()
    # A notebook has no labels.
    found = [json.loads(line) for line in output.splitlines()]
    return {(row["file"], row["line"], row["column"]): row for row in found if row["file"].endswith(".py")}


def verdict(rules, kind, row, file):
    """The first rule that fits a difference: every field it has is a pattern for the row's."""
    for rule in rules:
        wanted = {"difference": kind, "file": file, **row}
        if all(re.search(pattern, str(wanted.get(name, ""))) for name, pattern in rule["where"].items()):
            return rule["verdict"]
    return None


def compare(folder, rules):
    labels = rows([sys.executable, os.path.join(HERE, "label.py"), folder])
    found = rows(["node", CLI, "scan", folder, "--json"])
    counts, open_ = collections.Counter(), []
    for place in sorted(labels.keys() | found.keys()):
        label, use = labels.get(place), found.get(place)
        if label and use and (label["endColumn"], label["activation"]) == (use["endColumn"], use["activation"]):
            counts["both"] += 1
            continue
        if use and not label and use["activation"] in MATHEMATICS and use["library"] != "code":
            continue
        kind = "beyond" if use and not label else "missed" if label and not use else "other"
        # Package archives differ in the folders around a package; its own path tells its files.
        decided = verdict(rules, kind, use or label, os.path.relpath(place[0], folder))
        counts[decided or "open"] += 1
        if not decided:
            open_.append((kind, place, label, use))
    return len(labels), counts, open_


def main(arguments):
    with open(os.path.join(HERE, "adjudicated.json"), encoding="utf-8") as file:
        rules = json.load(file)
    print("| package | labels | found by both | beyond the labels, right | wrong | missed | recall | precision |")
    print("| --- | ---: | ---: | ---: | ---: | ---: | ---: | ---: |")
    total, undecided = collections.Counter(), 0
    for folder in [each for each in arguments if not each.startswith("--")]:
        name = os.path.basename(os.path.normpath(folder))
        labels, counts, open_ = compare(folder, rules)
        counts["labels"] = labels
        total += counts
        print(row(name, counts), flush=True)
        undecided += len(open_)
        if "--differences" in arguments:
            for kind, place, label, use in open_:
                print(kind, *place, "label:", label and label["activation"], "scan:", use and (use["activation"], use["text"]))
    print(row("all", total))
    if undecided:
        sys.exit(f"{undecided} differences have no verdict in adjudicated.json")


def row(name, counts):
    right = counts["both"] + counts["right"]
    wrong, missed = counts["wrong"], counts["missed"]
    share = lambda part, whole: f"{100 * part / whole:.2f} %" if whole else "–"
    cells = [name, counts["labels"], counts["both"], counts["right"], wrong, missed]
    return "| " + " | ".join(map(str, [*cells, share(right, right + missed), share(right, right + wrong)])) + " |"


if __name__ == "__main__":
    main(sys.argv[1:])
