import type { Methods } from './accept.ts';
import { isKeyKind, letsIn } from './key-kinds.ts';
import { chosenWithAFactor } from './operation.ts';
import type { Policy, Rule } from './policy.ts';
import type { PolicyFinding } from './policy-finding.ts';
import type { When } from './rule-choice.ts';
import { coveredBy } from './rule-cover.ts';
import { TELL_WHEN, whomKey } from './telling.ts';
import { whomInWords } from './telling-words.ts';

/** What a policy says against itself: names that stand for nothing or for two things, and rules that are never reached. */
export function contradictions(policy: Policy): PolicyFinding[] {
  const ofRules = policy.rules.flatMap((rule, index) => {
    const findings = [
      ...ofNames(policy, rule),
      ...twice(rule),
      ...ofKeys(policy, rule),
      ...ofOperations(rule),
      ...ofReplacement(rule),
      ...ofVouching(rule),
      ...ofTelling(policy, rule),
      ...ofPlace(policy, rule, index),
    ];
    return findings.map(({ path, message }) => ({ path: ['rules', index, ...path], message }));
  });
  return [...ofRules, ...ofPasskeys(policy), ...ofFirstFactor(policy)];
}

function ofFirstFactor(policy: Policy): PolicyFinding[] {
  const { firstFactor } = policy;
  return firstFactor.flatMap((condition, index) => {
    const at = ['firstFactor', index];
    const again = firstFactor.findIndex(({ name }) => name === condition.name) < index;
    return [
      ...(again ? [{ path: [...at, 'name'], message: `The name "${condition.name}" is used twice; give each condition its own.` }] : []),
      ...ofNames(policy, condition).map(({ path, message }) => ({ path: [...at, ...path], message })),
    ];
  });
}

/** Ways in that name a kind of key which the policy keeps out, or two kinds, of which one key could be both. */
function ofKeys({ passkeys }: Policy, { accept }: Rule): PolicyFinding[] {
  return accept.flatMap(({ factors }, way): PolicyFinding[] => {
    const path = ['accept', way, 'factors'];
    const kinds = factors.filter(isKeyKind);
    const [kind, other] = kinds;
    if (kind && other && kind !== other)
      return [{ path, message: `This asks for ${kind} and ${other}, and one key could be shown as both; name one of them.` }];
    if (!kind || letsIn(passkeys, kind)) return [];
    return [{ path, message: 'This policy refuses synced passkeys; write passkey here, or synced: where-named under passkeys.' }];
  });
}

function ofPasskeys({ passkeys: { attestation, models, synced } }: Policy): PolicyFinding[] {
  if (attestation === 'required' && synced === 'where-named')
    return [
      {
        path: ['passkeys', 'synced'],
        message:
          'A passkey that can be copied proves no model, and this policy asks every new key to prove it; write synced: refuse, or attestation: not-asked.',
      },
    ];
  const path = ['passkeys', 'models'];
  const again = models.find((model, at) => models.indexOf(model) < at);
  if (again) return [{ path, message: `The model ${again} stands here twice, and once is enough; delete one.` }];
  if (attestation === 'required' || models.length === 0) return [];
  return [
    {
      path,
      message:
        'Without proof a key may claim to be any model, so a list of models says nothing; write attestation: required, or delete this.',
    },
  ];
}

function ofPlace({ rules }: Policy, { id, when }: Rule, index: number): PolicyFinding[] {
  const namesake = rules.findIndex((other) => other.id === id);
  if (namesake < index) return [{ path: ['id'], message: `The name "${id}" is used twice; give each rule its own.` }];
  const before = coveredBy(rules, index, when);
  if (!before) return [];
  return [
    {
      path: ['when'],
      message: `This rule is never reached, since "${before.id}" before it fits whenever it does; put it before that one, or delete it.`,
    },
  ];
}

function ofNames({ networks, calendars }: Policy, { when }: Pick<Rule, 'when'>): PolicyFinding[] {
  const unknown = (condition: keyof When, kind: string, known: object, names: readonly string[]): PolicyFinding[] =>
    names
      .filter((name) => !Object.hasOwn(known, name))
      .map((name) => ({ path: ['when', condition], message: `There is no ${kind} "${name}"; write it under ${kind}s.` }));
  const calendar = when.hours && ('inside' in when.hours ? when.hours.inside : when.hours.outside);
  return [
    ...unknown('networks', 'network', networks, when.networks ?? []),
    ...unknown('notNetworks', 'network', networks, when.notNetworks ?? []),
    ...unknown('hours', 'calendar', calendars, calendar === undefined ? [] : [calendar]),
  ];
}

function ofOperations({ may, password }: Rule): PolicyFinding[] {
  const again = may.find((operation, at) => may.indexOf(operation) < at);
  if (again) return [{ path: ['may'], message: `The word ${again} stands here twice, and counts once; delete one.` }];
  if (password === undefined || may.includes('new-password')) return [];
  return [
    {
      path: ['password'],
      message: 'Under this rule no password is set, so it can ask nothing of one; delete this, or write new-password under may.',
    },
  ];
}

function ofReplacement({ may, replaceFactors }: Rule): PolicyFinding[] {
  const isAllowed = may.includes('replace-factors');
  if (isAllowed && chosenWithAFactor(may).length === 0)
    return [
      {
        path: ['may'],
        message: 'Whoever has a factor could do nothing under this rule; write new-password or unlock beside replace-factors.',
      },
    ];
  if (isAllowed && !replaceFactors)
    return [
      {
        path: ['may'],
        message:
          'This lets lost factors be replaced and does not say what is asked for it; write replaceFactors with accept, approvals and wait.',
      },
    ];
  if (!isAllowed && replaceFactors)
    return [
      {
        path: ['replaceFactors'],
        message: 'This counts for nothing, since may does not have replace-factors; write it there, or delete this.',
      },
    ];
  return (replaceFactors?.accept ?? []).flatMap(({ name, proofs }, index): PolicyFinding[] => {
    const path = ['replaceFactors', 'accept', index];
    if (replaceFactors?.accept.findIndex((other) => other.name === name) !== index)
      return [{ path: [...path, 'name'], message: `The name "${name}" is used twice in this rule; give each way in its own.` }];
    const again = proofs.find((method, at) => proofs.indexOf(method) < at);
    return again ? [{ path, message: `The method ${again} stands here twice, and counts once; delete one.` }] : [];
  });
}

/** Vouching and who may do it stand together, or neither does. */
function ofVouching({ accept, vouchers, replaceFactors }: Rule): PolicyFinding[] {
  const takes = (ways: readonly Pick<Methods, 'proofs'>[]) => ways.findIndex(({ proofs }) => proofs.includes('vouching'));
  const [index, other] = [takes(accept), takes(replaceFactors?.accept ?? [])];
  if ((index >= 0 || other >= 0) && vouchers === undefined)
    return [
      {
        path: index >= 0 ? ['accept', index] : ['replaceFactors', 'accept', other],
        message: 'This way in takes a colleague who vouches, and nobody may; write under vouchers who may.',
      },
    ];
  if (index >= 0 || other >= 0 || vouchers === undefined) return [];
  return [{ path: ['vouchers'], message: 'No way in of this rule takes vouching; delete this, or write vouching among the proofs.' }];
}

function twice({ accept }: Rule): PolicyFinding[] {
  return accept.flatMap(({ name, proofs, factors }, index): PolicyFinding[] => {
    const path = ['accept', index];
    if (accept.findIndex((other) => other.name === name) < index)
      return [{ path: [...path, 'name'], message: `The name "${name}" is used twice in this rule; give each way in its own.` }];
    const again = [...proofs, ...factors].find((method, at, all) => all.indexOf(method) < at);
    return again ? [{ path, message: `The method ${again} stands here twice, and counts once; delete one.` }] : [];
  });
}

/** Whom a rule tells in vain: approvers where nobody has decided, a role that is not there, somebody who stands there twice. */
function ofTelling({ roles }: Policy, { tell, approvals }: Rule): PolicyFinding[] {
  return TELL_WHEN.flatMap((when) =>
    tell[when].flatMap((whom, index): PolicyFinding[] => {
      const say = (message: string) => [{ path: ['tell', when], message }];
      if (tell[when].findIndex((other) => whomKey(other) === whomKey(whom)) < index)
        return say(`This tells ${whomInWords(whom)} twice, and once is enough; delete one.`);
      if (typeof whom === 'object' && 'role' in whom && !Object.hasOwn(roles, whom.role))
        return say(`There is no role "${whom.role}"; name it under roles, with its groups.`);
      if (whom !== 'approvers') return [];
      if (approvals.length === 0) return say('This rule asks nobody to approve, so no approver can be told; delete approvers here.');
      return when === 'requested'
        ? say('Nobody has decided yet when a reset is requested, and those who may find it in their inbox; delete approvers here.')
        : [];
    }),
  );
}
