// Where Redis is, as a URL, and which errors are of the way to it: those of FTP and of signals are not.
import { describe, expect, it } from '@jest/globals';
import { isRedisError } from '../../src/engine/redis/connection.ts';
import { readRedisUrl } from '../../src/engine/redis/url.ts';
import { InvalidRunError, UsageError } from '../../src/errors.ts';

describe('a URL of Redis', () => {
  it.each([
    ['redis://127.0.0.1', { host: '127.0.0.1', port: 6379, db: 0 }],
    ['redis://:a%25b@h:7/3', { host: 'h', port: 7, db: 3, password: 'a%b' }],
    ['rediss://u:p@h', { host: 'h', username: 'u', password: 'p', tls: { servername: 'h' } }],
    // RFC 6066 3: an address is no server name.
    ['rediss://10.0.0.1', { host: '10.0.0.1', tls: {} }],
    ['rediss://[::1]:7', { host: '::1', port: 7, tls: {} }],
  ])('%s', (url, options) => expect(readRedisUrl(url).options).toMatchObject(options));

  it('is called without its password', () => {
    expect(readRedisUrl('redis://u:geheim@h:7').name).toBe('redis://h:7');
  });

  it.each(['', 'nonsense', 'http://h', 'redis://', 'redis://:ge%zzheim@h', 'redis://:geheim@h/x'])(
    'is not %j, and what may be a password is not repeated',
    (text) => {
      const read = () => readRedisUrl(text);
      expect(read).toThrow(UsageError);
      expect(read).not.toThrow(/heim/);
    },
  );
});

describe('an error of Redis', () => {
  const named = (name: string, message: string) => Object.assign(new Error(message), { name });
  const coded = (code: string) => Object.assign(new Error(`connect ${code} 10.0.0.1:6379`), { code });

  it.each([
    named('ReplyError', 'OOM command not allowed'),
    named('AbortError', 'Command aborted'),
    new Error('Command timed out'),
    new Error('Connection is closed.'),
    coded('ECONNREFUSED'),
    coded('ETIMEDOUT'),
  ])('is %s', (error) => expect(isRedisError(error)).toBe(true));

  it.each([
    ['what a block says of FTP', new InvalidRunError('session 3: 127.0.0.1:2121: ECONNREFUSED')],
    ['what it says of a timeout', new InvalidRunError('Command timed out')],
    ["a signal's reason", AbortSignal.abort().reason],
    ['what was not foreseen', new TypeError('x is not a function')],
    ['none at all', undefined],
  ])('is not %s', (_, error) => expect(isRedisError(error)).toBe(false));
});
