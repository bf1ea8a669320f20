import * as vscode from "vscode";
import type { CommandId } from "./commands.ts";
import type { PageStyle } from "./html.ts";

/** A page without a script beside the code, one at a time: what it shows is written anew. */
export class PageBeside implements vscode.Disposable {
	readonly #extensionUri: vscode.Uri;
	readonly #viewType: string;
	/** What a link of the page may run, and nothing else. */
	readonly #allowed: readonly CommandId[];
	readonly #onClose: () => void;
	#panel: vscode.WebviewPanel | undefined;

	constructor(extensionUri: vscode.Uri, viewType: string, allowed: readonly CommandId[], onClose = () => {}) {
		this.#extensionUri = extensionUri;
		this.#viewType = viewType;
		this.#allowed = allowed;
		this.#onClose = onClose;
	}

	/** Writes the page, and opens it if it is not; where it is hidden it stays so. */
	write(title: string, html: (style: PageStyle) => string): void {
		this.#panel ??= this.#create(title);
		const { webview } = this.#panel;
		const style = vscode.Uri.joinPath(this.#extensionUri, "dist", "advice.css");
		this.#panel.title = title;
		webview.html = html({ address: webview.asWebviewUri(style).toString(), source: webview.cspSource });
	}

	/** Brings the page to the front; the code keeps the focus. */
	reveal(): void {
		this.#panel?.reveal(undefined, true);
	}

	dispose(): void {
		this.#panel?.dispose();
	}

	#create(title: string): vscode.WebviewPanel {
		const panel = vscode.window.createWebviewPanel(
			this.#viewType,
			title,
			{ viewColumn: vscode.ViewColumn.Beside, preserveFocus: true },
			{
				enableScripts: false,
				enableCommandUris: this.#allowed,
				localResourceRoots: [vscode.Uri.joinPath(this.#extensionUri, "dist")],
			},
		);
		panel.iconPath = vscode.Uri.joinPath(this.#extensionUri, "media", "icons", "panel.svg");
		panel.onDidDispose(() => {
			this.#panel = undefined;
			this.#onClose();
		});
		return panel;
	}
}
