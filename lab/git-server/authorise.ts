import { createHash, timingSafeEqual } from 'node:crypto';

/** True for `Bearer <token>` and for `Basic` with any user and the token as its password. */
export function isAuthorised(header: string | undefined, token: string): boolean {
  const [, scheme = '', value = ''] = /^(\w+) +(\S+)$/.exec(header ?? '') ?? [];
  switch (scheme.toLowerCase()) {
    case 'bearer':
      return isSame(value, token);
    case 'basic': {
      const pair = Buffer.from(value, 'base64').toString('utf8');
      return pair.includes(':') && isSame(pair.slice(pair.indexOf(':') + 1), token);
    }
    default:
      return false;
  }
}

const isSame = (given: string, expected: string): boolean =>
  timingSafeEqual(createHash('sha256').update(given).digest(), createHash('sha256').update(expected).digest());
