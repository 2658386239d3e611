import { createHash, type KeyObject } from 'node:crypto';
import { signStatement, TAGS } from '#device-agent/statement.ts';

/** An update as devices take it: a line that the release key signed, then the executable. `number` has to grow with each release. */
export function signUpdate(executable: Buffer, of: { version: string; number: number }, key: KeyObject): Buffer {
  const sha256 = createHash('sha256').update(executable).digest('hex');
  const signed = signStatement(TAGS.update, { ...of, sha256, size: executable.length }, key);
  return Buffer.concat([Buffer.from(`${JSON.stringify(signed)}\n`, 'utf8'), executable]);
}
