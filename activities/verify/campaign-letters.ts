import { randomUUID } from 'node:crypto';
import { campaignLetters } from '#domain/campaign.ts';
import { normaliseCode, RECOVERY_CODE_SYMBOLS, SELECTOR_SYMBOLS } from '#domain/codes.ts';
import type { RefusalCode } from '#domain/refusals.ts';
import type { Transaction } from '#db';
import type { ApprovedCampaign } from '#prisma/campaign-text.ts';
import { ticketOfLetter } from '#prisma/campaign-ticket.ts';
import { campaignPersonBody, whoEverHeld } from './campaign-people.ts';
import { CODE_KINDS, codeUsed } from './check-code.ts';
import { hashCode, newSalt } from './code-hash.ts';
import type { VerifierDeps } from './deps.ts';
import { databaseTime, isBurned } from './once.ts';
import { codeBody, isOurRow, signRow, type CodeRow } from './row-signature.ts';
import type { Typed } from './typed.ts';

type Asked = { typed: Typed<'campaign-deed'>; letters: readonly CodeRow[] };

/** The tickets of everybody in a campaign who has set up nothing yet, or of one of them: rows to be stored, of which only hashes are kept. */
export async function lettersFor(
  deps: Pick<VerifierDeps, 'db' | 'keys'>,
  { id, campaign: { until } }: ApprovedCampaign,
  { of, seed, account }: Typed<'campaign-deed'>,
): Promise<CodeRow[]> {
  if (seed === undefined) return [];
  const rows = await deps.db.campaignPerson.findMany({ where: { campaignId: id, ...(of ? { accountGuid: of } : {}) } });
  const had = await whoEverHeld(
    deps.db,
    rows.map(({ accountGuid }) => accountGuid),
  );
  const whose = rows.filter((row) => isOurRow(deps.keys, campaignPersonBody(row), row.signature) && !had.has(row.accountGuid));
  return Promise.all(
    whose.map(async ({ accountGuid }) => {
      const code = normaliseCode(ticketOfLetter(seed, id, accountGuid), RECOVERY_CODE_SYMBOLS) ?? '';
      const salt = newSalt();
      const hash = await hashCode(deps.keys, code, salt);
      const found = { kind: CODE_KINDS['enrolment-ticket'], selector: code.slice(0, SELECTOR_SYMBOLS), salt, hash };
      return { id: randomUUID(), accountGuid, ...found, issuerGuid: account, expiresAt: new Date(until), campaignId: id };
    }),
  );
}

/** Why no letters are made; undefined when they are. */
export async function whyNoLetters(
  tx: Transaction,
  { id, confirmed }: ApprovedCampaign,
  { typed, letters }: Asked,
): Promise<RefusalCode | undefined> {
  if (typed.account !== confirmed.person) return 'letters-second-person';
  if ('totp' in typed.by) return 'keys-of-both-needed';
  const arePrinted = await isBurned(tx, campaignLetters(id));
  if (typed.of === undefined) return arePrinted ? 'letters-printed' : letters.length === 0 ? 'letter-not-needed' : undefined;
  if (!arePrinted) return 'letters-not-printed';
  return letters.length === 0 ? 'letter-not-needed' : undefined;
}

/** Stores the tickets; of a person who had one before, that one counts no more. */
export async function storeLetters(tx: Transaction, deps: Pick<VerifierDeps, 'keys'>, { id, campaign }: ApprovedCampaign, asked: Asked) {
  const { typed, letters } = asked;
  const before = await tx.code.findMany({
    where: { campaignId: id, accountGuid: { in: letters.map(({ accountGuid }) => accountGuid) }, usedAt: null },
    select: { id: true },
  });
  const unused = [];
  for (const { id: ticket } of before) if (!(await isBurned(tx, codeUsed(ticket)))) unused.push(codeUsed(ticket));
  const now = await databaseTime(tx);
  await tx.code.createMany({
    data: letters.map((row) => ({
      ...row,
      salt: new Uint8Array(row.salt),
      hash: new Uint8Array(row.hash),
      checked: [],
      createdAt: now,
      signature: signRow(deps.keys, codeBody(row)),
    })),
  });
  for (const { id: ticket, accountGuid } of letters)
    await tx.campaignPerson.updateMany({ where: { campaignId: id, accountGuid }, data: { ticket } });
  await tx.campaign.updateMany({ where: { id, state: 'approved' }, data: { state: 'printed', printedAt: now } });
  const all = typed.of === undefined ? [campaignLetters(id)] : [];
  return {
    leaf: 'campaign.letters' as const,
    do: { letters: letters.length, of: typed.of ?? null, expires: campaign.until },
    tickets: letters.map(({ accountGuid }) => accountGuid),
    consumed: [...all, ...unused],
  };
}
