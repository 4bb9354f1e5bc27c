/** Says what a patch expected and found; becomes a problem of the customization that carries it. */
export class PatchError extends Error {}
