export { makeUrlReader, type UrlReaderOptions } from './make-url-reader.ts';
