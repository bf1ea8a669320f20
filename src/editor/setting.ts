import * as vscode from "vscode";
import { type SettingId, settings } from "./settings.ts";

interface Types {
	readonly boolean: boolean;
	readonly integer: number;
	readonly string: string;
	/** People write anything into it. */
	readonly object: unknown;
}

const isOf: Readonly<Record<keyof Types, (value: unknown) => boolean>> = {
	boolean: (value) => typeof value === "boolean",
	integer: Number.isInteger,
	string: (value) => typeof value === "string",
	object: () => true,
};

/** What a setting says for a document, or for the window; its default where it is of another type. */
export function setting<Id extends SettingId>(
	id: Id,
	document?: vscode.TextDocument,
): Types[(typeof settings)[Id]["type"]] {
	const { type, default: usual } = settings[id];
	const value: unknown = vscode.workspace.getConfiguration(undefined, document).get(id);
	return (isOf[type](value) ? value : usual) as Types[(typeof settings)[Id]["type"]]; // As the table says.
}
