/** A text as the name of a file or folder on any system: "ReLU (slope=0.1)" as "ReLU-slope-0.1"; `otherwise` where nothing is left. */
export function safeName(text: string, otherwise: string): string {
	const name = text
		.replace(/[^\w.-]+/g, "-")
		.replace(/^[-.]+|[-.]+$/g, "")
		.slice(0, 80);
	return name || otherwise;
}

/** Different names for several texts, also where a system does not tell capitals from small letters. */
export function safeNames(texts: readonly string[]): readonly string[] {
	const taken = new Set<string>();
	return texts.map((text) => {
		const name = safeName(text, "activation");
		let free = name;
		for (let n = 2; taken.has(free.toLowerCase()); n++) free = `${name}-${n}`;
		taken.add(free.toLowerCase());
		return free;
	});
}
