import { describe, expect, test } from '@jest/globals';
import { canonicalAddress, clientAddress, networksOf } from '../../../../src/surfaces/http/access/address.js';
import { rateKey } from '../../../../src/surfaces/http/access/rate-limit.js';

describe('one spelling for one address', () => {
  test.each([
    ['10.0.0.1', '10.0.0.1'],
    ['::ffff:10.0.0.1', '10.0.0.1'],
    ['::FFFF:0a00:0001', '10.0.0.1'],
    ['0:0:0:0:0:ffff:10.0.0.1', '10.0.0.1'],
    ['2001:DB8:0:0:0:0:0:1', '2001:db8::1'],
    ['fe80::1%eth0', 'fe80::1'],
    ['[2001:db8::1]:443', '2001:db8::1'],
    ['10.0.0.1:5000', '10.0.0.1'],
    [' 10.0.0.1 ', '10.0.0.1'],
  ])('%s is %s', (text, wanted) => {
    expect(canonicalAddress(text)).toBe(wanted);
  });

  test.each(['', 'unknown', '10.0.0', '10.0.0.1.2', '010.0.0.1', '_hidden', '1.2.3.4, 5.6.7.8', '::g'])(
    '%s is no address',
    (text) => {
      expect(canonicalAddress(text)).toBeNull();
    },
  );
});

describe('networks', () => {
  const list = networksOf(['10.1.2.3/8', '192.0.2.7', '2001:db8::/32', '::ffff:172.16.0.0/108']);
  test.each([
    ['10.255.0.1', true],
    ['11.0.0.1', false],
    ['192.0.2.7', true],
    ['192.0.2.8', false],
    ['2001:db8:ffff::1', true],
    ['2001:db9::1', false],
    ['172.16.0.9', true],
    ['172.32.0.9', false],
    ['unknown', false],
  ])('%s: %s', (address, wanted) => {
    expect(list.has(address)).toBe(wanted);
  });
});

describe('who asks', () => {
  const proxies = networksOf(['10.0.0.0/8', 'fd00::/8']);
  test.each([
    ['nobody in between', '192.0.2.1', undefined, '192.0.2.1'],
    ['a claim of the client itself', '192.0.2.1', '10.0.0.9, 127.0.0.1', '192.0.2.1'],
    ['one proxy', '10.0.0.2', '192.0.2.1', '192.0.2.1'],
    ['a claim before what the proxy noted', '10.0.0.2', '127.0.0.1, 192.0.2.1', '192.0.2.1'],
    ['two proxies', '::ffff:10.0.0.2', '127.0.0.1, 192.0.2.1, fd00::2', '192.0.2.1'],
    ['nothing but proxies', '10.0.0.2', '10.0.0.3', '10.0.0.3'],
    ['no header from a proxy', '10.0.0.2', undefined, '10.0.0.2'],
    ['what the proxy noted is no address', '10.0.0.2', '192.0.2.1, unknown', 'unknown'],
    ['an empty note', '10.0.0.2', '', 'unknown'],
    ['a note that ends with a comma', '10.0.0.2', '192.0.2.1,', 'unknown'],
    ['what another proxy noted is no address', '10.0.0.2', '<script>, 10.0.0.3', 'unknown'],
    ['a claim that is no address, before the proxy’s note', '10.0.0.2', '<script>, 192.0.2.1', '192.0.2.1'],
    ['a port', '10.0.0.2', '192.0.2.1:55001', '192.0.2.1'],
    ['brackets and a port', '10.0.0.2', '[2001:db8::1]:55001', '2001:db8::1'],
    ['the proxy’s own address as a claim', '192.0.2.9', '10.0.0.2', '192.0.2.9'],
    ['a connection that is gone', undefined, '192.0.2.1', 'unknown'],
  ])('%s', (_case, peer, forwarded, wanted) => {
    expect(clientAddress(peer, forwarded, proxies)).toBe(wanted);
  });
});

test.each([
  ['192.0.2.1', '192.0.2.1'],
  ['2001:db8:1:2:3:4:5:6', '2001:db8:1:2::/64'],
  ['2001:db8:1:2::6', '2001:db8:1:2::/64'],
  ['2001:db8::6', '2001:db8:0:0::/64'],
  ['::1', '0:0:0:0::/64'],
])('the client %s counts as %s', (address, key) => {
  expect(rateKey(address)).toBe(key);
});
