import { describe, expect, it } from 'vitest';
import { parseEmbeddedConfig, parseServerConfig, UsageError } from '#workers/config.ts';

const server = { DATABASE_URL: 'postgresql://db/emco', EMCO_KEY_FILE: '/key', TEMPORAL_ADDRESS: 'temporal:7233' };

describe('the configuration', () => {
  it('binds to loopback on port 9015 and keeps its data in the home folder unless told otherwise', () => {
    expect(parseEmbeddedConfig([], {})).toMatchObject({
      address: '127.0.0.1',
      port: 9015,
      json: false,
      tokenFile: null,
    });
    expect(parseEmbeddedConfig(['--data', '/d', '--port', '0', '--json'], {})).toMatchObject({
      data: '/d',
      port: 0,
      json: true,
    });
  });

  it('serves the status notification only where a port for it is given', () => {
    expect(parseEmbeddedConfig([], {}).statusPort).toBeNull();
    expect(parseEmbeddedConfig(['--status-port', '9016'], { EMCO_STATUS_PORT: '1' }).statusPort).toBe(9016);
    expect(parseServerConfig(['api'], { ...server, EMCO_STATUS_PORT: '9016' }).statusPort).toBe(9016);
  });

  it('refuses an address that others reach without a token before anything is started', () => {
    const open = ['--address', '0.0.0.0'];
    expect(() => parseEmbeddedConfig(open, {})).toThrow(UsageError);
    expect(() => parseEmbeddedConfig(open, {})).toThrow('address 0.0.0.0: expected EMCO_TOKEN_FILE');
    expect(parseEmbeddedConfig(open, { EMCO_TOKEN_FILE: '/t' })).toMatchObject({ tokenFile: '/t' });
    expect(() => parseServerConfig(['api'], { ...server, EMCO_ADDRESS: '0.0.0.0' })).toThrow('EMCO_TOKEN_FILE');
    expect(parseServerConfig(['worker'], { ...server, EMCO_ADDRESS: '0.0.0.0' })).toMatchObject({ roles: ['worker'] });
  });

  it('takes the address at which controllers reach the API without credentials in it', () => {
    const read = (url: string) => parseServerConfig(['worker'], { ...server, EMCO_API_URL: url }).apiUrl;
    expect([read(''), read('https://emco.example.org/')]).toEqual([null, 'https://emco.example.org']);
    for (const wrong of ['emco:9015', 'ftp://emco', 'https://user:secret@emco', 'https://emco?token=x'])
      expect(() => read(wrong)).toThrow('EMCO_API_URL: expected http(s)://host:port without credentials');
  });

  it.each([
    [['--port', 'x'], 'port: expected a number from 0 to 65535, found x'],
    [['--port', '70000'], 'found 70000'],
    [['--nonsense'], '--nonsense'],
  ])('names what is wrong with %j', (args, message) => {
    expect(() => parseEmbeddedConfig(args, {})).toThrow(message);
  });

  it('gives a Helm hook five minutes unless told otherwise', () => {
    expect(parseEmbeddedConfig([], {})).toMatchObject({ hookTimeoutMs: 300_000 });
    expect(parseServerConfig([], { ...server, EMCO_HOOK_TIMEOUT: '60' })).toMatchObject({ hookTimeoutMs: 60_000 });
    expect(() => parseEmbeddedConfig([], { EMCO_HOOK_TIMEOUT: 'soon' })).toThrow('EMCO_HOOK_TIMEOUT');
  });

  it('lists what look-ups may ask, and what means our own kv pairs', () => {
    expect(parseEmbeddedConfig([], {}).lookUps).toEqual({ allow: [], own: ['*:30461'] });
    const environment = {
      ...server,
      EMCO_LOOKUP_ALLOW: '10.0.0.0/8, clm.example:80,',
      EMCO_LOOKUP_OWN: 'EMCO.example:443',
    };
    expect(parseServerConfig(['worker'], environment).lookUps).toEqual({
      allow: ['10.0.0.0/8', 'clm.example:80'],
      own: ['emco.example:443'],
    });
    expect(() => parseEmbeddedConfig([], { EMCO_LOOKUP_OWN: 'http://emco:80' })).toThrow(
      'EMCO_LOOKUP_OWN: expected host:port, host * for any, found http://emco:80',
    );
  });

  it('names the variable that a server lacks', () => {
    expect(() => parseServerConfig([], { ...server, DATABASE_URL: '' })).toThrow(
      'environment: expected DATABASE_URL, found none',
    );
    expect(() => parseServerConfig(['both'], server)).toThrow('role: expected api, worker or all, found both');
  });
});
