import { homedir } from "node:os";
import * as vscode from "vscode";

/** Where a new file is offered to be saved: in the workspace's first folder, or at home. */
export function defaultFolder(): vscode.Uri {
	return vscode.workspace.workspaceFolders?.[0]?.uri ?? vscode.Uri.file(homedir());
}
