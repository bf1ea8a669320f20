const PYTHON = /("""|''')[\s\S]*?(?:\1|$)|"(?:\\.|[^"\\\n])*"?|'(?:\\.|[^'\\\n])*'?|#.*/g;
const JAVASCRIPT = /\/\*[\s\S]*?(?:\*\/|$)|\/\/.*|"(?:\\.|[^"\\\n])*"?|'(?:\\.|[^'\\\n])*'?/g;

/** Code without its comments and with its strings empty: what these say in words is none of it. */
export function withoutTexts(code: string, isJavaScript: boolean): string {
	return code.replace(isJavaScript ? JAVASCRIPT : PYTHON, (text) => (/^["']/.test(text) ? '""' : ""));
}
