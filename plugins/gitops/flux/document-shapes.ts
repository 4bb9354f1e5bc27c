/** Stands for the cluster's folder while a document is made. */
const standIn = 'emco-stand-in-of-the-cluster';
/** Folders that YAML writes as they are, like the stand-in. */
const plainFolder = /^[A-Za-z0-9._+-]+$/;
const mostShapes = 1000;

/**
 * Documents that differ by their cluster's folder only are checked and written once and filled in for each cluster: a
 * thousand clusters cost little more than one.
 */
export class DocumentShapes {
  private readonly shapes = new Map<string, readonly string[]>();

  /** @param key says everything that `make` makes the document from, besides the folder. */
  fill(key: string, folder: string, make: (folder: string) => string): string {
    if (!plainFolder.test(folder) || key.includes(standIn)) return make(folder);
    const shape = this.shapes.get(key) ?? make(standIn).split(standIn);
    if (this.shapes.size >= mostShapes) this.shapes.clear();
    this.shapes.set(key, shape);
    return shape.join(folder);
  }
}
