import { describe, expect, it } from 'vitest';
import { Failure } from '#domain/failure.ts';
import { makeAddressRules } from '#plugins/look-up/http/address-rules.ts';

const refuses = (address: string, allow: readonly string[] = [], { host = address, port = 80 } = {}) =>
  makeAddressRules(allow).refuses({ host, port, address });

describe('addresses', () => {
  it.each([
    ['127.0.0.1', 'loopback'],
    ['127.255.0.9', 'loopback'],
    ['0.0.0.0', 'unspecified'],
    ['10.1.2.3', 'private'],
    ['172.16.0.1', 'private'],
    ['192.168.1.1', 'private'],
    ['169.254.169.254', 'linkLocal'],
    ['100.64.0.1', 'carrierGradeNat'],
    ['100.100.100.200', 'carrierGradeNat'],
    ['192.0.0.192', 'reserved'],
    ['168.63.129.16', 'cloud platform'],
    ['198.18.0.1', 'reserved'],
    ['224.0.0.1', 'multicast'],
    ['255.255.255.255', 'broadcast'],
    ['::1', 'loopback'],
    ['::', 'unspecified'],
    ['fe80::1%eth0', 'linkLocal'],
    ['fd00:ec2::254', 'uniqueLocal'],
    ['::ffff:10.0.0.1', 'private'],
    ['::ffff:169.254.169.254', 'linkLocal'],
    ['::ffff:a9fe:a9fe', 'linkLocal'],
    ['64:ff9b::a9fe:a9fe', 'rfc6052'],
    ['2002:7f00:1::', '6to4'],
    ['2001:0:1::1', 'teredo'],
    ['ff02::1', 'multicast'],
  ])('%s is refused as %s unless it is listed', (address, range) => {
    expect(refuses(address)).toBe(range);
    expect(refuses(address, ['0.0.0.0/0', '::/0'])).toBeNull();
  });

  it.each(['8.8.8.8', '1.1.1.1', '2606:4700::1111', '::ffff:8.8.8.8'])('%s is public', (address) => {
    expect(refuses(address)).toBeNull();
  });
});

describe('the list', () => {
  it('takes addresses and CIDRs, with a port for that port only', () => {
    expect(refuses('10.1.2.3', ['10.0.0.0/8'])).toBeNull();
    expect(refuses('11.0.0.1', ['10.0.0.0/8'])).toBeNull();
    expect(refuses('192.168.0.1', ['10.0.0.0/8'])).toBe('private');
    expect(refuses('10.1.2.3', ['10.1.2.3:8080'])).toBe('private');
    expect(refuses('10.1.2.3', ['10.1.2.3:8080'], { port: 8080 })).toBeNull();
    expect(refuses('fd00::1', ['fd00::/8'])).toBeNull();
    expect(refuses('fd00::1', ['[fd00::1]:80'])).toBeNull();
    expect(refuses('fd00::1', ['[fd00::1]:81'])).toBe('uniqueLocal');
    expect(refuses('::ffff:10.0.0.1', ['10.0.0.1'])).toBeNull();
  });

  it('takes host names, which say nothing of link-local addresses', () => {
    const host = 'CLM.example.org';
    expect(refuses('10.0.0.1', ['clm.example.org'], { host })).toBeNull();
    expect(refuses('10.0.0.1', ['clm.example.org:9061'], { host, port: 9061 })).toBeNull();
    expect(refuses('10.0.0.1', ['clm.example.org:9061'], { host })).toBe('private');
    expect(refuses('10.0.0.1', ['clm.example.org'], { host: 'evil.clm.example.org' })).toBe('private');
    expect(refuses('169.254.169.254', ['clm.example.org'], { host })).toBe('linkLocal');
  });

  it.each(['10.0.0.0/33', '*', '', 'http://host', '10.0.0', 'a b', '[::1', 'host:port'])('refuses %j', (entry) => {
    expect(() => makeAddressRules([entry])).toThrow(Failure);
    expect(() => makeAddressRules([entry])).toThrow('EMCO_LOOKUP_ALLOW: expected addresses, CIDRs or host names');
  });
});
