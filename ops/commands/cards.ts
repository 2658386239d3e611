import { globSync, statSync } from 'node:fs';
import { join } from 'node:path';
import { Option, type Command } from 'commander';
import type { CardPurpose } from '#domain/card.ts';
import { defaultState } from '../paths.ts';
import { Sentence } from '../sentence.ts';

/** Adds `cards trust|lists`: whose smart cards count, and what was revoked of them. */
export function cardsCommand(program: Command): void {
  const cards = program.command('cards').description('whose smart cards approvers may decide with');
  cards
    .command('trust')
    .description('let cards of these authorities count, in place of whatever counted before')
    .requiredOption('--root <file>', 'certificates of the roots, PEM')
    .requiredOption('--issuer <file>', 'certificates of the authorities that issue cards, PEM')
    .option('--between <file>', 'certificates of authorities between roots and issuers, PEM')
    .addOption(
      new Option('--purpose <purpose...>', 'what the certificate has to be issued for')
        .choices(['smart-card-logon', 'client-authentication'])
        .default(['smart-card-logon']),
    )
    .action(async (options: { root: string; issuer: string; between?: string; purpose: CardPurpose[] }) => {
      const { giveCardTrust, pemFile } = await import('../setup/card-trust.ts');
      const [roots, issuers] = [pemFile(options.root), pemFile(options.issuer)];
      const between = options.between === undefined ? { pem: '', certificates: [] } : pemFile(options.between);
      const { recordCardTrust } = await import('../record-card-trust.ts');
      await recordCardTrust(defaultState(), { roots: roots.certificates, issuers: issuers.certificates, purposes: options.purpose });
      giveCardTrust(defaultState(), { roots: roots.pem, between: between.pem, issuers: issuers.pem, purposes: options.purpose });
      for (const { subject, sha256 } of issuers.certificates) console.log(`Cards of ${subject} count.\n  SHA-256 ${sha256}`);
      console.log('Bring the revocation list of every authority up to its root with: countersign cards lists <file or folder>');
    });
  cards
    .command('lists <files...>')
    .description('bring revocation lists (PEM or DER, files or folders); they are read at once, and a timer may run this')
    .action(async (named: string[]) => {
      const { cardTrustIn } = await import('../../activities/card-trust.ts');
      const { cardsFolder, giveList } = await import('../setup/card-trust.ts');
      const trust = cardTrustIn(cardsFolder(defaultState(), 'verifier'))();
      if (!trust) throw new Sentence('No cards are taken yet. Say first whose: countersign cards trust --root <file> --issuer <file>');
      const authorities = [...trust.issuers, ...trust.between, ...trust.roots];
      const files = named.flatMap((one) => (statSync(one).isDirectory() ? globSync(join(one, '*.{crl,pem}')) : [one]));
      for (const file of files) {
        const { authority, nextUpdate } = giveList(defaultState(), file, authorities);
        console.log(`${authority}: the next list is due ${nextUpdate.toISOString()}`);
      }
    });
}
