import assert from 'node:assert/strict';
import { randomUUID } from 'node:crypto';
import { DECISION_TAG, decisionStatement, shownLines, shownText, type DecisionFacts } from '#domain/decision-statement.ts';
import type { Operation } from '#domain/operation.ts';
import { ceremonySeconds, createStatement, PASSKEY_TAG, type Ceremony } from '#domain/passkey.ts';
import { canonical, type Json } from '#evidence/jcs.ts';
import { commitment } from '#evidence/leaf.ts';
import { challengeOf } from '#evidence/signed-statement.ts';
import { SoftPasskey, type Attestation, type Page } from '#test/support/soft-passkey.ts';
import { codeNow, seal, type Enrolled, type OpenReset, type World } from './world.ts';

/** As the world's verifier has it in its settings. */
export const PAGE: Page = { origin: 'https://console.test', rpId: 'console.test' };

/** A ceremony as the API opens it. */
export async function begun({ api }: World, who: Pick<Enrolled, 'guid'>, purpose: string): Promise<Ceremony> {
  const { id, createdAt } = await api.ceremony.create({ data: { id: randomUUID(), accountGuid: who.guid, purpose } });
  return { ceremony: id, account: who.guid, notAfter: new Date(createdAt.getTime() + ceremonySeconds(purpose) * 1000).toISOString() };
}

const challenge = (tag: string, statement: Json): string => challengeOf(tag, canonical(statement)).toString('base64url');

export function registrationOf(key: SoftPasskey, ceremony: Ceremony, page: Page = PAGE, format: Attestation = 'none') {
  const { clientDataJSON, attestationObject, transports } = key.register(
    challenge(PASSKEY_TAG, createStatement(ceremony)),
    page,
    format,
  ).response;
  return { credential: key.id, clientDataJSON, attestationObject, transports };
}

export function assertionOf(key: SoftPasskey, statement: Json, page: Page = PAGE, tag = PASSKEY_TAG) {
  return { credential: key.id, ...key.assert(challenge(tag, statement), page).response };
}

/** A fresh code of each; the step that the app shows is forgotten, so that a scene need not wait for the next one. */
export async function codes({ superuser }: World, who: Enrolled): Promise<{ totp: string; recoveryCode: string }> {
  await superuser.totp.updateMany({ where: { accountGuid: who.guid }, data: { lastStep: null } });
  await superuser.burn.deleteMany({ where: { consumed: { startsWith: 'totp:' } } });
  return { totp: codeNow(who), recoveryCode: who.recoveryCodes.shift() ?? '' };
}

/** A first key of somebody, registered by the product's own way. */
export async function keyOf(world: World, who: Enrolled): Promise<SoftPasskey> {
  const key = new SoftPasskey();
  const ceremony = await begun(world, who, 'passkey/add');
  const request = randomUUID();
  const value = {
    account: who.guid,
    ceremony: ceremony.ceremony,
    name: 'a key',
    registration: registrationOf(key, ceremony),
    by: await codes(world, who),
  };
  const answer = await world.verifier.registerPasskey({ request, account: who.guid, sealed: await seal(world, 'passkey', request, value) });
  assert.equal(answer.outcome, 'done');
  return key;
}

export interface Deciding {
  reset: OpenReset;
  approver: Enrolled;
  delegation?: string | undefined;
  stage: number;
  decision: 'approve' | 'deny';
  reason: string;
}

/** What a scene may bend: what is signed, by whom, where, in which ceremony, and what is sealed with it. */
export interface Bent {
  said?: Partial<DecisionFacts>;
  page?: Page;
  ceremony?: Ceremony;
  lines?: string[];
  sealed?: object;
}

/** The confirmation of a decision as the console sends it. */
export async function signature(world: World, key: SoftPasskey, of: Deciding, bent: Bent = {}) {
  const { statement, ...begun } = await statementFor(world, of, bent, (approval) => `decision/${approval}`);
  const assertion = assertionOf(key, statement, bent.page, DECISION_TAG);
  return { ...begun, assertion, ...bent.sealed };
}

/** What is to be signed for a decision, and what is sent beside the signature. */
export async function statementFor(
  world: World,
  { reset, approver, delegation, stage, decision, reason }: Deciding,
  bent: Bent,
  purposeOf: (approval: string) => string,
) {
  const approval = await world.api.approval.findFirstOrThrow({ where: { resetId: reset.reset, stage } });
  const row = await world.api.reset.findUniqueOrThrow({ where: { id: reset.reset } });
  const ceremony = bent.ceremony ?? (await begun(world, approver, purposeOf(approval.id)));
  const salt = Buffer.alloc(16, 7);
  const attested = await world.superuser.attestation.findMany({ where: { resetId: reset.reset }, select: { body: true } });
  const said = attested.map(({ body }) => JSON.parse(body) as { kind: string; method?: string });
  const methods = (kind: string) => said.flatMap((one) => (one.kind === kind && one.method ? [one.method] : []));
  const held = delegation === undefined ? null : await world.superuser.delegation.findUnique({ where: { id: delegation } });
  const inPlaceOf = held ? { name: held.fromName, person: held.fromGuid, until: held.until, madeBy: held.officerNames } : undefined;
  const lines = shownLines({
    ...row,
    reset: reset.reset,
    operation: row.operation as Operation,
    displayName: row.displayName ?? '',
    accountName: row.accountName ?? '',
    account: reset.account ?? '',
    proofs: methods('proof'),
    factors: methods('factor'),
    stage,
    label: approval.label,
    inPlaceOf,
  });
  const statement = decisionStatement({
    approval: approval.id,
    reset: reset.reset,
    run: reset.run,
    account: reset.account ?? '',
    operation: row.operation as Operation,
    approver: approver.guid,
    onBehalfOf: held && { person: held.fromGuid, delegation: held.id },
    stage,
    decision,
    reason,
    policy: { sha256: row.policySha256 ?? '', rule: row.ruleId ?? '' },
    shown: commitment(shownText(bent.lines ?? lines), salt),
    nonce: ceremony.ceremony,
    notAfter: ceremony.notAfter,
    evidence: null,
    ...bent.said,
  });
  return { ceremony: ceremony.ceremony, salt: salt.toString('base64'), evidence: null, statement };
}

/** Seals a confirmation to the verifier and asks for the decision; answers the decision or the refusal. */
export async function decided(
  world: World,
  of: Deciding,
  by: object,
  { updateId = randomUUID(), sealedAs = {} }: { updateId?: string; sealedAs?: object } = {},
): Promise<string> {
  const { reset, approver, delegation, stage, decision, reason } = of;
  const value = { by, approver: approver.guid, delegation, stage, decision, reason, ...sealedAs };
  const sealed = await seal(world, 'decision', reset.reset, value);
  const asked = { ...reset, account: reset.account ?? '', approver: approver.guid, delegation, stage, decision, reason, updateId, sealed };
  const answer = await world.verifier.confirmDecision(asked);
  return answer.outcome === 'confirmed' ? answer.decision : answer.code;
}
