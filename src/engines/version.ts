/** The bundler puts the extension's version here; the tests run the sources, which have none. */
declare const __VERSION__: string | undefined;

/** The extension's version; "sources" where nothing was built. */
export const version = typeof __VERSION__ === "string" ? __VERSION__ : "sources";

/** What a training's numbers come from: another version, or an engine with other mathematics, may give others. */
export const build = `${version}, V8 ${process.versions.v8}, ${process.arch}`;
