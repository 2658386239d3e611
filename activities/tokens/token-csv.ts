import { ScureBase32Plugin } from 'otplib';
import Papa from 'papaparse';
import { MOST_FILE_BYTES, MOST_TOKENS, SEED_BYTES, type LeftOut, type TokenFault } from '#domain/token.ts';
import { FileRefused, type CsvMapping, type ReadToken, type ReadTokens } from './token-file.ts';

/** The lines of a file of columns (RFC 4180) by the names in its first line. Throws FileRefused. */
export function readColumns(text: string): { columns: string[]; rows: Record<string, string>[] } {
  if (text.length > MOST_FILE_BYTES) throw new FileRefused('too-large');
  const { data, meta, errors } = Papa.parse<Record<string, string>>(text.replace(/^\uFEFF/, ''), {
    header: true,
    skipEmptyLines: 'greedy',
    transformHeader: (name) => name.trim(),
  });
  if (errors.some(({ type }) => type !== 'Delimiter')) throw new FileRefused('csv-shape');
  if (data.length === 0) throw new FileRefused('no-tokens');
  if (data.length > MOST_TOKENS) throw new FileRefused('too-large');
  return { columns: meta.fields ?? [], rows: data };
}

/** The tokens of a file of columns, by the mapping that whoever brought it named. Throws FileRefused. */
export function readTokenCsv(text: string, mapping: CsvMapping): ReadTokens {
  const { columns, rows } = readColumns(text);
  const named = [mapping.serial, mapping.secret, ...(mapping.counter === null ? [] : [mapping.counter])];
  if (!named.every((column) => columns.includes(column))) throw new FileRefused('csv-columns');
  const tokens: ReadToken[] = [];
  const leftOut: LeftOut[] = [];
  const seen = new Set<string>();
  for (const [index, row] of rows.entries()) {
    const serial = row[mapping.serial]?.trim() ?? '';
    const token = tokenOf(row, index + 1, serial, mapping);
    const fault = typeof token === 'string' ? token : seen.has(serial) ? 'serial-twice' : undefined;
    if (typeof token === 'string' || fault !== undefined)
      leftOut.push({ at: index + 1, serial: SERIAL.test(serial) ? serial : '', fault: fault ?? 'damaged' });
    else tokens.push(token);
    seen.add(serial);
  }
  return { tokens, leftOut };
}

const SERIAL = /^[\x21-\x7E]{1,64}$/;

function tokenOf(row: Record<string, string>, at: number, serial: string, mapping: CsvMapping): ReadToken | TokenFault {
  if (!SERIAL.test(serial)) return 'serial-missing';
  const counter = mapping.counter === null || mapping.period !== null ? '0' : (row[mapping.counter]?.trim() ?? '');
  if (!/^\d{1,15}$/.test(counter)) return 'counter';
  const secret = seedOf(row[mapping.secret]?.trim() ?? '', mapping.seedAs);
  if (!secret) return 'seed-unreadable';
  if (secret.length < SEED_BYTES.least || secret.length > SEED_BYTES.most) return 'seed-length';
  const { manufacturer, algorithm, digits, period } = mapping;
  return { at, manufacturer, serial, algorithm, digits, period, secret, counter: Number(counter), drift: 0, expires: null };
}

function seedOf(written: string, as: CsvMapping['seedAs']): Uint8Array | undefined {
  const bare = written.replace(/[\s-]/g, '');
  if (as === 'hex') return /^(?:[0-9a-fA-F]{2})+$/.test(bare) ? Buffer.from(bare, 'hex') : undefined;
  if (as === 'base64')
    return /^[A-Za-z0-9+/]+={0,2}$/.test(written) && written.length % 4 === 0 ? Buffer.from(written, 'base64') : undefined;
  const letters = bare.replace(/=+$/, '').toUpperCase();
  // Eight letters are five bytes; one, three or six left over are no byte's end (RFC 4648 §6).
  return /^[A-Z2-7]+$/.test(letters) && ![1, 3, 6].includes(letters.length % 8) ? new ScureBase32Plugin().decode(letters) : undefined;
}
