/** Name of the fact that changes whenever clusters or what runs on them changes; watchers look at it once a second. */
export const watchEpochFact = 'watch-epoch';
