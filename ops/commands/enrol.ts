import { randomBytes } from 'node:crypto';
import { InvalidArgumentError, type Command } from 'commander';
import { generateSecret, generateURI } from 'otplib';
import qrcode from 'qrcode';
import { codeFromBytes, RECOVERY_CODE_SYMBOLS } from '#domain/codes.ts';
import { openEnroller } from '../enrolment.ts';
import { defaultState } from '../paths.ts';

/** Adds `enrol <account>`: a new authenticator and new recovery codes, shown once. Nothing secret is taken as an argument. */
export function enrolCommand(program: Command): void {
  const enrol = program.command('enrol');
  enrol
    .argument('<account>', 'account name, user principal name or DOMAIN\\name')
    .description('give an account a new authenticator and new recovery codes; both are shown once')
    .option('--recovery-codes <count>', 'how many, 1 to 20', countOfCodes, 10)
    .action(async (account: string, options: { recoveryCodes: number }) => {
      const secret = generateSecret({ length: 20 });
      const recoveryCodes = Array.from({ length: options.recoveryCodes }, () => codeFromBytes(randomBytes(RECOVERY_CODE_SYMBOLS)));
      const enroller = await openEnroller(defaultState());
      try {
        await enroller.enrol({ account, totp: { secret, algorithm: 'sha1', digits: 6, period: 30 }, recoveryCodes });
      } finally {
        await enroller.close();
      }
      // Shown only now: what was not stored must not be printed and handed over.
      const uri = generateURI({ issuer: 'Countersign', label: account, secret });
      console.log(await qrcode.toString(uri, { type: 'utf8' }));
      console.log(`Scan this with the authenticator app of ${account}, or type it in:\n  ${uri}\n`);
      console.log(
        `Recovery codes, each good for one use. Print them, hand them over, keep no copy:\n${recoveryCodes.map((code) => `  ${code}`).join('\n')}\n`,
      );
      console.log('Whatever this account had before no longer counts. This is not shown again.');
    });
  campaignsCommand(enrol);
}

/** Adds `enrol campaigns [id]`: which campaigns there are, and what became of each letter of one. Reads only; no stack is needed but the database. */
function campaignsCommand(enrol: Command): void {
  enrol
    .command('campaigns [id]')
    .description('list enrolment campaigns, or the letters of one: used, not used yet, over')
    .action(async (id: string | undefined) => {
      const { withDatabase } = await import('../policy/operators-view.ts');
      const { campaigns, lettersOf } = await import('../campaigns.ts');
      console.log((await withDatabase(defaultState(), (db) => (id === undefined ? campaigns(db) : lettersOf(db, id)))).join('\n'));
    });
}

function countOfCodes(typed: string): number {
  const count = Number(typed);
  if (!Number.isInteger(count) || count < 1 || count > 20) throw new InvalidArgumentError('Give a number from 1 to 20.');
  return count;
}
