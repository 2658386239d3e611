import { z } from 'zod';
import { POLICY_DEEDS } from '#domain/policy-publication.ts';
import { Refusal, type RefusalCode } from '#domain/refusals.ts';
import { storePolicyText } from '#prisma/policies.ts';
import { lineOfFinding, PolicyError } from '#prisma/policy-findings.ts';
import { policyJsonSchema } from '#prisma/policy-schema.ts';
import { parseNewPolicy, policySha256, testsOfDraft } from '#prisma/policy-text.ts';
import { readPublication, readRecord, seenText, sha256 as sha256Of } from '#prisma/publication-text.ts';
import type { PolicyDeedAnswer } from '#workflows/messages.ts';
import type { ConsoleDeps } from './console-deps.ts';
import { endpoint, signedIn } from './endpoint.ts';
import { stateReason } from './decisions.ts';
import { beginCeremony, confirmationWith, ownKeys } from './own-keys.ts';
import { assertion, confirmation, sealedAssertion } from './passkey-shapes.ts';
import { hash256, policyRow, policyVersionSchema, policyView, seenSchema, seenView, version } from './policy-shapes.ts';
import { carryOut } from './sealed-deed.ts';
import { moment } from './shapes.ts';
import { reason } from './typed.ts';

/** A policy of a hundred rules has about 40 kB. */
const LONGEST = 200_000;
const text = z.strictObject({ text: z.string().max(LONGEST) });
type Done = Extract<PolicyDeedAnswer, { outcome: 'done' }>;
const refusals = [
  'not-found',
  'account-not-active',
  'role-needed',
  'recently-reset',
  'not-a-publisher',
  'policy-moved-on',
  'policy-not-drafted',
  'policy-own-draft',
  'comparison-needed',
  'ceremony-over',
  'passkey-not-accepted',
  'passkey-not-verified',
  'passkey-synced',
  'service-unavailable',
  'too-many-requests',
] as const satisfies readonly RefusalCode[];

/** The rules of resets: what is in force, what was before, and how a version is drafted by one administrator and published by another. */
export function policiesEndpoints(deps: ConsoleDeps) {
  const { db, admission, relyingParty } = deps;
  return {
    schema: endpoint(
      {
        summary: 'JSON Schema of a policy document, for editors',
        access: ['administrator'],
        replies: { 200: { description: 'JSON Schema, draft 2020-12', mediaType: 'application/json' } },
        refusals: [],
      },
      async () => ({ status: 200, body: policyJsonSchema(), headers: { 'Content-Type': 'application/json' } }),
    ),

    list: endpoint(
      {
        summary: 'Versions of the policy',
        access: ['administrator', 'auditor'],
        replies: {
          200: { description: 'The one in force first, then the newest', schema: z.object({ items: z.array(policyVersionSchema) }) },
        },
        refusals: [],
      },
      async () => {
        const rows = await db.policyVersion.findMany({
          orderBy: [{ inForce: 'desc' }, { loadedAt: 'desc' }],
          take: 100,
          select: policyRow,
        });
        return { status: 200, body: { items: rows.map(policyView) } };
      },
    ),

    one: endpoint(
      {
        summary: 'One version, word for word',
        access: ['administrator', 'auditor'],
        params: version,
        replies: {
          200: {
            description: 'With its comments, and what each signer knew of whom it affects',
            schema: policyVersionSchema.extend({ text: z.string(), seenAtDraft: seenSchema, seenAtPublication: seenSchema }),
          },
        },
        refusals: ['not-found'],
      },
      async (ask) => {
        const row = await db.policyVersion.findUnique({
          where: { sha256: ask.params.sha256 },
          select: { ...policyRow, draft: true, publication: true },
        });
        if (!row) throw new Refusal('not-found');
        const seen = {
          seenAtDraft: await seenView(db, row.draft),
          seenAtPublication: await seenView(db, readPublication(row.publication)?.publish),
        };
        return { status: 200, body: { ...policyView(row), text: row.text, ...seen } };
      },
    ),

    check: endpoint(
      {
        summary: 'Say all that is wrong with a policy, its own tests included; nothing is kept',
        access: ['administrator'],
        body: text,
        longest: LONGEST,
        replies: {
          200: {
            description: 'No finding: it could be drafted. The tests are told when it is a policy at all',
            schema: z.object({
              sha256: z.string(),
              findings: z.array(z.object({ line: z.int(), words: z.string() })),
              tests: z.array(z.object({ name: z.string(), line: z.int(), why: z.string().nullable() })),
            }),
          },
        },
        refusals: [],
        keepNoAnswer: true,
      },
      async (ask) => {
        const { text: document } = ask.body;
        const findings = findingsOf(document).map((words) => ({ line: lineOfFinding(words), words }));
        return { status: 200, body: { sha256: policySha256(document), findings, tests: testsIn(document) } };
      },
    ),

    store: endpoint(
      {
        summary: 'Keep a text as a version that nobody has signed yet',
        access: ['administrator'],
        body: text,
        longest: LONGEST,
        replies: { 201: { description: 'Named by its hash', schema: z.object({ sha256: z.string() }) } },
        refusals: ['policy-refused', 'too-many-requests'],
        keepNoAnswer: true,
      },
      async (ask) => {
        await admission.step(`policies of ${signedIn(ask).account}`);
        const [first] = findingsOf(ask.body.text);
        if (first !== undefined) throw new Refusal('policy-refused', { detail: first });
        return { status: 201, body: { sha256: await storePolicyText(db, ask.body.text) } };
      },
    ),

    begin: endpoint(
      {
        summary: 'Begin to sign a version, as a draft or for publication',
        access: ['administrator'],
        params: version,
        body: z.union([
          z.strictObject({ deed: z.enum(POLICY_DEEDS), comparison: hash256 }),
          /** Why it cannot wait for a comparison. */
          z.strictObject({ deed: z.enum(POLICY_DEEDS), reason }),
        ]),
        replies: {
          201: {
            description:
              'A ceremony, good for one use; `replaces` is the version in force, `draft` the hash of what the author signed, `seen` what is signed of whom it affects',
            schema: z.object({
              ceremony: z.string(),
              account: z.string(),
              notAfter: moment,
              replaces: z.string(),
              draft: z.string(),
              seen: seenText,
              confirmation,
            }),
          },
        },
        refusals: ['not-found', 'passkey-needed', 'too-many-requests'],
        keepNoAnswer: true,
      },
      async (ask) => {
        const { account } = signedIn(ask);
        await admission.step(`ceremonies of ${account}`);
        const { sha256 } = ask.params;
        const [row, inForce, keys] = [
          await db.policyVersion.findUnique({ where: { sha256 }, select: { draft: true } }),
          await db.policyVersion.findFirst({ where: { inForce: true }, select: { sha256: true } }),
          await ownKeys(db, account),
        ];
        if (!row || !inForce) throw new Refusal('not-found');
        if (keys.length === 0) throw new Refusal('passkey-needed');
        const ceremony = await beginCeremony(db, account, `policy/${ask.body.deed}/${sha256}`);
        const draft = sha256Of(readRecord(row.draft)?.text ?? '');
        const seen =
          'comparison' in ask.body
            ? { comparison: ask.body.comparison }
            : { without: (await stateReason(db, deps.hash, { approval: sha256, person: account, typed: ask.body.reason })).digest };
        return {
          status: 201,
          body: { ...ceremony, replaces: inForce.sha256, draft, seen, confirmation: confirmationWith(relyingParty, keys) },
        };
      },
    ),

    sign: endpoint(
      {
        summary: 'Sign a version: its author as a draft, another administrator for publication',
        access: ['administrator'],
        params: version,
        body: z.strictObject({ deed: z.enum(POLICY_DEEDS), ceremony: z.uuid(), replaces: hash256, seen: seenText, assertion }),
        replies: { 200: { description: 'It counts', schema: z.object({ sha256: z.string(), message: z.string() }) } },
        refusals,
        keepNoAnswer: true,
      },
      async (ask) => {
        const session = signedIn(ask);
        await admission.step(`policies of ${session.account}`);
        const { deed, ceremony, replaces, seen } = ask.body;
        const { account } = session;
        const value = {
          account,
          ceremony,
          deed,
          policy: ask.params.sha256,
          replaces,
          seen,
          assertion: sealedAssertion(ask.body.assertion),
          source: ask.source,
        };
        const { policy } = await carryOut<Done>(deps, 'signPolicy', 'policy-deed', { session, nonce: ask.nonce, value });
        const message =
          deed === 'draft'
            ? 'The draft is signed. Another administrator can publish it now.'
            : 'The version is in force for resets that begin from now on. Those that are under way keep theirs.';
        return { status: 200, body: { sha256: policy, message } };
      },
    ),
  };
}

function testsIn(document: string): { name: string; line: number; why: string | null }[] {
  try {
    return testsOfDraft(document).map((one) => ({ ...one, why: one.why ?? null }));
  } catch (error) {
    if (error instanceof PolicyError) return [];
    throw error;
  }
}

function findingsOf(document: string): readonly string[] {
  try {
    parseNewPolicy(document);
    return [];
  } catch (error) {
    if (error instanceof PolicyError) return error.findings;
    throw error;
  }
}
