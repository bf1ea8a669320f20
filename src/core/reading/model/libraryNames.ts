import { namedNumber } from "../code/constants.ts";
import { numberThing, stringThing, type Thing } from "./thing.ts";

const LOWER = "abcdefghijklmnopqrstuvwxyz";
const LETTERS = LOWER + LOWER.toUpperCase();
const DIGITS = "0123456789";
const PUNCTUATION = "!\"#$%&'()*+,-./:;<=>?@[\\]^_`{|}~";
const SPACES = " \t\n\r\v\f";

/** The texts of Python's module `string`, by whose lengths models of characters are made. */
const TEXTS: Readonly<Record<string, string>> = {
	"string.ascii_lowercase": LOWER,
	"string.ascii_uppercase": LOWER.toUpperCase(),
	"string.ascii_letters": LETTERS,
	"string.digits": DIGITS,
	"string.hexdigits": `${DIGITS}abcdefABCDEF`,
	"string.octdigits": "01234567",
	"string.punctuation": PUNCTUATION,
	"string.whitespace": SPACES,
	"string.printable": DIGITS + LETTERS + PUNCTUATION + SPACES,
};

/** What a library's name stands for: a number or a text where it is one, else the name. */
export function libraryThing(dotted: string): Thing {
	const number = namedNumber(dotted);
	if (number !== undefined) return numberThing(number);
	const text = Object.hasOwn(TEXTS, dotted) ? TEXTS[dotted] : undefined;
	return text === undefined ? { kind: "library", name: dotted } : stringThing(text);
}
