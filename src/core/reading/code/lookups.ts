import type { CodeClass } from "./scope.ts";

/** Stands among the names that were looked up for the modules of `import *`. */
export const STARS = "*";

const MENTION = "~";

/** Stands among the names that were looked up for the places where a name is used. */
export function mentionOf(name: string): string {
	return MENTION + name;
}

/** The name whose uses were looked at; undefined where something else was looked up. */
export function mentionedBy(lookup: string): string | undefined {
	return lookup.startsWith(MENTION) ? lookup.slice(MENTION.length) : undefined;
}

/** Stands among what was looked up for an attribute of a class; without its name, for what the class descends from. */
export function attributeOf(owner: CodeClass, property = ""): string {
	return `${owner.name}.${property}`;
}
