import { readFileSync, statSync } from 'node:fs';
import { readColumns } from '#activities/tokens/token-csv.ts';
import { FileRefused, type Reading } from '#activities/tokens/token-file.ts';
import { FILE_FAULTS, MOST_FILE_BYTES } from '#domain/token.ts';
import { Sentence } from '../sentence.ts';

/** As the command's options say it. */
export interface ImportOptions {
  plain?: boolean;
  signer?: string;
  serialColumn?: string;
  seedColumn?: string;
  counterColumn?: string;
  seedsAs: 'hex' | 'base32' | 'base64';
  maker: string;
  algorithm: 'sha1' | 'sha256' | 'sha512';
  digits: '6' | '7' | '8';
  step: '30' | '60' | 'counter';
}

/** The text of a file of tokens and how it is to be read. Throws Sentence; for columns that were not named, with their names and no value. */
export function readImport(file: string, options: ImportOptions): { file: string; reading: Reading } {
  const text = textOf(file);
  if (!/\.csv$/i.test(file)) {
    const signer = options.signer === undefined ? null : textOf(options.signer);
    return { file: text, reading: { format: 'pskc', plain: options.plain ?? false, signer } };
  }
  const { serialColumn, seedColumn, counterColumn = null, seedsAs, maker, algorithm } = options;
  if (serialColumn === undefined || seedColumn === undefined)
    throw new Sentence(
      `Say which column holds what: --serial-column <name> --seed-column <name>, for tokens with a counter also --counter-column <name>. The columns of ${file} are: ${columnsOf(text).join(', ')}`,
    );
  const [digits, period] = [DIGITS[options.digits], options.step === 'counter' ? null : STEPS[options.step]];
  const mapping = {
    serial: serialColumn,
    secret: seedColumn,
    counter: counterColumn,
    seedAs: seedsAs,
    manufacturer: maker,
    algorithm,
    digits,
    period,
  };
  return { file: text, reading: { format: 'csv', mapping } };
}

const DIGITS = { 6: 6, 7: 7, 8: 8 } as const;
const STEPS = { 30: 30, 60: 60 } as const;

function textOf(file: string): string {
  try {
    if (statSync(file).size > MOST_FILE_BYTES) throw new Sentence(FILE_FAULTS['too-large']);
    return readFileSync(file, 'utf8');
  } catch (error) {
    if (error instanceof Sentence) throw error;
    throw new Sentence(`${file} cannot be read. Check the path.`);
  }
}

function columnsOf(text: string): string[] {
  try {
    return readColumns(text).columns;
  } catch (error) {
    if (error instanceof FileRefused) throw new Sentence(FILE_FAULTS[error.fault]);
    throw error;
  }
}
