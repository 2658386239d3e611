import assert from 'node:assert/strict';
import { test } from 'node:test';
import { ownerOfGroup, ownerOfUnit } from '#activities/directory/owner.ts';
import { peopleBehind, resolveBy, resolveSources } from '#activities/directory/approver-sources.ts';
import { readAccount } from '#activities/directory/find-account.ts';
import { groupMembers } from '#activities/directory/group-members.ts';
import { surveyDirectory } from '#activities/directory/survey.ts';
import type { ApproverSource } from '#domain/approval-stage.ts';
import { groups } from '#ops/demo/groups.ts';
import { casesOf, comparePolicies } from '#activities/policy/compare.ts';
import { comparedInWords } from '#ops/policy/compared-in-words.ts';
import { missingGroups } from '#activities/policy/missing-groups.ts';
import { parseDraft } from '#prisma/policy-text.ts';
import { readFileSync } from 'node:fs';
import { demoPolicyFile } from '#ops/setup/policy.ts';
import { amount } from '../support/campaign.ts';
import { demoPolicyWith, privilegedRule } from '../support/policies.ts';
import { addValues, replaceAttribute } from './change.ts';
import { addMany, groupName } from './many-accounts.ts';
import { ownDirectory } from './own-directory.ts';

const bank = await ownDirectory();
const reader = bank.as('reader');

test('a survey tells of every account, group and owner what one reading of each tells', async () => {
  const admin = bank.as('administrator');
  const [alice, chen] = [await bank.account('alice.moreau'), await bank.account('chen.wei')];
  await replaceAttribute(admin, 'OU=Staff,DC=bank,DC=test', 'managedBy', alice.dn);
  await replaceAttribute(
    admin,
    'CN=Treasury Dealers,OU=Groups,DC=bank,DC=test',
    'managedBy',
    'CN=CS-Security-Officers,OU=Groups,DC=bank,DC=test',
  );
  await addValues(admin, 'CN=Treasury Dealers,OU=Groups,DC=bank,DC=test', 'member', chen.dn);
  await replaceAttribute(admin, chen.dn, 'pwdLastSet', '0');
  await replaceAttribute(admin, chen.dn, 'altSecurityIdentities', 'X509:<I>DC=test,DC=bank,CN=Cards<SR>0a1b', 'X509:<S>CN=Chen');
  await replaceAttribute(admin, alice.dn, 'altSecurityIdentities', 'X509:<I>DC=test,DC=bank,CN=Cards<S>CN=Alice');

  const survey = await surveyDirectory(reader);
  assert.ok(survey.accounts.length > 20);
  const sources: ApproverSource[] = [
    { relation: 'manager' },
    { relation: 'managers-manager' },
    { relation: 'unit-owner' },
    { ownerOf: 'Treasury Dealers' },
    { role: 'officers' },
    { group: 'no such group' },
  ];
  const roles = { officers: ['CS-Security-Officers', 'CS-Approvers'] };
  const sorted = (list: readonly object[]) => list.map((one) => JSON.stringify(one)).toSorted();
  for (const account of survey.accounts) {
    const live = await readAccount(reader, account.guid);
    assert.ok(live, account.samAccountName);
    assert.deepEqual(
      { ...account, groups: account.groups.toSorted() },
      { ...live, groups: live.groups.toSorted() },
      account.samAccountName,
    );
    assert.deepEqual(
      sorted(await resolveBy(survey, account, sources, roles)),
      sorted(await resolveSources(reader, live, sources, roles)),
      account.samAccountName,
    );
    assert.deepEqual(await survey.ownerOfUnit(account.dn), await ownerOfUnit(reader, account.dn));
  }
  assert.deepEqual([...survey.cardsMapped], [chen.guid], 'a mapping that could be given to another is none');
  for (const { name } of groups) {
    const sid = await survey.groupSid(name);
    assert.ok(sid, name);
    const live = (await groupMembers(reader, sid)).filter(({ expired }) => !expired).map(({ guid }) => guid);
    assert.deepEqual(
      survey.members(sid).map(({ guid }) => guid),
      live.toSorted(),
      name,
    );
    assert.deepEqual(await survey.ownerOfGroup(name), await ownerOfGroup(reader, name), name);
  }
  assert.deepEqual((await peopleBehind(reader, alice, [{ relation: 'unit-owner' }], {})).length, 0, 'nobody decides for themselves');
});

const many = amount(300, 10_000);
const limit = 30;
/** Beside the ways in and the approvals, what the demo's own rule asks of everybody who is not protected. */
const asInTheDemo = `may: [new-password, unlock, replace-factors]
    replaceFactors: { accept: [{ name: help desk code, proofs: [issued-code] }], approvals: [{ label: manager, by: { relation: manager } }], wait: 24h }`;

test(`what a draft would change for ${many} accounts is told whole, within ${limit} seconds`, async () => {
  await addMany(bank, { stem: 'many', accounts: many, groups: 3 });
  const before = parseDraft(readFileSync(demoPolicyFile, 'utf8'));
  const draft = parseDraft(
    demoPolicyWith(`networks:
  branches: [10.20.0.0/16]
rules:${privilegedRule}
  - id: branch
    when: { protected: false, networks: [branches] }
    ${asInTheDemo}
    accept:
      - { name: recovery code and authenticator, proofs: [recovery-code], factors: [totp] }
      - { name: help desk code and authenticator, proofs: [issued-code], factors: [totp] }
    approvals: []
  - id: team
    when: { protected: false, memberOf: ["${groupName('many', 0)}"] }
    accept: [{ name: both codes, proofs: [recovery-code, issued-code], factors: [totp] }]
    approvals: [{ label: manager, by: { relation: manager } }]
  - id: rest
    when: { protected: false, notMemberOf: ["${groupName('many', 1)}"] }
    ${asInTheDemo}
    accept:
      - { name: help desk code and authenticator, proofs: [issued-code], factors: [totp] }
      - { name: recovery code and authenticator, proofs: [recovery-code], factors: [totp] }
    approvals: []`),
  );
  const started = performance.now();
  const survey = await surveyDirectory(reader);
  const read = performance.now();
  const held = new Map(survey.accounts.map(({ guid }) => [guid, { proofs: ['recovery-code'], factors: ['totp'] } as const]));
  const cases = casesOf([before, draft], [new Date()]);
  const compared = await comparePolicies(survey, held, { before, draft, cardsCount: true }, cases);
  const seconds = (performance.now() - started) / 1000;
  console.log(
    `${survey.accounts.length} accounts: read in ${((read - started) / 1000).toFixed(1)} s, compared in ${cases.length} cases after ${seconds.toFixed(1)} s`,
  );
  assert.ok(seconds <= limit, `${seconds} s`);

  assert.deepEqual(await missingGroups(draft, (name) => survey.groupSid(name)), []);
  const renamed = {
    ...draft,
    roles: {},
    rules: draft.rules.map((rule) => ({ ...rule, when: { ...rule.when, memberOf: ['No Such Group'] } })),
  };
  const said = comparedInWords(compared, cases, { before, draft }, await missingGroups(renamed, (name) => survey.groupSid(name)));
  assert.match(said, /The directory has no group "No Such Group", which the draft names/);
  assert.match(said, new RegExp(` accounts would be asked for something else: .* and [\\d,]+ more\\.\n`));

  const mine = compared.filter(({ account }) => account.samAccountName.startsWith('many-'));
  assert.equal(mine.length, many * 2, 'each in both cases');
  const numbers = (found: typeof mine) =>
    [...new Set(found.map(({ account }) => Number(account.samAccountName.slice(5))))].toSorted((a, b) => a - b);
  const all = Array.from({ length: many }, (_, index) => index);
  // Group 1 holds group 0 and so all even numbers, and every third; group 0 the even ones.
  const atTheBranch = mine.filter(({ case: { address } }) => address !== undefined);
  assert.deepEqual(
    numbers(atTheBranch.filter(({ changed }) => changed)),
    [],
    'the branch rule asks what was asked before, in another order',
  );
  const elsewhere = mine.filter(({ case: { address } }) => address === undefined);
  assert.deepEqual(
    numbers(elsewhere.filter(({ changed }) => changed)),
    all.filter((n) => n % 2 === 0 || n % 3 === 0),
  );
  assert.deepEqual(
    numbers(elsewhere.filter(({ draft: { rule } }) => rule === undefined)),
    all.filter((n) => n % 2 !== 0 && n % 3 === 0),
  );
  assert.deepEqual(
    numbers(elsewhere.filter(({ draft: { noApprover } }) => noApprover)),
    all.filter((n) => n % 10 === 0),
    'of the even ones those without a manager',
  );
  assert.deepEqual(
    numbers(elsewhere.filter(({ before, draft: after }) => before.alone && !after.alone)),
    all.filter((n) => n % 2 === 0 || n % 3 === 0),
  );
});
