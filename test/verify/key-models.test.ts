import assert from 'node:assert/strict';
import { randomUUID } from 'node:crypto';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterEach, test } from 'node:test';
import { removeStatement } from '#domain/passkey.ts';
import { METADATA_SUBJECT } from '#activities/verify/key-model.ts';
import { readCertificate } from '#evidence/certificate.ts';
import { readMetadata } from '#evidence/fido-metadata.ts';
import { root } from '#ops/paths.ts';
import { loadPolicy } from '#prisma/policies.ts';
import { attestationCertificate } from '#test/support/certificates.ts';
import { aPublisher, fidoList, type ListedModel } from '#test/support/fido-list.ts';
import { SoftPasskey, type Attestation } from '#test/support/soft-passkey.ts';
import { assertionOf, begun, codes, PAGE, registrationOf } from './keys.ts';
import { enrolled, person, seal, useVerifier, type Enrolled } from './world.ts';

const world = await useVerifier();
const publisher = await aPublisher();
const MODEL = '2fc0579f-8113-47ea-b116-bb5a8db9202a';
const OTHER = 'ee882879-721c-4913-9775-3dfcce97072a';
const maker = await attestationCertificate('http://127.0.0.1:1/', { aaguid: MODEL });
const unnamed = await attestationCertificate('http://127.0.0.1:1/');
const madeUp = await attestationCertificate('http://127.0.0.1:1/');

const demo = readFileSync(join(root, 'ops/policy/demo-bank.yaml'), 'utf8');
const policy = (passkeys: string) =>
  world.superuser.$transaction((tx) => loadPolicy(tx, `${demo}\npasskeys: ${passkeys}\n`, { type: 'service', name: 'test' }));
const list = (number: number, models: readonly ListedModel[]): void => {
  world.models.metadata = readMetadata(fidoList(publisher, { number, models }), [readCertificate(publisher.root)], new Date());
};
const listed: ListedModel[] = [{ aaguid: MODEL, roots: [maker.root, unnamed.root] }, { aaguid: OTHER }];

afterEach(async () => {
  world.models.metadata = undefined;
  await world.superuser.burn.deleteMany({ where: { subject: METADATA_SUBJECT } });
});

let count = 0;
const officer = (): Promise<Enrolled> => enrolled(world, person(`officer${(count += 1)}`, { groups: ['S-CS-Security-Officers'] }), 20);

function keyOfModel(aaguid = MODEL): SoftPasskey {
  const key = new SoftPasskey();
  key.aaguid = Buffer.from(aaguid.replaceAll('-', ''), 'hex');
  return key;
}
const full = ({ der, key }: Pick<typeof maker, 'der' | 'key'>, x5c = [der]): Attestation => ({ format: 'packed', x5c, key });

/** Registers a key with the codes; answers the outcome and the fault that the evidence says. */
async function add(who: Enrolled, key: SoftPasskey, attestation: Attestation): Promise<string> {
  const ceremony = await begun(world, who, 'passkey/add');
  const request = randomUUID();
  const registration = registrationOf(key, ceremony, PAGE, attestation);
  const value = { account: who.guid, ceremony: ceremony.ceremony, name: 'a key', registration, by: await codes(world, who) };
  const answer = await world.verifier.registerPasskey({ request, account: who.guid, sealed: await seal(world, 'passkey', request, value) });
  if (answer.outcome === 'done') return 'done';
  const [leaf] = await world.superuser.leaf.findMany({ where: { actor: who.guid }, orderBy: { seq: 'desc' }, take: 1 });
  const { fault } = (JSON.parse(leaf?.body ?? '{}') as { do: { fault: string | null } }).do;
  return `${answer.code} ${fault}`;
}

/** Removes a key, signed with it: one of the many things that a key confirms. */
async function remove(who: Enrolled, key: SoftPasskey): Promise<string> {
  const { id } = await world.superuser.passkey.findUniqueOrThrow({ where: { credentialId: key.id } });
  const ceremony = await begun(world, who, 'passkey/remove');
  const request = randomUUID();
  const value = { account: who.guid, ceremony: ceremony.ceremony, passkey: id, assertion: assertionOf(key, removeStatement(ceremony, id)) };
  const sealed = await seal(world, 'passkey-removal', request, value);
  const answer = await world.verifier.removePasskey({ request, account: who.guid, sealed });
  return answer.outcome === 'done' ? 'done' : answer.code;
}

test('where keys prove their model, each forgery that the library takes is refused, and the leaf says why', async () => {
  await policy(`{ attestation: required, models: [${MODEL}] }`);
  list(1, listed);
  const who = await officer();
  const tried = (attestation: Attestation, aaguid = MODEL) => add(who, keyOfModel(aaguid), attestation);
  const model = (fault: string) => `passkey-model-refused ${fault}`;
  assert.equal(await tried('none'), model('attestation-missing'), 'the model is only claimed');
  assert.equal(await tried('self'), model('attestation-missing'), 'the key vouches for itself');
  assert.equal(await tried(full(madeUp)), model('attestation-chain'), 'a root that somebody made up');
  assert.equal(await tried(full(madeUp, [madeUp.der, maker.root])), model('attestation-chain'), 'the right root beside it changes nothing');
  assert.equal(
    await tried(full({ ...maker, key: madeUp.key })),
    'passkey-not-accepted null',
    'signed by another key than the certificate has',
  );
  assert.equal(await tried(full(maker), OTHER), 'passkey-not-accepted null', 'the certificate names another model (id-fido-gen-ce-aaguid)');
  assert.equal(await tried(full(unnamed), OTHER), model('model-not-allowed'));
  assert.equal(await tried({ format: 'fido-u2f', x5c: [maker.der], key: maker.key }), model('attestation-format'), 'names no model');
  list(2, [{ aaguid: MODEL, roots: [] }]);
  assert.equal(await tried(full(maker)), model('attestation-chain'), 'a model without roots vouches for nothing');
  list(3, [{ aaguid: OTHER, roots: [maker.root] }]);
  assert.equal(await tried(full(maker)), model('model-unknown'));
  world.models.metadata = undefined;
  assert.equal(await tried(full(maker)), 'passkey-metadata-missing metadata-missing');
  list(4, listed);
  assert.equal(await tried(full(maker)), 'done');
  assert.equal(await tried(full(unnamed)), 'done', 'a maker need not name the model in the certificate');
});

test('without a list of models every model that the metadata know is taken, and no other', async () => {
  await policy('{ attestation: required }');
  list(1, [
    { aaguid: MODEL, roots: [unnamed.root] },
    { aaguid: OTHER, roots: [unnamed.root] },
  ]);
  const who = await officer();
  assert.equal(await add(who, keyOfModel(OTHER), full(unnamed)), 'done');
  assert.equal(await add(who, keyOfModel(randomUUID()), full(unnamed)), 'passkey-model-refused model-unknown');
});

test('what a key was judged by stands in what the verifier signed of it, and in the leaf', async () => {
  await policy('{ attestation: required }');
  list(17, listed);
  const [who, key] = [await officer(), keyOfModel()];
  assert.equal(await add(who, key, full(maker)), 'done');
  const row = await world.superuser.passkey.findUniqueOrThrow({ where: { credentialId: key.id } });
  const { sha256 = '' } = world.models.metadata ?? {};
  const certificates = [maker.der, maker.root];
  assert.deepEqual(JSON.parse(row.model ?? ''), {
    format: 'packed',
    chain: certificates.map((der) => der.toString('base64')),
    metadata: { number: 17, sha256 },
  });
  const [leaf] = await world.superuser.leaf.findMany({ where: { actor: who.guid }, orderBy: { seq: 'desc' }, take: 1 });
  const said = (JSON.parse(leaf?.body ?? '{}') as { do: object }).do;
  const chain = certificates.map((der) => readCertificate(der).sha256);
  assert.deepEqual((said as { model: unknown }).model, { metadata: 17, metadata_sha256: sha256, chain });

  await world.superuser.passkey.update({ where: { id: row.id }, data: { model: row.model?.replace('17', '18') ?? null } });
  assert.equal(await remove(who, key), 'not-found', 'a row that was edited is none of ours');
});

test('a model that is reported as compromised stops new keys and those that people have, at once, as the policy says', async () => {
  await policy('{ attestation: not-asked }');
  const [who, mine, spare] = [await officer(), keyOfModel(), keyOfModel()];
  assert.equal(await add(who, mine, 'none'), 'done');
  assert.equal(await add(who, spare, 'none'), 'done');
  list(5, [{ aaguid: MODEL, statuses: ['FIDO_CERTIFIED', 'USER_KEY_REMOTE_COMPROMISE', 'FIDO_CERTIFIED'] }]);
  const stopped = 'passkey-model-compromised';
  assert.equal(await remove(who, mine), stopped, 'its claim is enough to stop a key');
  assert.equal(await add(who, keyOfModel(), 'none'), `${stopped} model-compromised`);
  await policy('{ compromised: refuse-new }');
  assert.equal(await add(who, keyOfModel(), 'none'), `${stopped} model-compromised`);
  assert.equal(await remove(who, mine), 'done', 'where the policy bears with the keys that people have');
  await policy('{ attestation: required }');
  list(6, [{ aaguid: MODEL, roots: [maker.root], statuses: ['REVOKED'] }]);
  assert.equal(await add(who, keyOfModel(), full(maker)), `${stopped} model-compromised`);
  assert.equal(await remove(who, spare), stopped);
});

test('an older list, or none, in the place of one that was taken counts for nothing, however the tables are edited', async () => {
  await policy('{ attestation: not-asked }');
  const [who, key] = [await officer(), keyOfModel()];
  assert.equal(await add(who, key, 'none'), 'done');
  const mark = (number: string) =>
    world.superuser.burn.create({
      data: { subject: METADATA_SUBJECT, updateId: number, consumed: `${METADATA_SUBJECT}:${number}`, outcome: {} },
    });
  await mark('9');
  await mark('10');
  list(9, listed);
  const older = 'passkey-metadata-missing';
  assert.equal(await remove(who, key), older);
  assert.equal(await add(who, keyOfModel(), 'none'), `${older} metadata-older`);
  world.models.metadata = undefined;
  assert.equal(await remove(who, key), older, 'the file was taken away');
  await world.superuser.burn.deleteMany({ where: { subject: METADATA_SUBJECT } });
  list(10, [{ aaguid: MODEL, statuses: ['REVOKED'] }]);
  assert.equal(
    await remove(who, key),
    'passkey-model-compromised',
    'a mark that was deleted brings no key back: the file is not in the database',
  );
  await mark('10');
  await mark('not-a-number');
  list(10, listed);
  assert.equal(await remove(who, key), 'done');
});
