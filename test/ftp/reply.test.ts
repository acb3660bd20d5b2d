// Replies: one or several lines, and no text that could be taken for another reply.
import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import { formatReply } from '../../src/ftp/reply.ts';

describe('formatReply', () => {
  it.each<[number, string | string[], string]>([
    [226, 'Done', '226 Done\r\n'],
    [226, ['Done'], '226 Done\r\n'],
    [211, ['Features:', ' UTF8', 'End'], '211-Features:\r\n UTF8\r\n211 End\r\n'],
    [211, ['One', '226 not a reply', 'End'], '211-One\r\n 226 not a reply\r\n211 End\r\n'],
    [550, 'a\r\n226 forged', '550 a  226 forged\r\n'],
    [200, [], '200 \r\n'],
    [550, 'caf\xe9', '550 caf\xe9\r\n'],
    [550, 'a\u010d\u010a226 forged', '550 a??226 forged\r\n'], // their low bytes are CR and LF
  ])('%i %j', (replyCode, text, wire) => {
    expect(formatReply(replyCode, text)).toBe(wire);
  });

  it('is one reply whatever the text is: only the last line begins with the code and a space', () => {
    const replyCode = fc.integer({ min: 100, max: 599 });
    fc.assert(
      fc.property(replyCode, fc.array(fc.string({ unit: 'binary' }), { minLength: 1 }), (code, text) => {
        const wire = Buffer.from(formatReply(code, text), 'latin1').toString('latin1');
        const lines = wire.split('\r\n');
        expect(lines.pop()).toBe('');
        expect(lines.filter((line) => /^\d{3} /.test(line))).toEqual([lines.at(-1)]);
        expect(lines).toHaveLength(text.length);
      }),
    );
  });
});
