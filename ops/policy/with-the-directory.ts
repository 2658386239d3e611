import { isIP } from 'node:net';
import { writeFileSync } from 'node:fs';
import { resolve } from 'node:path';
import papaparse from 'papaparse';
import { cardTrustIn } from '#activities/card-trust.ts';
import { surveyDirectory } from '#activities/directory/survey.ts';
import { DirectoryRefused, DirectoryUnavailable, ServiceBindRefused } from '#activities/directory/errors.ts';
import type { Directory } from '#activities/directory/connect.ts';
import { casesOf, comparePolicies, ownerAttributesOf } from '#activities/policy/compare.ts';
import { missingGroups } from '#activities/policy/missing-groups.ts';
import { simulate } from '#activities/policy/simulate.ts';
import { holdings } from '#activities/verify/holdings.ts';
import { peopleOf } from '#activities/verify/people.ts';
import { momentsOf, type Compared } from '#domain/policy-comparison.ts';
import type { Policy } from '#domain/policy.ts';
import { networksOf } from '#prisma/networks.ts';
import { policyInForce } from '#prisma/policies.ts';
import { cardsFolder } from '../setup/card-trust.ts';
import { Sentence } from '../sentence.ts';
import { comparedInWords } from './compared-in-words.ts';
import { openReader, roleGroupsIn, withDatabase } from './operators-view.ts';
import { readPolicy } from './read-policy.ts';
import { simulatedInWords } from './simulated-in-words.ts';

export async function simulateCommand(
  state: string,
  { account, draft, from, at }: { account: string; draft?: string; from?: string; at?: string },
): Promise<string[]> {
  if (from !== undefined && isIP(from) === 0) throw new Sentence(`"${from}" is no address; write one such as 10.20.0.7.`);
  const moment = momentOf(at);
  return withDatabase(state, async (db) => {
    const policy: Policy = draft === undefined ? (await policyInForce(db)).policy : readPolicy(draft, 'tests not run').policy;
    return withReader(state, async (dir) => {
      const people = peopleOf(dir);
      const found = await people.find(account, moment);
      if (!found)
        return [`The directory knows no account "${account}". Whoever names it goes on like anybody else, and nothing ever passes.`];
      const supposed = { networks: networksOf(policy.networks, from), via: 'portal', at: moment } as const;
      return simulatedInWords(
        await simulate({ people, db, roleGroups: roleGroupsIn(state), cardsCount: cardsCount(state) }, policy, found, supposed),
      );
    });
  });
}

export async function compareCommand(state: string, file: string, { at = [], csv }: { at?: string[]; csv?: string }): Promise<string> {
  const draft = readPolicy(file, 'tests not run').policy;
  const asked = at.map(momentOf);
  return withDatabase(state, async (db) => {
    const { policy: before } = await policyInForce(db);
    const survey = await withReader(state, (dir) => surveyDirectory(dir, new Date(), ownerAttributesOf([before, draft])));
    const moments = asked.length > 0 ? asked : momentsOf([before, draft], new Date());
    const cases = casesOf([before, draft], moments);
    const compared = await comparePolicies(survey, await holdings(db), { before, draft, cardsCount: cardsCount(state) }, cases);
    const said = comparedInWords(compared, cases, { before, draft }, await missingGroups(draft, (name) => survey.groupSid(name)));
    if (csv === undefined) return said;
    writeFileSync(resolve(csv), papaparse.unparse(compared.map(rowOf), { escapeFormulae: true }), { mode: 0o600 });
    return `${said}\n\nEvery account is in ${resolve(csv)}.`;
  });
}

function rowOf({ account, case: { address, at }, before, draft, changed, telling }: Compared): Record<string, string> {
  const yes = (is: boolean) => (is ? 'yes' : 'no');
  return {
    account: account.samAccountName,
    from: address ?? '',
    at: at.toISOString(),
    'rule now': before.rule ?? '',
    'rule under the draft': draft.rule ?? '',
    'asked for something else': yes(changed),
    'nobody could approve now': yes(before.noApprover),
    'nobody could approve under the draft': yes(draft.noApprover),
    'nobody could approve new factors now': yes(before.noReplacement),
    'nobody could approve new factors under the draft': yes(draft.noReplacement),
    'self-service now': yes(before.alone),
    'self-service under the draft': yes(draft.alone),
    'other people told': yes(telling),
  };
}

function cardsCount(state: string): boolean {
  return cardTrustIn(cardsFolder(state, 'verifier'))() !== undefined;
}

function momentOf(text: string | undefined): Date {
  const moment = text === undefined ? new Date() : new Date(text);
  if (Number.isNaN(moment.getTime())) throw new Sentence(`"${text}" is no moment; write one such as 2026-11-26T10:00:00Z.`);
  return moment;
}

async function withReader<T>(state: string, work: (dir: Directory) => Promise<T>): Promise<T> {
  const dir = openReader(state);
  try {
    return await work(dir);
  } catch (error) {
    if ([DirectoryUnavailable, DirectoryRefused, ServiceBindRefused].some((kind) => error instanceof kind))
      throw new Sentence(`The directory does not answer the reader: ${(error as Error).message}. Look with: countersign doctor`);
    throw error;
  } finally {
    await dir.close();
  }
}
