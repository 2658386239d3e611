import assert from 'node:assert/strict';
import { execFile } from 'node:child_process';
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { test } from 'node:test';
import { promisify } from 'node:util';
import { root } from '#ops/paths.ts';
import { printSigner } from '#evidence/signer-key.ts';
import { amount } from '#test/support/campaign.ts';
import { listFolder } from '#test/support/banned-list.ts';

/** Ten million in the campaign; otherwise a list of a size that a test may have. */
const ENTRIES = amount(20_000, 10_000_000);

const BUILDER = `
  import { readFileSync } from 'node:fs';
  import { buildBannedList } from '#ops/banned-passwords/build-list.ts';
  import { parseSigner } from '#evidence/signer-key.ts';
  const [folder, entries] = process.argv.slice(1);
  function* spellings() { for (let at = 0; at < Number(entries); at++) yield 'entry ' + at; }
  await buildBannedList(spellings(), folder + '/list', { signer: parseSigner(readFileSync(folder + '/key', 'utf8')), number: 1, made: new Date() });
`;

/** How much more a process has in memory once it holds the list, by its own account. */
const HOLDER = `
  import { bannedListFrom } from '#api/banned-list.ts';
  const used = () => { gc(); const { external, heapUsed } = process.memoryUsage(); return external + heapUsed; };
  const before = used();
  const { bytes, head } = await bannedListFrom(process.argv[1])();
  console.log(JSON.stringify({ grown: used() - before, bytes, entries: head.entries }));
`;

async function inAProcess(program: string, flags: readonly string[], args: readonly string[]): Promise<string> {
  const all = [...flags, '--disable-warning=ExperimentalWarning', '--input-type=module', '-e', program, ...args];
  return (await promisify(execFile)(process.execPath, all, { cwd: root })).stdout;
}

test('a list as long as a bank may bring is made with a heap of 64 MB, and held with less than two bytes an entry', async () => {
  const { folder, signer, list } = listFolder();
  writeFileSync(join(folder, 'key'), printSigner(signer), { mode: 0o600 });
  await inAProcess(BUILDER, ['--max-old-space-size=64'], [folder, String(ENTRIES)]);
  const said = await inAProcess(HOLDER, ['--expose-gc'], [folder]);
  const { grown, bytes, entries } = JSON.parse(said) as { grown: number; bytes: number; entries: number };
  assert.equal(entries, ENTRIES);
  assert.ok(bytes / entries < 2, said);
  // Code, pieces and buffers are some four megabytes, however long the list.
  assert.ok(grown <= bytes + 4_000_000, said);
  if (ENTRIES >= 10_000_000) assert.ok(grown <= 20_000_000, said);
  const held = await list();
  for (let at = 0; at < ENTRIES; at += Math.ceil(ENTRIES / 500)) assert.ok(await held.has(`entry ${at}`), `entry ${at}`);
  for (let at = 0; at < 2000; at++) assert.equal(await held.has(`stranger ${at} word`), false);
});
