import assert from 'node:assert/strict';
import { test } from 'node:test';
import { z } from 'zod';
import { protectedReset } from '#test/support/scenes.ts';
import { useWorld } from '#test/support/world.ts';

/** NIST SP 800-53 AU-3 for every leaf that this stack has written: what, when, where, from where, which outcome, who and about whom. */
const world = useWorld(({ stack, people }) => protectedReset(stack.run, people));

const guid = z.string().regex(/^[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$/);
const sid = z.string().regex(/^S-1-5-21(-\d+)+$/);
const sha256 = z.string().regex(/^[0-9a-f]{64}$/);
const commitment = z.base64().length(44);
const decimal = z.string().regex(/^\d+$/);
// A card's certificate is no row of ours: it is named by its digest.
const card = z.strictObject({ method: z.literal('smart-card'), aal: z.enum(['2', '3']), cred: sha256 });
const auth = z.union([card, z.strictObject({ method: z.string(), aal: z.enum(['1', '2', '3']), cred: guid.nullable() })]);
const leaf = z.strictObject({
  v: z.literal(1),
  id: z.uuid({ version: 'v7' }),
  type: z.string(),
  outcome: z.enum(['success', 'failure', 'denied', 'expired', 'unknown', 'started']),
  reason: z.string().min(1).optional(),
  wseq: decimal.optional(),
  prev: z.base64().length(44).nullable().optional(),
  t: z.strictObject({ wall: z.iso.datetime({ precision: 3 }), mono_ns: decimal, boot: guid, src: z.literal('host') }),
  by: z.strictObject({ process: z.string().min(1), release: z.string().min(1) }),
  wf: z
    .strictObject({
      ns: z.string().optional(),
      id: z
        .string()
        .regex(
          /^(reset|sign-in|issue-code|enrol|token|outcome|passkey|passkey-removal|own-factor|vouch|delegation|delegation-end|joint-act|campaign-deed|device-deed|device-enrolment|notices|review|policy-deed|policy-simulation|policy-comparison|tell|watch)\//,
        ),
      run: guid.nullable(),
      update: z.string().optional(),
      activity: z.string().optional(),
      attempt: decimal.optional(),
    })
    .optional(),
  who: z
    .strictObject({
      actor: z.discriminatedUnion('type', [
        z.strictObject({ type: z.literal('person'), guid, sid: sid.nullable(), auth: auth.optional() }),
        z.strictObject({ type: z.literal('service'), name: z.string() }),
        z.strictObject({ type: z.literal('claimant'), auth: auth.optional() }),
        z.strictObject({ type: z.literal('operator'), uid: decimal }),
      ]),
    })
    .optional(),
  target: z
    .strictObject({
      guid: guid.optional(),
      sid: sid.nullable().optional(),
      privileged: z.boolean().optional(),
      name_c: commitment.optional(),
    })
    .optional(),
  src: z.strictObject({ ip_c: commitment }).optional(),
  policy: z.strictObject({ sha256, rule: z.string().nullable() }).optional(),
  do: z.record(z.string(), z.unknown()).optional(),
});

async function leaves(): Promise<z.infer<typeof leaf>[]> {
  // What a test wrote by its own hand is nobody's deed.
  const rows = await world.people.sql<{ body: string }>(`SELECT body FROM leaf WHERE body NOT LIKE '%"process":"test"%' ORDER BY seq`);
  return rows.map(({ body }) => {
    const read = leaf.safeParse(JSON.parse(body));
    if (!read.success) assert.fail(`${z.prettifyError(read.error)}\n${body}`);
    return read.data;
  });
}

test('every leaf has the members of the schema and no other', async () => {
  assert.ok((await leaves()).length >= 40);
});

test('what a reset did names its account by SID once it is identified, also in the leaves of writer and worker', async () => {
  const named = new Map<string, string>();
  let writes = 0;
  for (const { wf, target, type } of await leaves()) {
    if (!wf?.id.startsWith('reset/')) continue;
    if (type === 'reset.requested' && target?.sid) named.set(wf.id, target.sid);
    const known = named.get(wf.id);
    if (known === undefined) continue;
    assert.equal(target?.sid, known, type);
    assert.equal(typeof target?.privileged, 'boolean', type);
    if (type === 'write.result') writes += 1;
  }
  assert.ok(writes >= 1);
});

test('a decision names the approver by SID and the authenticator that confirmed it; a proof its credential', async () => {
  const all = await leaves();
  const decisions = all.filter(({ type, outcome }) => type === 'approval.decided' && outcome === 'success');
  assert.ok(decisions.length >= 2);
  for (const { who } of decisions) {
    assert.ok(who?.actor.type === 'person' && who.actor.sid !== null);
    assert.equal(who.actor.auth?.aal, '2');
  }
  for (const { who } of all.filter(({ type, outcome }) => type === 'proof.checked' && outcome === 'success'))
    assert.ok(who?.actor.type === 'claimant' && who.actor.auth?.cred);
});

test('every leaf of an activity lies beside its event: namespace, run, activity and attempt', async () => {
  const inActivities = (await leaves()).filter(({ type }) =>
    ['proof.checked', 'approval.requested', 'write.started', 'write.result', 'notice.created'].includes(type),
  );
  assert.ok(inActivities.length >= 5);
  for (const { wf, type } of inActivities) assert.ok(wf?.ns && wf.run && wf.activity && wf.attempt, type);
});

test('what a person did says from where, as a commitment', async () => {
  const deeds = (await leaves()).filter(({ type }) =>
    ['reset.requested', 'approval.decided', 'sign-in.password', 'sign-in.factor', 'code.issued', 'reset.admission-refused'].includes(type),
  );
  assert.ok(deeds.length >= 5);
  for (const { src, type } of deeds) assert.ok(src?.ip_c, type);
});
