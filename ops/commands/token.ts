import { Option, type Command } from 'commander';
import { TOKEN_FAULTS, TOKEN_STATES } from '#domain/token.ts';
import { defaultState } from '../paths.ts';
import { Sentence } from '../sentence.ts';
import type { ImportOptions } from '../tokens/import-file.ts';
import type { TokenDeedDone } from '../tokens/deeds.ts';

const BY = ['--by <account>', 'who does it: they type a fresh code of their authenticator'] as const;
const MAKER = ['--maker <name>', 'when several makers have a token with this serial number'] as const;

/** Adds `token import|assign|resync|lost|returned|list`. No secret is taken as an argument: codes and keys are typed, or read line by line from standard input. */
export function tokenCommand(program: Command): void {
  const token = program.command('token').description('hardware tokens: files of suppliers, who holds which, loss');
  token
    .command('import [file]')
    .description('bring a file of tokens (RFC 6030, or .csv); a second person brings its key with --confirm')
    .requiredOption(...BY)
    .option('--confirm <import>', 'bring the key of a file that somebody else brought')
    .option('--plain', 'seeds in the file are not encrypted, and that is known and wanted')
    .option('--signer <file>', 'certificate (PEM) of the supplier who signed the file')
    .option('--serial-column <name>', 'of a .csv file')
    .option('--seed-column <name>', 'of a .csv file')
    .option('--counter-column <name>', 'of a .csv file of tokens with a counter')
    .addOption(new Option('--seeds-as <writing>', 'of a .csv file').choices(['hex', 'base32', 'base64']).default('hex'))
    .addOption(new Option('--algorithm <hash>', 'of a .csv file').choices(['sha1', 'sha256', 'sha512']).default('sha1'))
    .addOption(new Option('--digits <count>', 'of a .csv file').choices(['6', '7', '8']).default('6'))
    .addOption(
      new Option('--step <seconds>', 'of a .csv file; counter: a button makes each code').choices(['30', '60', 'counter']).default('30'),
    )
    .option('--maker <name>', 'of a .csv file', '')
    .action(async (file: string | undefined, options: ImportOptions & { by: string; confirm?: string }) => {
      if ((file === undefined) === (options.confirm === undefined))
        throw new Sentence('Name a file to bring, or with --confirm the import whose key you bring.');
      if (options.confirm !== undefined) return confirm(options.confirm, options.by);
      const { readImport } = await import('../tokens/import-file.ts');
      const { OPENED_BY_WORDS } = await import('../tokens/inventory.ts');
      const read = readImport(file ?? '', options);
      const { packages, openedBy = '', sha256, ...answer } = await deed('bring', options.by, [], () => read);
      console.log(`${packages} tokens in the file, SHA-256 ${sha256}. None of them counts yet.`);
      console.log(`Another person brings ${OPENED_BY_WORDS[openedBy]} within a day:`);
      console.log(`  countersign token import --confirm ${answer.import} --by <account>`);
    });
  token
    .command('assign <serial> <account>')
    .description('give a token in stock to somebody who is there and types what is asked')
    .requiredOption(...BY)
    .option(...MAKER)
    .action(async (serial: string, account: string, { by, maker }: { by: string; maker?: string }) => {
      const shown = `A code of the authenticator that ${account} has already, or one of their recovery codes`;
      const questions = [shown, 'The code that the new token shows', 'The next code that it shows'];
      await deed('assign', by, questions, ([holder, first, second]) => ({
        serial,
        manufacturer: maker,
        account,
        holder,
        codes: [first, second],
      }));
      console.log(`${account} holds the token ${serial} from now on.`);
    });
  token
    .command('resync <serial>')
    .description('find a token again whose codes are not accepted any more, by two codes in a row')
    .requiredOption(...BY)
    .option(...MAKER)
    .action(async (serial: string, { by, maker }: { by: string; maker?: string }) => {
      const questions = ['The code that the token shows', 'The next code that it shows'];
      await deed('resync', by, questions, (codes) => ({ serial, manufacturer: maker, codes }));
      console.log(`The codes of the token ${serial} are accepted again.`);
    });
  for (const [name, description, said] of [
    ['lost', 'a token was lost: its codes count for nothing from now on', 'counts for nothing from now on'],
    ['returned', 'a token came back, or was found again: it is in stock', 'is in stock, and nobody holds it'],
  ] as const)
    token
      .command(`${name} <serial>`)
      .description(description)
      .requiredOption(...BY)
      .option(...MAKER)
      .action(async (serial: string, { by, maker }: { by: string; maker?: string }) => {
        await deed(name, by, [], () => ({ serial, manufacturer: maker }));
        console.log(`The token ${serial} ${said}.`);
      });
  token
    .command('list')
    .description('every token with its state and who holds it, and files that wait for a second person')
    .addOption(new Option('--state <state>').choices([...TOKEN_STATES]))
    .option('--serial <serial>')
    .action(async (options: { state?: string; serial?: string }) => {
      const { withDatabase } = await import('../policy/operators-view.ts');
      const { inventory } = await import('../tokens/inventory.ts');
      console.log((await withDatabase(defaultState(), (db) => inventory(db, options))).join('\n'));
    });
}

async function confirm(id: string, by: string): Promise<void> {
  const key = 'The key of the file, its passphrase, or its SHA-256 where it is not encrypted';
  const { taken = 0, leftOut = [], others = 0 } = await deed('confirm', by, [key], ([typed]) => ({ import: id, key: typed }));
  console.log(`${taken} tokens are in stock.`);
  for (const { at, serial, fault } of leftOut)
    console.log(`  left out: number ${at}${serial && `, serial ${serial}`}: ${TOKEN_FAULTS[fault]}`);
  if (others > 0) console.log(`  and ${others} more`);
}

/** Asks for the code of whoever does it, then for what the deed needs. */
async function deed(
  name: 'bring' | 'confirm' | 'assign' | 'resync' | 'lost' | 'returned',
  by: string,
  questions: readonly string[],
  value: (typed: string[]) => object,
): Promise<TokenDeedDone> {
  const { typedLines } = await import('../tokens/typed-lines.ts');
  const { doTokenDeed } = await import('../tokens/deeds.ts');
  const ask = (text: string): boolean => process.stderr.write(text);
  const [code, ...typed] = await typedLines(process.stdin, ask, [`A fresh code of the authenticator of ${by}`, ...questions]);
  return doTokenDeed(defaultState(), name, { by, code, ...value(typed) });
}
