"""Runs exported scripts by PyTorch and reads exported logs by TensorBoard; compares with what the studies came to."""

import json
import pathlib
import runpy
import subprocess
import sys

import torch

# Rounding grows while it trains; a study of a few epochs keeps most digits.
TOLERANCE = 1e-7


def near(got, wanted, tolerance=TOLERANCE):
    return got == wanted or abs(got - wanted) <= tolerance * (abs(wanted) + 1e-9)


def check_script(folder, study):
    """Every run of a study, trained by its script."""
    found = []
    script = runpy.run_path(str(folder / f"{study['name']}.py"))
    for run in study["runs"]:
        label = f"{study['name']}: {run['label']}, seed {run['seed']}"
        result = script["train"](run["label"], run["seed"])
        if run["diverged"] or result is None:
            if not (run["diverged"] and result is None):
                found.append(f"{label}: {result}, the study has diverged: {run['diverged']}")
            continue
        wanted = {f"{part} {what}": value for part in ("validation", "test") if run.get(part)
                  for what, value in (("loss", run[part]["loss"]), ("accuracy %", run[part]["accuracy"])) if value is not None}
        if result.keys() != wanted.keys():
            found.append(f"{label}: measures {list(result)}, the study has {list(wanted)}")
            continue
        for what, value in wanted.items():
            if not near(result[what], 100 * value if what.endswith("%") else value):
                found.append(f"{label}: {what} {result[what]!r}, the study has {value!r}")
    return found


def check_table(folder, study):
    """What a script prints when it is run."""
    path = folder / f"{study['name']}.py"
    printed = subprocess.run([sys.executable, "-X", "utf8", path], capture_output=True, text=True, encoding="utf-8")
    if printed.returncode != 0:
        return [f"{study['name']}: {printed.stderr}"]
    found = []
    lines = printed.stdout.splitlines()[1:]
    for line, one in zip(lines, study["result"]["activations"], strict=True):
        wanted = f"{one['activation']} {one['runs']} {one['diverged']}"
        for key, scale, digits in (("validationLoss", 1, 4), ("accuracy", 100, 1), ("testLoss", 1, 4), ("testAccuracy", 100, 1)):
            if one.get(key):
                wanted += f" {scale * one[key]['mean']:.{digits}f} ± {scale * one[key]['halfWidth']:.{digits}f}"
        if " ".join(line.split()) != wanted:
            found.append(f"{study['name']}: printed {line!r}, the study has {wanted!r}")
    return found


def check_logs(folder, study):
    """Every scalar of a study's logs."""
    from tensorboard.backend.event_processing.event_accumulator import EventAccumulator

    found = []
    labels = [one["activation"] for one in study["result"]["activations"]]
    for path in study["logs"]:
        _, activation, seed, _ = path.split("/")
        log = EventAccumulator(str((folder / "logs" / path).parent))
        log.Reload()
        steps = [one for one in study["steps"]
                 if labels[one["activation"]] == activation and f"seed-{one['seed']}" == seed]
        wanted = {"loss/train": [one["loss"] for one in steps],
                  "loss/validation": [one["validationLoss"] for one in steps]}
        if steps[0]["accuracy"] is not None:
            wanted["accuracy/validation"] = [one["accuracy"] for one in steps]
        for i in range(len(steps[0]["layers"])):
            for tag, key in (("gradient_norm", "gradientNorm"), ("dead", "dead"), ("saturated", "saturated")):
                wanted[f"{tag}/layer_{i + 1}"] = [one["layers"][i][key] for one in steps]
        if sorted(log.Tags()["scalars"]) != sorted(wanted):
            found.append(f"{path}: {log.Tags()['scalars']}, the study has {sorted(wanted)}")
            continue
        for tag, values in wanted.items():
            got = log.Scalars(tag)
            if [event.step for event in got] != [one["step"] for one in steps]:
                found.append(f"{path}: {tag} has the steps {[event.step for event in got]}")
            if any(event.wall_time != 1_700_000_000.5 for event in got):
                found.append(f"{path}: {tag} is of another time")
            if not all(near(event.value, value, 1e-6) for event, value in zip(got, values, strict=True)):
                found.append(f"{path}: {tag} is {[event.value for event in got]}, the study has {values}")
    return found


def report(what, count, found):
    print(f"{'✖' if found else '✔'} {what}: {count}")
    for line in found[:40]:
        print(f"    {line}")
    return len(found)


def main():
    folder = pathlib.Path(sys.argv[1])
    studies = json.loads((folder / "expected.json").read_text(encoding="utf-8"))
    runs = sum(len(study["runs"]) for study in studies)
    different = [line for study in studies for line in check_script(folder, study)]
    failed = report("exported scripts train as the study did", f"{runs} runs (torch {torch.__version__})", different)
    learned = [study["name"] for study in studies for run in study["runs"]
               if study["name"] in ("digits", "curve") and not run["loss"] < run["before"]]
    failed += report("their loss falls", "digits and curve", learned)
    tables = [study for study in studies if study["name"] in ("curve", "moons", "tested")]
    failed += report("they print the study's table", len(tables), [e for one in tables for e in check_table(folder, one)])
    try:
        import tensorboard
    except ImportError:
        print("Skipped: TensorBoard's reading of exported logs, as tensorboard is not installed.")
    else:
        logs = [study for study in studies if study["name"] in ("curve", "digits")]
        count = f"{sum(len(one['logs']) for one in logs)} files (tensorboard {tensorboard.__version__})"
        failed += report("TensorBoard reads the exported logs", count, [e for one in logs for e in check_logs(folder, one)])
    sys.exit(1 if failed else 0)


main()
