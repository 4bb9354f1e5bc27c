/** What a client accepts. EMCO reads one media type and fails on lists; this reads lists and weights. */

interface AcceptedRange {
  readonly type: string;
  readonly quality: number;
}

/** Most wanted first; an absent header is an empty list. */
function parseAccept(header: string | undefined): readonly AcceptedRange[] {
  if (header === undefined || header.trim() === '') return [];
  return header
    .slice(0, 2000)
    .split(',')
    .map((part) => {
      const [type = '', ...parameters] = part.split(';').map((piece) => piece.trim().toLowerCase());
      const weight = parameters.find((parameter) => parameter.startsWith('q='));
      const quality = weight === undefined ? 1 : Number(weight.slice(2));
      return { type, quality: Number.isFinite(quality) ? quality : 0 };
    })
    .filter(({ type, quality }) => type !== '' && quality > 0)
    .sort((one, other) => other.quality - one.quality);
}

const covers = (range: string, type: string): boolean =>
  range === type || range === '*/*' || (range.endsWith('/*') && type.startsWith(range.slice(0, -1)));

/** True when problems may be JSON. Without the header the client is taken for one of EMCO's, which expect text. */
export const wantsJsonProblem = (header: string | undefined): boolean =>
  parseAccept(header).some(
    ({ type }) =>
      covers(type, 'application/json') || covers(type, 'application/problem+json') || type.endsWith('+json'),
  );

export type Representation = 'json' | 'file' | 'both';

/** Which form of a document with a file is wanted; null when none that there is. Absent and any type mean JSON. */
export function chooseRepresentation(header: string | undefined): Representation | null {
  const ranges = parseAccept(header);
  if (ranges.length === 0) return header === undefined || header.trim() === '' ? 'json' : null;
  for (const { type } of ranges) {
    if (covers(type, 'application/json')) return 'json';
    if (type === 'application/octet-stream') return 'file';
    if (type === 'multipart/form-data' || type === 'multipart/*') return 'both';
  }
  return null;
}

/** A stream only for who asks for one; any type and none at all mean JSON. Null when neither will do. */
export function chooseEventForm(header: string | undefined): 'stream' | 'json' | null {
  const ranges = parseAccept(header);
  if (ranges.length === 0) return 'json';
  const found = ranges.find(({ type }) => type === 'text/event-stream' || covers(type, 'application/json'));
  if (found === undefined) return null;
  return found.type === 'text/event-stream' ? 'stream' : 'json';
}
