import { createReadStream, existsSync } from 'node:fs';
import { resolve } from 'node:path';
import { InvalidArgumentError, type Command } from 'commander';
import { defaultState } from '../paths.ts';
import { Sentence } from '../sentence.ts';

/** Adds `banned-passwords build|trust|import|show`: the offline list of passwords that nobody may choose. */
export function bannedPasswordsCommand(program: Command): void {
  const banned = program.command('banned-passwords').description('the offline list of passwords that nobody may choose');
  banned
    .command('build <file>')
    .description(
      'make a signed list of a plain one: UTF-8, one password a line. Needs nothing else of this host; run it where the publisher’s key is',
    )
    .requiredOption('--key <file>', 'the publisher’s key, of: countersign ceremony banned-passwords')
    .requiredOption('--number <number>', 'higher than that of every list before', wholeNumber)
    .requiredOption('--out <file>', 'where the list goes; it must not be there yet')
    .action(async (file: string, options: { key: string; number: number; out: string }) => {
      const { buildBannedList } = await import('../banned-passwords/build-list.ts');
      const { listedSpellings } = await import('../banned-passwords/plain-lines.ts');
      const { signerIn } = await import('../signer-in-file.ts');
      const out = resolve(options.out);
      if (existsSync(out)) throw new Sentence(`${out} is there already. Name another file.`);
      if (!existsSync(file)) throw new Sentence(`${file} does not exist.`);
      const signer = signerIn(options.key);
      const counted = { lines: 0, left: 0 };
      const spellings = listedSpellings(createReadStream(file), counted);
      const { entries, sha256 } = await buildBannedList(spellings, out, { signer, number: options.number, made: new Date() });
      console.log(
        `${out}\n  ${entries} entries of ${counted.lines} lines, signed by ${signer.verifier.name}\n  SHA-256 ${sha256.toString('hex')}`,
      );
      if (counted.left > 0)
        console.log(`  left out, being shorter than four characters, longer than a password or not UTF-8: ${counted.left}`);
      console.log('Carry it to the host of the service, and there: countersign banned-passwords import <file>');
    });
  banned
    .command('trust <keys...>')
    .description('let lists count that these verifier keys signed, in place of whatever counted before; none is built in')
    .action(async (keys: string[]) => {
      const { withDatabase } = await import('../policy/operators-view.ts');
      const { trustPublishers } = await import('../banned-passwords/trust-publishers.ts');
      await withDatabase(defaultState(), (db) => trustPublishers(defaultState(), db, keys));
      console.log('Their lists count. Bring one with: countersign banned-passwords import <file>');
    });
  banned
    .command('import <file>')
    .description('bring a signed list; it counts at once, no restart')
    .action(async (file: string) => {
      const { withDatabase } = await import('../policy/operators-view.ts');
      const { takeBannedList } = await import('../banned-passwords/take-list.ts');
      const { number, made, entries } = await withDatabase(defaultState(), (db) => takeBannedList(defaultState(), db, file));
      console.log(`List number ${number}, made ${made}, is taken: ${entries} passwords.`);
    });
  banned
    .command('show')
    .description('which list is in force, and whose lists count')
    .action(async () => {
      const { listInWords } = await import('../banned-passwords/list-in-words.ts');
      console.log((await listInWords(defaultState())).join('\n'));
    });
}

function wholeNumber(text: string): number {
  if (!/^[1-9]\d{0,14}$/.test(text)) throw new InvalidArgumentError('Write a whole number from 1.');
  return Number(text);
}
