import assert from 'node:assert/strict';
import { test } from 'node:test';
import { Ajv2020 } from 'ajv/dist/2020.js';
import { uuidv7 } from '#prisma/uuid.ts';
import { REFUSALS, type RefusalCode } from '#domain/refusals.ts';
import { appendLeaf } from '#prisma/leaves.ts';
import { CHANGING, useApp, type Answer } from './app-under-test.ts';

interface Operation {
  responses: Record<string, { description: string; content?: Record<string, { schema: object }> }>;
  requestBody?: object;
}
const app = await useApp();
const document = (await app.ask('GET', '/api/v1/openapi.json')).body as {
  openapi: string;
  paths: Record<string, Record<string, Operation>>;
  components?: object;
  'x-refusals'?: object;
};
// Dates and UUIDs are judged by the handlers; here the shape is.
const ajv = new Ajv2020({ strict: false, validateFormats: false });

/** Fails unless status, media type and every field of the answer are as the document says. */
function conforms(method: string, path: string, { status, headers, body }: Answer): void {
  const operation = document.paths[path]?.[method.toLowerCase()];
  assert.ok(operation, `${method} ${path} is not in the document`);
  const response = operation.responses[String(status)];
  assert.ok(response, `${method} ${path} does not declare ${status}`);
  if (!response.content) return;
  const mediaType = String(headers['content-type']).split(';')[0] ?? '';
  const schema = response.content[mediaType]?.schema;
  assert.ok(schema, `${method} ${path} ${status} does not declare ${mediaType}`);
  if (!mediaType.includes('json')) return;
  const validate = ajv.compile({ ...closed(schema), components: document.components ?? {} });
  assert.ok(validate(body), `${method} ${path} ${status}: ${ajv.errorsText(validate.errors)}`);
}

/** The same schema with every object closed: a field that is not declared must not leave. */
function closed(schema: unknown): object {
  if (Array.isArray(schema)) return schema.map(closed);
  if (typeof schema !== 'object' || schema === null) return schema as never; // a keyword's plain value
  const copy: Record<string, unknown> = Object.fromEntries(Object.entries(schema).map(([key, value]) => [key, closed(value)]));
  return copy['type'] === 'object' && copy['properties'] && copy['additionalProperties'] === undefined
    ? { ...copy, additionalProperties: false }
    : copy;
}

test('the document is OpenAPI 3.1 and holds every code of each address with its status', () => {
  assert.match(document.openapi, /^3\.1/);
  const codes = new Set<string>();
  for (const [path, operations] of Object.entries(document.paths)) {
    for (const [method, { responses, requestBody }] of Object.entries(operations)) {
      assert.ok(responses['500'] && responses['503'], `${method} ${path}`);
      if (method === 'post') assert.ok(responses['403']?.description.includes('missing-header'), path);
      if (method === 'post' && !/(cancel|lost-factors|acknowledgements|comparisons|readings)$/.test(path)) assert.ok(requestBody, path);
      for (const [status, { content }] of Object.entries(responses)) {
        const schema = content?.['application/problem+json']?.schema as
          | { properties: { code: { enum?: RefusalCode[]; const?: RefusalCode } } }
          | undefined;
        const here = schema ? (schema.properties.code.enum ?? [schema.properties.code.const].filter((code) => code !== undefined)) : [];
        for (const code of here) {
          codes.add(code);
          assert.equal(REFUSALS[code].status, Number(status), `${code} at ${path}`);
        }
      }
    }
  }
  assert.ok(codes.size > 30);
  assert.deepEqual(document['x-refusals'], REFUSALS);
});

test('answers are as the document says, without a field more', async () => {
  const id = uuidv7();
  const owner = 'b7a3c1de-0000-4000-8000-00000000000c';
  await app.owner.reset.create({
    data: {
      id,
      reference: 'DDDD-EEEE-FFFF',
      browserHash: new Uint8Array(app.hash('browser', id, 'held')),
      next: { step: 'prove', message: 'm', secret: 'must not leave' },
      source: '10.0.0.1',
      policySha256: 'f'.repeat(64),
      approvals: { create: { id: uuidv7(), stage: 0, label: 'manager', state: 'waiting', eligible: [owner], openedAt: new Date() } },
    },
  });
  await app.owner.$transaction((tx) =>
    appendLeaf(tx, { type: 'proof.checked', outcome: 'success', reset: id, do: { method: 'recovery-code' } }, 'test'),
  );
  await app.owner.breakGlass.create({
    data: { id: uuidv7(), resetId: id, state: 'possible', officers: 2, holds: 3600, eligible: [owner], eligibleNames: ['Olga'] },
  });
  await app.owner.review.create({ data: { id: uuidv7(), resetId: id, openedAt: new Date(), openedBy: owner, openedByName: 'Olga' } });
  await app.owner.alarm.create({ data: { id, kind: 'no-approver', subject: id, resetId: id } });
  await app.owner.jointAct.create({
    data: {
      id: uuidv7(),
      kind: 'halt',
      subject: 'all',
      state: 'proposed',
      proposal: '{}',
      proposalSignature: new Uint8Array(64),
      proposer: owner,
      proposerName: 'o',
      proposedAt: new Date(),
      expiresAt: new Date(Date.now() + 60_000),
    },
  });
  await app.owner.device.create({ data: { id, accountGuid: owner, accountName: 'a', name: 'pc', platform: 'linux' } });
  const all = await app.signedIn(['approver', 'security-officer', 'help-desk', 'auditor', 'administrator', 'operator'], owner);
  const asked: [string, string, string, Record<string, string>?, unknown?][] = [
    ['GET', '/api/v1/session', '/api/v1/session', all],
    ['GET', '/api/v1/session', '/api/v1/session'],
    ['GET', '/api/v1/resets', '/api/v1/resets', all],
    ['GET', '/api/v1/resets', '/api/v1/resets?limit=0', all],
    ['GET', '/api/v1/resets/{id}', `/api/v1/resets/${id}`, all],
    ['GET', '/api/v1/resets/{id}', '/api/v1/resets/none', all],
    ['GET', '/api/v1/approvals', '/api/v1/approvals', all],
    ['GET', '/api/v1/approvals', '/api/v1/approvals?part=mine&find=x', all],
    ['GET', '/api/v1/approvals/{id}', `/api/v1/approvals/${id}`, all],
    ['GET', '/api/v1/audit/events', '/api/v1/audit/events', all],
    ['GET', '/api/v1/audit/events.csv', '/api/v1/audit/events.csv', all],
    ['GET', '/api/v1/reports', '/api/v1/reports', all],
    ['GET', '/api/v1/reports/{framework}', '/api/v1/reports/nist-63b?from=2026-01-01&to=2026-02-01', all],
    ['GET', '/api/v1/reports/{framework}', '/api/v1/reports/nist-63b?from=2026-01-01', all],
    ['GET', '/api/v1/reports/{framework}', '/api/v1/reports/none?from=2026-01-01&to=2026-02-01', all],
    ['GET', '/api/v1/reports/{framework}/table.csv', '/api/v1/reports/rbi/table.csv?from=2026-01-01&to=2026-02-01', all],
    ['GET', '/api/v1/devices', '/api/v1/devices', all],
    ['GET', '/api/v1/devices/{id}', `/api/v1/devices/${id}`, all],
    ['POST', '/api/v1/devices/ceremony', '/api/v1/devices/ceremony', all, { deed: 'ticket', about: 'PC.bank.test', reason: 'r' }],
    ['POST', '/api/v1/device-tickets', '/api/v1/device-tickets', all, { name: 'no host name', reason: 'r', by: { totp: '123456' } }],
    ['POST', '/api/v1/devices/{id}/revocation', `/api/v1/devices/${id}/revocation`, all, { reason: '', by: { totp: '123456' } }],
    ['GET', '/api/v1/alarms', '/api/v1/alarms', all],
    ['POST', '/api/v1/alarms/{id}/acknowledgements', `/api/v1/alarms/${id}/acknowledgements`, all],
    ['GET', '/api/v1/reviews', '/api/v1/reviews', all],
    [
      'POST',
      '/api/v1/resets/{id}/break-glass/ceremony',
      `/api/v1/resets/${id}/break-glass/ceremony`,
      all,
      { reason: 'r', unwitnessed: false },
    ],
    ['GET', '/api/v1/joint-acts', '/api/v1/joint-acts', all],
    ['GET', '/api/v1/campaigns', '/api/v1/campaigns', all],
    ['GET', '/api/v1/campaigns/{id}', `/api/v1/campaigns/${id}`, all],
    ['POST', '/api/v1/campaigns/{id}/letters', `/api/v1/campaigns/${id}/letters`, all, { reason: 'r', by: { totp: '123456' } }],
    ['POST', '/api/v1/campaigns/{id}/closing', `/api/v1/campaigns/${id}/closing`, all, { reason: '' }],
    ['POST', '/api/v1/joint-acts', '/api/v1/joint-acts', all, { deed: { halts: 'everything' }, reason: 'r', by: { totp: '123456' } }],
    [
      'POST',
      '/api/v1/joint-acts/{id}/confirmations',
      `/api/v1/joint-acts/${id}/confirmations`,
      all,
      { deed: { halts: 'all' }, reason: 'r', by: { totp: '123456' } },
    ],
    ['POST', '/api/v1/resets/{id}/lock', '/api/v1/resets/none/lock', all, { reason: 'r', by: { totp: '123456' } }],
    ['POST', '/api/v1/resets/{id}/lock/ceremony', `/api/v1/resets/${id}/lock/ceremony`, all, { reason: 'r' }],
    ['POST', '/api/v1/joint-acts/ceremony', '/api/v1/joint-acts/ceremony', all, { reason: 'r' }],
    ['GET', '/api/v1/summary', '/api/v1/summary', all],
    ['GET', '/api/v1/openapi.json', '/api/v1/openapi.json'],
    ['GET', '/api/v1/policies/schema', '/api/v1/policies/schema', all],
    ['GET', '/api/v1/policies/schema', '/api/v1/policies/schema'],
    ['GET', '/api/v1/portal/resets/{reference}', '/api/v1/portal/resets/DDDD-EEEE-FFFF', { cookie: '__Host-countersign-reset=held' }],
    ['GET', '/api/v1/portal/resets/{reference}', '/api/v1/portal/resets/DDDD-EEEE-FFFF'],
    ['POST', '/api/v1/portal/resets', '/api/v1/portal/resets', CHANGING, {}],
    ['POST', '/api/v1/portal/resets', '/api/v1/portal/resets', {}, {}],
    [
      'POST',
      '/api/v1/portal/resets/{reference}/proofs',
      '/api/v1/portal/resets/DDDD-EEEE-FFFF/proofs',
      CHANGING,
      { proof: 'recovery-code', value: 'x' },
    ],
    [
      'POST',
      '/api/v1/approvals/{id}/decisions',
      `/api/v1/approvals/${id}/decisions`,
      all,
      { decision: 'approve', reason: 'x', totp: '123456' },
    ],
    ['POST', '/api/v1/issued-codes', '/api/v1/issued-codes', all, { account: 'x', checked: ['photo-id'] }],
    ['DELETE', '/api/v1/session', '/api/v1/session', all],
  ];
  for (const [method, path, url, headers = {}, body] of asked) {
    const answer = await app.ask(method, url, { headers, ...(body === undefined ? {} : { body: JSON.stringify(body) }) });
    assert.ok(answer.status < 500, `${method} ${url}: ${answer.text}`);
    conforms(method, path, answer);
    assert.ok(!answer.text.includes('must not leave'));
  }
});

test('a repeated request gets the first answer, and a key stands for one request only', async () => {
  const headers = { ...CHANGING, 'idempotency-key': 'a-key-of-this-test', cookie: '__Host-countersign-reset=held' };
  const cancel = (path: string, body: object, more: object = {}) =>
    app.ask('POST', path, { headers: { ...headers, ...more }, body: JSON.stringify(body) });
  const first = await cancel('/api/v1/portal/resets/AAAA-AAAA-AAAA/proofs', { proof: 'recovery-code', value: 'x' });
  assert.equal(first.body['code'], 'wrong-browser');
  await app.owner.reset.updateMany({ data: { reference: 'AAAA-AAAA-AAAA' } });
  const again = await cancel('/api/v1/portal/resets/AAAA-AAAA-AAAA/proofs', { proof: 'recovery-code', value: 'x' });
  assert.deepEqual([again.status, again.body], [first.status, first.body]);
  assert.equal(
    (await cancel('/api/v1/portal/resets/AAAA-AAAA-AAAA/proofs', { proof: 'recovery-code', value: 'y' })).body['code'],
    'key-reused',
  );
  // The key belongs to whoever used it: for another browser it is new.
  assert.equal(
    (
      await cancel(
        '/api/v1/portal/resets/AAAA-AAAA-AAAA/proofs',
        { proof: 'recovery-code', value: 'y' },
        { cookie: '__Host-countersign-reset=other' },
      )
    ).body['code'],
    'wrong-browser',
  );
  const kept = JSON.stringify(await app.owner.answer.findMany());
  assert.ok(!kept.includes('a-key-of-this-test'), 'neither key nor body is at rest');
});
