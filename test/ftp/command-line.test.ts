// Command lines: verb and argument apart, Telnet signals taken out.
import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import { hasControlBreak, parseCommand, withoutTelnet } from '../../src/ftp/command-line.ts';

describe('parseCommand', () => {
  it.each([
    ['noop', 'NOOP', ''],
    ['retr a file', 'RETR', 'a file'],
    ['RETR  begins with a space', 'RETR', ' begins with a space'],
    ['RETR ends with a space ', 'RETR', 'ends with a space '],
    ['STOR "quoted" -l', 'STOR', '"quoted" -l'],
    ['LIST ', 'LIST', ''],
    ['', '', ''],
  ])('%j', (line, verb, argument) => {
    expect(parseCommand(line)).toEqual({ verb, argument });
  });

  it('keeps every argument verbatim', () => {
    fc.assert(
      fc.property(fc.stringMatching(/^[A-Za-z]{3,4}$/), fc.string({ unit: 'grapheme' }), (verb, argument) => {
        expect(parseCommand(`${verb} ${argument}`)).toEqual({ verb: verb.toUpperCase(), argument });
      }),
    );
  });
});

it('a CR or a NUL anywhere in a command is seen', () => {
  const line = fc.string().filter((text) => !/[\r\0]/.test(text));
  fc.assert(
    fc.property(line, line, fc.constantFrom('\r', '\0'), (before, behind, byte) => {
      expect(hasControlBreak(parseCommand(before + byte + behind))).toBe(true);
      expect(hasControlBreak(parseCommand(before + behind))).toBe(false);
    }),
  );
});

describe('withoutTelnet', () => {
  it.each([
    ['IAC IP, IAC DM inline', [0xff, 0xf4, 0xff, 0xf2], 'ABOR'],
    ['IAC IP, the IAC of the synch sent as urgent data', [0xff, 0xf4, 0xf2], 'ABOR'],
    ['a negotiation', [0xff, 0xfd, 0x01], 'NOOP'],
    ['a lone IAC', [0xff], 'ABOR'],
  ])('%s', (_name, signal, command) => {
    const line = Buffer.concat([Buffer.from(signal), Buffer.from(command)]);
    expect(withoutTelnet(line).toString()).toBe(command);
  });

  it('IAC IAC is one byte of data; DM within a line is data', () => {
    expect([...withoutTelnet(Buffer.from([0x41, 0xff, 0xff, 0x42]))]).toEqual([0x41, 0xff, 0x42]);
    expect([...withoutTelnet(Buffer.from([0x41, 0xf2, 0x42]))]).toEqual([0x41, 0xf2, 0x42]);
  });

  it.each([[[0x41, 0xff, 0x42]], [[0x41, 0xff, 0xeb]], [[0x41, 0xff]]])(
    'an IAC within a line is a byte of a name: %j',
    (bytes) => {
      expect([...withoutTelnet(Buffer.from(bytes))]).toEqual(bytes);
    },
  );

  it('leaves any UTF-8 text as it is', () => {
    fc.assert(
      fc.property(fc.string({ unit: 'grapheme' }), (text) => {
        const line = Buffer.from(`RETR ${text}`);
        expect(withoutTelnet(line)).toBe(line);
      }),
    );
  });

  it('never throws and never grows', () => {
    fc.assert(
      fc.property(fc.uint8Array({ maxLength: 40 }), (bytes) => {
        expect(withoutTelnet(Buffer.from(bytes)).length).toBeLessThanOrEqual(bytes.length);
      }),
    );
  });
});
