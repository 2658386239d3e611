import assert from 'node:assert/strict';
import { randomBytes } from 'node:crypto';
import { test } from 'node:test';
import { ScureBase32Plugin } from 'otplib';
import { readTokenCsv } from '#activities/tokens/token-csv.ts';
import type { CsvMapping } from '#activities/tokens/token-file.ts';

const mapping: CsvMapping = {
  serial: 'Serial No',
  secret: 'Seed',
  seedAs: 'hex',
  counter: null,
  manufacturer: 'A maker',
  algorithm: 'sha256',
  digits: 8,
  period: 60,
};
const seeds = ['1', '2', '3'].map(() => randomBytes(20));

test('columns are found by their names, and seeds are read in each of their writings', () => {
  const writings = {
    hex: (seed: Buffer) => seed.toString('hex').toUpperCase(),
    base64: (seed: Buffer) => seed.toString('base64'),
    base32: (seed: Buffer) => new ScureBase32Plugin().encode(seed),
  };
  for (const seedAs of ['hex', 'base64', 'base32'] as const) {
    const lines = seeds.map((seed, n) => `note ${n};"0${n}";${writings[seedAs](seed)}`);
    const text = `\uFEFFNote; Serial No ;Seed\r\n${lines.join('\r\n')}\r\n`;
    const { tokens, leftOut } = readTokenCsv(text, { ...mapping, seedAs });
    assert.deepEqual(leftOut, []);
    assert.deepEqual(
      tokens.map(({ serial, secret, ...rest }) => [serial, Buffer.from(secret).toString('hex'), rest]),
      seeds.map((seed, n) => [
        `0${n}`,
        seed.toString('hex'),
        { at: n + 1, manufacturer: 'A maker', algorithm: 'sha256', digits: 8, period: 60, counter: 0, drift: 0, expires: null },
      ]),
    );
  }
});

test('counter-based tokens begin where their column says', () => {
  const text = `Serial No,Seed,Moving\nA,${seeds[0]?.toString('hex')},17\nB,${seeds[1]?.toString('hex')},x\n`;
  const { tokens, leftOut } = readTokenCsv(text, { ...mapping, period: null, counter: 'Moving' });
  assert.deepEqual(
    tokens.map(({ serial, counter, period }) => [serial, counter, period]),
    [['A', 17, null]],
  );
  assert.deepEqual(leftOut, [{ at: 2, serial: 'B', fault: 'counter' }]);
});

test('each bad line is named with its place, and leaves the others alone', () => {
  const seed = seeds[0]?.toString('hex');
  const text = `Serial No,Seed\nA,${seed}\n,${seed}\nC,xyz\nD,00ff\nA,${seed}\nE F,${seed}\nG,${seed}\n`;
  const { tokens, leftOut } = readTokenCsv(text, mapping);
  assert.deepEqual(
    tokens.map(({ serial }) => serial),
    ['A', 'G'],
  );
  assert.deepEqual(
    leftOut.map(({ at, serial, fault }) => [at, serial, fault]),
    [
      [2, '', 'serial-missing'],
      [3, 'C', 'seed-unreadable'],
      [4, 'D', 'seed-length'],
      [5, 'A', 'serial-twice'],
      [6, '', 'serial-missing'],
    ],
  );
});

test('a column that is not there, an open quote, a line too long, an empty file: refused whole', () => {
  assert.throws(() => readTokenCsv('Serial,Seed\nA,00\n', mapping), { fault: 'csv-columns' });
  assert.throws(() => readTokenCsv('Serial No,Seed\n"A,00\n', mapping), { fault: 'csv-shape' });
  assert.throws(() => readTokenCsv('Serial No,Seed\nA,00,11\n', mapping), { fault: 'csv-shape' });
  assert.throws(() => readTokenCsv('Serial No,Seed\n', mapping), { fault: 'no-tokens' });
});
