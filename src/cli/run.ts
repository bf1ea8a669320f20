import { adviseCommand } from "./advise.ts";
import { codeCommand } from "./code.ts";
import { evaluateCommand } from "./evaluate.ts";
import { explainCommand } from "./explain.ts";
import { inspectCommand } from "./inspect.ts";
import { type Command, type CommandIo, Misuse } from "./io.ts";
import { lintCommand } from "./lint.ts";
import { modelCommand } from "./model.ts";
import { scanCommand } from "./scan.ts";
import { studyCommand } from "./study.ts";
import { trainCommand } from "./train.ts";

interface Entry {
	readonly run: Command;
	readonly usage: string;
	readonly summary: string;
}

const COMMANDS: Readonly<Record<string, Entry>> = {
	scan: {
		run: scanCommand,
		usage: "scan PATH… [--all] [--json]",
		summary: "the activations in files and folders",
	},
	lint: {
		run: lintCommand,
		usage: "lint PATH… [--format text|json|sarif]",
		summary: "what is wrong with the activations in files and folders",
	},
	model: {
		run: modelCommand,
		usage: "model FILE[:LINE[:COLUMN]] [--confirm] [--json]",
		summary: "the models of a file: layers, and what they do to signal and gradient before training",
	},
	explain: {
		run: explainCommand,
		usage: "explain FILE:LINE:COLUMN [--cell N] [--json]",
		summary: "what the hover shows at a place in a file",
	},
	evaluate: {
		run: evaluateCommand,
		usage: "evaluate ACTIVATION --at X,… [--parameters JSON] [--dtype TYPE] [--json], or evaluate --batch",
		summary: "value and derivatives of an activation",
	},
	inspect: {
		run: inspectCommand,
		usage: "inspect FILE[:LINE[:COLUMN]] [--json]",
		summary: "what a hand-written activation is, and where it goes wrong in each type",
	},
	code: {
		run: codeCommand,
		usage: "code ACTIVATION|FILE:LINE --as TARGET [--json]",
		summary: "an activation as code of a library, or as a formula",
	},
	study: {
		run: studyCommand,
		usage: "study SPEC.json [--workers N] [--keep FOLDER] [--json]",
		summary: "train activations against each other, as a document says",
	},
	advise: {
		run: adviseCommand,
		usage: "advise SPEC.json [--json]",
		summary: "which activation to take, from facts and a quick study",
	},
	train: {
		run: trainCommand,
		usage: "train SPEC.json [--json]",
		summary: "one exact training run with weights, data and batches given",
	},
};

/** Runs the command line `args` and resolves to the exit code: 0, 1 for a result that is a failure, 2 for misuse. */
export async function runCli(args: readonly string[], io: CommandIo, version: () => string): Promise<number> {
	const [name, ...rest] = args;
	try {
		if (name === "--version" || name === "-v") return await print(io, version());
		if (name === "--help" || name === "-h" || name === "help") return await print(io, helpText());
		const names = Object.keys(COMMANDS).join(", ");
		if (name === undefined) throw new Misuse(`expected a command (${names}), got none; --help tells more`);
		const entry = Object.hasOwn(COMMANDS, name) ? COMMANDS[name] : undefined;
		if (!entry) throw new Misuse(`expected a command (${names}), got "${name}"`);
		if (rest.includes("--help") || rest.includes("-h")) return await print(io, commandHelp(name, entry));
		return await entry.run(rest, io);
	} catch (error) {
		if (!(error instanceof Misuse)) throw error;
		io.complain(
			`activation-lens${name !== undefined && Object.hasOwn(COMMANDS, name) ? ` ${name}` : ""}: ${error.message}`,
		);
		return 2;
	}
}

async function print(io: CommandIo, text: string): Promise<number> {
	await io.write(`${text}\n`);
	return 0;
}

function helpText(): string {
	const width = Math.max(...Object.keys(COMMANDS).map((name) => name.length)) + 2;
	return [
		"Usage: activation-lens COMMAND …",
		"",
		"Shows what the activation functions in code compute.",
		"",
		...Object.entries(COMMANDS).map(([name, { summary }]) => `  ${name.padEnd(width)}${summary}`),
		"",
		"  --help, --version",
		"",
		"`activation-lens COMMAND --help` shows a command's arguments.",
	].join("\n");
}

function commandHelp(name: string, { usage, summary }: Entry): string {
	return `Usage: activation-lens ${usage}\n\n${name}: ${summary}`;
}
