/** Entry of a worker thread that reads the models of texts, as protocol/models.ts says. */
import { parentPort } from "node:worker_threads";
import { modelReadings } from "../core/diagnosis/propagation/modelReading.ts";
import { neighboursIn, openReading } from "../core/reading/readSource.ts";
import type { ModelsAnswer, ModelsRequest } from "../protocol/models.ts";
import { workspaceOf } from "./workspaceFiles.ts";

const port = parentPort;
if (!port) throw new Error("this file is the entry of a worker thread");

port.on("message", (request: ModelsRequest) => port.postMessage(answerTo(request)));

function answerTo({ texts, languageId, place }: ModelsRequest): ModelsAnswer {
	try {
		// Read anew each time: the files that it imports may have changed.
		const neighbours = place ? neighboursIn(workspaceOf(place.roots)(place.path), languageId) : undefined;
		const read = openReading(languageId, neighbours)?.update(texts);
		return { kind: "models", readings: read ? modelReadings(read) : [] };
	} catch (error) {
		return { kind: "failed", message: error instanceof Error ? error.message : String(error) };
	}
}
