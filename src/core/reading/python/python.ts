import type { Language } from "../code/language.ts";
import { IMPORTING, importedNames } from "./imports.ts";
import { pythonFiles } from "./moduleFiles.ts";
import { BUILTINS, CONVENTIONS, starBrings } from "./modules.ts";
import { parseMembers, parsePython } from "./parse.ts";
import { bindsOutside, definedName, endsWithClass, pythonStatements } from "./statements.ts";

/** Python, version 3 and what of version 2 still parses. */
export const python: Language = {
	library: "python",
	scanParts: pythonStatements,
	importing: IMPORTING,
	importedNames,
	definedName,
	bindsOutside,
	endsWithClass,
	parse: parsePython,
	parseMembers,
	conventions: CONVENTIONS,
	builtins: BUILTINS,
	starBrings,
	filesOf: pythonFiles,
	tensor: "torch.Tensor",
	stringLibraries: ["torch", "timm", "transformers", "entmax", "keras"],
	numbers: "python",
};
