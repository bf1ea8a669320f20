/** What a method that takes nothing makes of a text; undefined for one that is not known. */
export function textAfter(method: string, text: string): string | undefined {
	switch (method) {
		case "lower":
		case "casefold":
		case "toLowerCase":
			return text.toLowerCase();
		case "upper":
		case "toUpperCase":
			return text.toUpperCase();
		case "capitalize":
			return text.charAt(0).toUpperCase() + text.slice(1).toLowerCase();
		case "strip":
		case "trim":
			return text.trim();
		default:
			return undefined;
	}
}
