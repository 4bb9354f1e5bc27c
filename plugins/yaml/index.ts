export { parseYamlDocuments } from './parse-yaml-documents.ts';
export { toYaml } from './to-yaml.ts';
export { makeYamlWriter } from './yaml-writer.ts';
