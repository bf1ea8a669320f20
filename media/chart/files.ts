import type { HostApi } from "../../src/protocol/panel.ts";
import type { Colours } from "../theme.ts";
import type { Picture } from "./picture.ts";
import { pictureSvg } from "./svg.ts";

export type ExportFormat = "png" | "svg" | "csv";
export type CsvRow = readonly (string | number)[];

/** What a chart can be saved as. */
export interface Exportable {
	/** Without an ending. */
	readonly name: string;
	readonly picture: Picture;
	/** Head and rows, every number in full. */
	readonly rows: () => readonly CsvRow[];
}

/** A picture is drawn this many times larger than its SVG says, so that it is sharp in print. */
const PNG_SCALE = 2;

/** Offers a chart as a file; resolves to false when the user cancels. */
export async function saveChart(
	{ name, picture, rows }: Exportable,
	format: ExportFormat,
	colours: Colours,
	host: HostApi,
): Promise<boolean> {
	const fileName = `${name.replace(/[^\p{L}\p{N}_.-]+/gu, "-")}.${format}`;
	switch (format) {
		case "csv":
			return host.saveFile(fileName, base64(csv(rows())));
		case "svg":
			return host.saveFile(fileName, base64(pictureSvg(picture, colours)));
		case "png":
			return host.saveFile(fileName, await png(pictureSvg(picture, colours)));
	}
}

/** Comma-separated values as RFC 4180 has them. */
export function csv(rows: readonly CsvRow[]): string {
	return rows.map((row) => `${row.map(cell).join(",")}\r\n`).join("");
}

function cell(value: string | number): string {
	if (typeof value === "number") return String(value);
	// A spreadsheet would run a text that begins like a formula.
	const text = /^[=+\-@\t\r]/.test(value) ? `'${value}` : value;
	return /[",\r\n]/.test(text) ? `"${text.replaceAll('"', '""')}"` : text;
}

/** The SVG's own picture, so that a PNG too has title, legend and axes. */
async function png(svg: string): Promise<string> {
	const image = new Image();
	image.src = `data:image/svg+xml;base64,${base64(svg)}`;
	await image.decode();
	const canvas = document.createElement("canvas");
	canvas.width = image.naturalWidth * PNG_SCALE;
	canvas.height = image.naturalHeight * PNG_SCALE;
	canvas.getContext("2d")?.drawImage(image, 0, 0, canvas.width, canvas.height);
	const address = canvas.toDataURL("image/png");
	return address.slice(address.indexOf(",") + 1);
}

function base64(text: string): string {
	let binary = "";
	for (const byte of new TextEncoder().encode(text)) binary += String.fromCharCode(byte);
	return btoa(binary);
}
