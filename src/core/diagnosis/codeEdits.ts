import type { ActivationParameter } from "../activations/activation.ts";
import { callFor } from "../activations/libraries/codeFor.ts";
import { functionCode, importsFor } from "../activations/libraries/functionCode.ts";
import { blockOf, type CodeOptions, MOST_IN_LINE, printBody, printCode } from "../expression/code/printCode.ts";
import { differentiate } from "../expression/differentiate.ts";
import { simplify } from "../expression/simplify.ts";
import type { Definition } from "../reading/use.ts";
import type { Span } from "../span.ts";
import type { Edit } from "./edit.ts";
import { type FunctionText, functionText } from "./functionText.ts";
import { importOffset } from "./importOffset.ts";
import type { Inspection } from "./inspectDefinition.ts";
import { bestForm, catalogForm, codeLibraryOf, stableFormOf } from "./stableForm.ts";
import { inlined, stableVectorCode } from "./stableVector.ts";

/** A change of the text around a hand-written function. */
export interface CodeEdit {
	readonly span: Span;
	readonly code: string;
	/** Lines that import what the code uses and the text does not have. */
	readonly imports: readonly string[];
}

/** The changes of the text that a code edit is, with those that add its imports. */
export function editsOf({ span, code, imports }: CodeEdit, text: string): readonly Edit[] {
	const line = importOffset(text);
	const added = imports.length > 0 ? [{ span: { start: line, end: line }, text: `${imports.join("\n")}\n` }] : [];
	return [...added, { span, text: code }];
}

/**
 * The edit that makes a function compute its stable form; null where there is none, or what the body holds besides would
 * be lost. `text` is what the definition was read from.
 */
export function stableReplacement(definition: Definition, inspection: Inspection, text: string): CodeEdit | null {
	const library = codeLibraryOf(definition, text);
	const stable = stableFormOf(definition, inspection, library);
	if (!library || !stable) return null;
	if (!stable.form) return stableVectorReplacement(definition, text);
	if (!definition.understood) return null;
	const found = functionText(definition, text);
	if (!found) return null;
	const { parameters } = definition.understood.activation;
	const options: CodeOptions = {
		input: found.input,
		nameOf: found.nameOf,
		parameters: Object.fromEntries(parameters.map(({ name, default: value }) => [name, value])),
		tensors: new Set(parameters.filter(({ trainable }) => trainable).map(({ name }) => name)),
	};
	const body = printBody(stable.form, library, options);
	if (!body) return null;
	if (found.form === "statements" && found.indent !== null) return edit(found, body.locals, body.value, text);
	const line = printCode(stable.form, library, options)!; // As its body can be printed.
	const isLong = line.length > MOST_IN_LINE && found.form === "expression" && found.language === "javascript";
	return edit(found, [], isLong ? blockOf(body) : line, text);
}

/** The same for a function of the whole vector. */
function stableVectorReplacement(definition: Definition, text: string): CodeEdit | null {
	const { identity, library, kind } = definition;
	const found = functionText(definition, text);
	if (!identity || !found || kind === "class") return null;
	const body = stableVectorCode(identity.activation, library, found.input);
	if (!body) return null;
	return found.form === "statements" && found.indent !== null
		? edit(found, body.locals, body.value, text)
		: edit(found, [], inlined(body), text);
}

/** The call of the library's own function that a definition is, as code of x or of what `input` says; null where it has none. */
export function libraryCall(
	definition: Definition,
	text: string,
	input = "x",
	nameOf: (parameter: string) => string = (name) => name,
): string | null {
	const { identity, understood } = definition;
	const library = codeLibraryOf(definition, text);
	if (!identity || !understood || !library || !catalogForm(definition)) return null;
	if (library === "typescript" || library === "python") return null;
	const written = Object.fromEntries(
		Object.entries(identity.names).map(([canonical, own]) => [canonical, nameOf(own)]),
	);
	return callFor(identity, library, input, written)?.code ?? null;
}

/** The edit that makes a function call the library's own one; null where the library has none of that kind. */
export function libraryReplacement(definition: Definition, text: string): CodeEdit | null {
	const found = functionText(definition, text);
	const call = found && libraryCall(definition, text, found.input, found.nameOf);
	if (!call) return null;
	const own = text.slice(found.body.start, found.body.end);
	const name = /(\w+)\(/.exec(call)?.[1] ?? call;
	if (new RegExp(`\\b${name}\\(`).test(own)) return null; // It is that already.
	return edit(found, [], call, text);
}

/**
 * The edit that adds the function's derivative as a function behind it; null for a class, whose library differentiates it
 * itself. Its form is that of the catalog where the function is an entry of it.
 */
export function derivativeInsertion(definition: Definition, text: string): CodeEdit | null {
	const { understood, kind, name, span } = definition;
	const target = codeLibraryOf(definition, text);
	if (!understood || !target || kind === "class") return null;
	const { activation } = understood;
	const isJavaScript = target === "typescript" || target === "tfjs";
	const own = isJavaScript ? `${name}Derivative` : `${name}_derivative`;
	if (new RegExp(`\\b${own}\\b`).test(text)) return null;
	const made = functionCode(
		{
			name: own,
			expression: simplify(differentiate(bestForm(definition), "x")),
			parameters: activation.parameters.map((each): ActivationParameter => ({ ...each, trainable: false })),
			title: `The derivative of ${name}`,
			formula: null,
			source: "",
		},
		target,
	);
	if (!made) return null;
	const lineStart = text.lastIndexOf("\n", span.start - 1) + 1;
	const margin = /^[ \t]*/.exec(text.slice(lineStart))![0];
	const lineEnd = text.indexOf("\n", span.start + text.slice(span.start, span.end).trimEnd().length);
	const at = lineEnd < 0 ? text.length : lineEnd;
	const gap = isJavaScript || margin !== "" ? "\n\n" : "\n\n\n";
	const isExported = /^[ \t]*export\b/.test(text.slice(lineStart));
	const shown = isExported ? made.code : made.code.replace(/^export /m, "");
	const code = shown.trimEnd().replace(/^(?=.)/gm, margin);
	return {
		span: { start: at, end: at },
		code: `${gap}${code}`,
		imports: missingImports(made.code, isJavaScript ? "javascript" : "python", text),
	};
}

function edit(
	found: FunctionText,
	locals: readonly { readonly name: string; readonly code: string }[],
	value: string,
	text: string,
): CodeEdit {
	const all = [...locals.map(({ code }) => code), value].join(" ");
	const imports = missingImports(all, found.language, text);
	if (found.form === "expression") return { span: found.body, code: value, imports };
	const isPython = found.language === "python";
	const lines = [
		...locals.map(({ name, code }) => (isPython ? `${name} = ${code}` : `const ${name} = ${code};`)),
		isPython ? `return ${value}` : `return ${value};`,
	];
	return { span: found.body, code: lines.join(`\n${found.indent ?? ""}`), imports };
}

function missingImports(code: string, language: FunctionText["language"], text: string): string[] {
	const isBound = (line: string) => {
		const name = /\b(\w+)(?: from .*)?;?$/.exec(line)?.[1] ?? line;
		const forms = [
			`import\\s+(?:[^\\n#]*,\\s*)?${name}(?:\\.\\w+)*\\s*(?:$|[,;#])`,
			`(?:import|from)\\b[^\\n#]*\\bas ${name}\\b`,
			`from\\b[^\\n#]*\\bimport\\b[^\\n#]*\\b(?<! as )${name}\\b(?! as)`,
			`(?:const|let|var) ${name}\\b`,
			`import ${name} from`,
		];
		return new RegExp(`^\\s*(?:${forms.join("|")})`, "m").test(text);
	};
	return importsFor(code, language === "python" ? "tensorflow" : "tfjs").filter((line) => !isBound(line));
}
