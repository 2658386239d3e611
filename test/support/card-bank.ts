import assert from 'node:assert/strict';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after } from 'node:test';
import { findAccount } from '#activities/directory/find-account.ts';
import { readCertificate } from '#evidence/certificate.ts';
import { rootAuthority, type CardAuthority, type Issued, type Wanted } from './card-authority.ts';
import { countersign } from './countersign.ts';
import type { World } from './world.ts';

/** A bank that issues smart cards, of which a running stack is told by its operator's commands. */
export interface CardBank {
  folder: string;
  bank: CardAuthority;
  issuing: CardAuthority;
  /** Lets its cards count, with current lists. */
  trusted: (world: World) => Promise<void>;
  /** Brings a list that revokes these cards. */
  revoke: (world: World, ...cards: Issued[]) => Promise<void>;
  /** A card whose certificate names the person. */
  cardOf: (world: World, account: string, more?: Wanted) => Promise<Issued>;
}

/** To be called at the top of a test file: its files go when that ends. */
export async function cardBank(): Promise<CardBank> {
  const folder = mkdtempSync(join(tmpdir(), 'countersign-cards-'));
  after(() => rmSync(folder, { recursive: true, force: true }));
  const bank = await rootAuthority('Card Root');
  const issuing = await bank.authority('Card Issuing');
  const written = (name: string, content: string | Uint8Array): string => {
    writeFileSync(join(folder, name), content);
    return join(folder, name);
  };
  const cards = async ({ stack }: World, ...args: string[]) => {
    const { code, stdout, stderr } = await countersign(stack.state, 'cards', ...args);
    assert.equal(code, 0, `${args.join(' ')}: ${stdout}${stderr}`);
  };
  let number = 1;
  return {
    folder,
    bank,
    issuing,
    async trusted(world) {
      await cards(world, 'trust', '--root', written('root.pem', bank.pem), '--issuer', written('issuing.pem', issuing.pem));
      await cards(world, 'lists', written('root.crl', await bank.list()), written('issuing.crl', await issuing.list()));
    },
    async revoke(world, ...revoked) {
      number += 1;
      const serials = revoked.map(({ der }) => readCertificate(der).serial);
      // Newer than the list before by its own time, which has seconds.
      const from = new Date(Date.now() - 3_600_000 + number * 1000);
      await cards(world, 'lists', written('issuing.crl', await issuing.list(serials, { number, from })));
    },
    async cardOf({ directory }, account, more = {}) {
      const found = await findAccount(directory, account);
      assert.ok(found);
      return issuing.issue({ sid: found.sid, subject: `CN=${account}`, ...more });
    },
  };
}
