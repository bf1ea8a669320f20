/**
 * Has something done as often as it is asked for; while one run is awaited, of all that is asked for only the newest is
 * done. `work` is told whether it has been asked for anew.
 */
export function newestOnly(work: (isStale: () => boolean) => Promise<void>): () => Promise<void> {
	let isBusy = false;
	let isStale = false;
	return async () => {
		isStale = true;
		if (isBusy) return;
		isBusy = true;
		try {
			while (isStale) {
				isStale = false;
				await work(() => isStale);
			}
		} finally {
			isBusy = false;
		}
	};
}
