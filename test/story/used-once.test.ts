import assert from 'node:assert/strict';
import { randomBytes, randomUUID } from 'node:crypto';
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { after, test } from 'node:test';
import { findAccount } from '#activities/directory/find-account.ts';
import { codeAt } from '#activities/verify/one-time-code.ts';
import { codeFromBytes, RECOVERY_CODE_SYMBOLS } from '#domain/codes.ts';
import { addStatement, PASSKEY_TAG, type Ceremony } from '#domain/passkey.ts';
import { canonical } from '#evidence/jcs.ts';
import { challengeOf } from '#evidence/signed-statement.ts';
import { openEnroller } from '#ops/enrolment.ts';
import { amount } from '#test/support/campaign.ts';
import { cardBank } from '#test/support/card-bank.ts';
import { visit } from '#test/support/card-visit.ts';
import { appShows } from '#test/support/app-shows.ts';
import { hire, openBranch, type Hired } from '#test/support/hired.ts';
import { httpClient, type Answer, type Client } from '#test/support/http-client.ts';
import { patiently } from '#test/support/patiently.ts';
import { formVisitor } from '#test/support/portal-forms.ts';
import { privilegedRule } from '#test/support/policies.ts';
import { newSource, signedIn } from '#test/support/scenes.ts';
import { secondApi } from '#test/support/second-api.ts';
import { hexSha256, SoftPasskey } from '#test/support/soft-passkey.ts';
import { underPolicy } from '#test/support/under-policy.ts';
import { useWorld } from '#test/support/world.ts';
import { container, newSealing } from '#test/tokens/a-container.ts';
import { tokenCommand } from './token-command.ts';

/** Two processes of the API, one database: whatever is used once is burned there, by the verifier, whichever process it came through. */
const cards = await cardBank();
const RUNS = amount(1, 3);
let second: { port: number; stop: () => Promise<void> };
let staff: { hired: Hired[]; dismiss: () => Promise<void> };
let branch: Awaited<ReturnType<typeof openBranch>>;
const world = useWorld(async (here) => {
  await cards.trusted(here);
  second = await secondApi(here.stack);
  staff = await hire(here, 'Staff', 3 * RUNS);
  branch = await openBranch(here, RUNS);
});
after(async () => {
  await second?.stop();
  await staff?.dismiss();
  await branch?.dismiss();
});
const USES = 64;
/** Each of them checks five things that are typed, and an account twenty in an hour: with four, all that is ever checked at once is. */
const RESETS = 4;
const rules = `rules:
${privilegedRule}
  - id: standard
    when: { protected: false }
    accept:
      - { name: the app, proofs: [recovery-code], factors: [totp] }
      - { name: the token, proofs: [recovery-code], factors: [hardware-token] }
      - { name: the card, proofs: [recovery-code], factors: [smart-card] }
    approvals: []`;

const runs = Array.from({ length: RUNS }, (_, run) => run);
const hiredFor = (run: number, which: 0 | 1 | 2): Hired => staff.hired[3 * run + which] ?? assert.fail('nobody was hired');

/** One browser whose requests go through either process. */
interface Both {
  reference: string;
  at: readonly [Client, Client];
}

/** A connection that idled may be closed just as it is used: the same request is sent again, and is the same by its key. */
function post<T>(http: Client, path: string, body: object): Promise<Answer<T>> {
  const key = { 'idempotency-key': randomUUID() };
  return patiently(() => http.post<T>(path, body, key));
}

async function named(account: string): Promise<Both> {
  const source = newSource();
  const at = [httpClient(world.stack.run, source), httpClient(world.stack.run, source, second.port)] as const;
  const answer = await post<{ reference: string }>(at[0], '/api/v1/portal/resets', { account });
  assert.equal(answer.status, 201, answer.text);
  for (const [name, value] of at[0].cookies) at[1].cookies.set(name, value);
  return { reference: answer.body.reference, at };
}

type Said = Answer<{ next: { step: string }; code?: string }>;
const send = ({ reference, at }: Both, n: number, step: string, body: object): Promise<Said> =>
  post(n % 2 === 0 ? at[0] : at[1], `/api/v1/portal/resets/${reference}/${step}`, body);

/** New recovery codes in the place of all others. */
async function recoveryCodes({ account }: Hired, count: number): Promise<string[]> {
  const codes = Array.from({ length: count }, () => codeFromBytes(randomBytes(RECOVERY_CODE_SYMBOLS)));
  const enroller = await openEnroller(world.stack.state);
  await enroller.enrol({ account, recoveryCodes: [...codes] });
  await enroller.close();
  return codes;
}

/** As if an hour had passed: what failed in one race does not count in the next. */
async function anHourLater({ account }: Hired): Promise<void> {
  await world.people.sql(`DELETE FROM attempts WHERE key LIKE '%' || $1`, [await world.people.guid(account)]);
}

async function atTheFactor(who: Hired, count: number): Promise<Both[]> {
  const resets: Both[] = [];
  for (const [n, value] of (await recoveryCodes(who, count)).entries()) {
    const one = await named(who.account);
    const proof = await send(one, n, 'proofs', { proof: 'recovery-code', value });
    assert.equal(proof.body.next?.step, 'factor', proof.text);
    resets.push(one);
  }
  return resets;
}

/** What the verifier signed for these resets is the truth; an answer may be lost on a busy machine. */
async function signedFor(resets: readonly Both[], kind: 'proof' | 'factor'): Promise<number> {
  const references = resets.map(({ reference }) => reference);
  const [row] = await world.people.sql<{ count: number }>(
    `SELECT count(*)::int AS count FROM attestation WHERE kind = $1 AND reset_id IN (SELECT id FROM reset WHERE reference = ANY($2))`,
    [kind, references],
  );
  return row?.count ?? 0;
}

function onlyOne(answers: readonly Answer[], good: number): void {
  const won = answers.filter(({ status }) => status === good).length;
  assert.ok(won <= 1, answers.map(({ status }) => status).join(' '));
}
const closed = (resets: readonly Both[]) => resets.forEach(({ at }) => at.forEach((http) => http.close()));
const all = (use: (n: number) => Promise<Said>) => Promise.all(Array.from({ length: USES }, (_, n) => use(n)));

test('of 64 uses of one recovery code, and of one code of an app, over two API processes exactly one counts', async () => {
  await underPolicy(world.stack, rules, async () => {
    for (const run of runs) {
      const who = hiredFor(run, 0);
      const [value] = await recoveryCodes(who, 1);
      const begun: Both[] = [];
      for (let n = 0; n < RESETS; n++) begun.push(await named(who.account));
      onlyOne(
        await all((n) => send(begun[n % RESETS]!, Math.floor(n / RESETS), 'proofs', { proof: 'recovery-code', value })).then(
          gotOn('factor'),
        ),
        200,
      );
      assert.equal(await signedFor(begun, 'proof'), 1);
      await anHourLater(who);
      const proven = await atTheFactor(who, RESETS);
      const code = who.code();
      onlyOne(
        await all((n) => send(proven[n % RESETS]!, Math.floor(n / RESETS), 'factors', { factor: 'totp', value: code })).then(
          gotOn('choose-password'),
        ),
        200,
      );
      assert.equal(await signedFor(proven, 'factor'), 1);
      closed([...begun, ...proven]);
    }
  });
});

/** The answers that let somebody go on. */
const gotOn =
  (step: string) =>
  (answers: Said[]): Said[] =>
    answers.filter(({ body }) => body.next?.step === step);

test('of 64 uses of one counter of a token over two API processes exactly one counts', async () => {
  const sealing = newSealing();
  const secret = randomBytes(20);
  const shows = (counter: number): string => codeAt({ secret, algorithm: 'sha1', digits: 6 }, counter);
  const serials = runs.map(() => randomBytes(4).toString('hex'));
  const { people, stack } = world;
  const token = tokenCommand(stack.state);
  const file = join(cards.folder, 'tokens.xml');
  writeFileSync(
    file,
    container(
      serials.map((serial) => ({ serial, secret, kind: 'hotp' as const })),
      sealing,
    ),
  );
  const { said } = await token(['import', file, '--by', 'lena.fischer'], [await people.code('lena.fischer')]);
  const id = /--confirm ([0-9a-f-]{36})/.exec(said)?.[1] ?? assert.fail(said);
  const key = sealing.key.toString('hex');
  assert.equal((await token(['import', '--confirm', id, '--by', 'oskar.lindqvist'], [await people.code('oskar.lindqvist'), key])).code, 0);
  await underPolicy(stack, rules, async () => {
    for (const run of runs) {
      const who = hiredFor(run, 1);
      const typed = [await people.code('jonas.berg'), who.recoveryCode(), shows(41), shows(42)];
      const assigned = await token(['assign', serials[run] ?? '', who.account, '--by', 'jonas.berg'], typed);
      assert.equal(assigned.code, 0, assigned.said);
      const proven = await atTheFactor(who, RESETS);
      const answers = await all((n) =>
        send(proven[n % RESETS]!, Math.floor(n / RESETS), 'factors', { factor: 'hardware-token', value: shows(45) }),
      );
      onlyOne(gotOn('choose-password')(answers), 200);
      assert.equal(await signedFor(proven, 'factor'), 1);
      closed(proven);
      assert.equal((await token(['lost', serials[run] ?? '', '--by', 'jonas.berg'], [await people.code('jonas.berg')])).code, 0);
    }
  });
});

/** Whatever is used in one reset or by one account: of the 64 thirty are judged, through either process; the rest is turned away as a flood. */
test('of 64 uses of one ticket of the card listener over two API processes exactly one counts', async () => {
  await underPolicy(world.stack, rules, async () => {
    for (const run of runs) {
      const who = hiredFor(run, 2);
      const [one] = await atTheFactor(who, 1);
      assert.ok(one);
      const { body } = await one.at[0].get<{ cardAddress?: string }>(`/api/v1/portal/resets/${one.reference}`);
      const { ticket: value, text } = await visit(body.cardAddress ?? '', world.stack.run.ca, await cards.cardOf(world, who.account));
      assert.ok(value, text);
      onlyOne(await all((n) => send(one, n, 'factors', { factor: 'smart-card', value })).then(gotOn('choose-password')), 200);
      assert.equal(await signedFor([one], 'factor'), 1);
      closed([one]);
    }
  });
});

test('of 64 answers to one challenge of the console over two API processes exactly one adds a key', async () => {
  const { people, stack } = world;
  for (const account of ['jonas.berg', 'helena.voss', 'mateo.silva'].slice(0, RUNS)) {
    const http = await signedIn(stack.run, people, account);
    const own = await people.key(account, http);
    const other = httpClient(stack.run, newSource(), second.port);
    for (const [name, value] of http.cookies) other.cookies.set(name, value);
    const begun = await http.post<Ceremony & { creation: { challenge: string } }>('/api/v1/passkeys/ceremony', { deed: 'add' });
    assert.equal(begun.status, 201, begun.text);
    const { creation, ceremony, account: whose, notAfter } = begun.body;
    const added: string[] = [];
    const answers = await all((n) => {
      const key = new SoftPasskey();
      added.push(key.id);
      const registration = key.register(creation.challenge, people.page);
      const digest = hexSha256(Buffer.from(registration.response.attestationObject, 'base64url'));
      const statement = addStatement({ ceremony, account: whose, notAfter }, { credential: key.id, registration: digest, name: 'spare' });
      const assertion = own.assert(challengeOf(PASSKEY_TAG, canonical(statement)).toString('base64url'), people.page);
      return post(n % 2 === 0 ? http : other, '/api/v1/passkeys', { ceremony, name: 'spare', registration, by: { assertion } });
    });
    onlyOne(answers, 201);
    const rows = await people.sql('DELETE FROM passkey WHERE credential_id = ANY($1) RETURNING id', [added]);
    assert.equal(rows.length, 1, answers.map(({ status, body }) => `${status} ${body.code}`).join(', '));
    for (const one of [http, other]) one.close();
  }
});

test('of 64 uses of one ticket of the help desk over two API processes exactly one sets up an app', async () => {
  const { people, stack } = world;
  const desk = await signedIn(stack.run, people, 'jonas.berg');
  for (const { account, password } of branch.people) {
    const found = await findAccount(world.directory, account);
    const issued = await desk.post<{ code: string }>('/api/v1/issued-codes', { account, checked: ['photo-id', 'known-in-person'] });
    assert.equal(issued.status, 201, issued.text);
    const visitor = formVisitor(stack.run);
    await visitor.open('/factors');
    await visitor.send('/factors/sign-in', { account, password });
    // Each form is of a page of its own, so that no two are the same request or show the same app.
    const forms: Record<string, string>[] = [];
    for (let n = 0; n < USES; n++) {
      await visitor.open('/factors/first');
      const [, inside = ''] = /<form method="post" action="\/factors\/first"[^>]*>([\s\S]*?)<\/form>/.exec(visitor.page()) ?? [];
      const hidden = [...inside.matchAll(/<input type="hidden" name="(\w+)" value="([^"]*)"/g)];
      const secret = (/<p class="key">([^<]+)<\/p>/.exec(visitor.page())?.[1] ?? '').replaceAll(' ', '');
      forms.push({ ...Object.fromEntries(hidden.map(([, name = '', value = '']) => [name, value])), secret });
    }
    const other = httpClient(stack.run, newSource(), second.port);
    for (const [name, value] of visitor.http.cookies) other.cookies.set(name, value);
    const headers = {
      'content-type': 'application/x-www-form-urlencoded',
      origin: new URL(stack.run.portal).origin,
      'sec-fetch-site': 'same-origin',
    };
    const answers = await Promise.all(
      forms.map(({ secret = '', ...fields }, n) => {
        const body = new URLSearchParams({ ...fields, name: `phone ${n}`, newDigits: appShows({ secret }), ticket: issued.body.code });
        return patiently(() => (n % 2 === 0 ? visitor.http : other).raw('POST', '/factors/first', body.toString(), headers));
      }),
    );
    assert.deepEqual([...new Set(answers.map(({ status }) => status))], [303]);
    const apps = await people.sql<{ name: string }>('SELECT name FROM totp WHERE account_guid = $1::uuid', [found?.guid]);
    assert.equal(apps.length, 1, answers.map(({ headers: { location } }) => location).join(' '));
    visitor.http.close();
    other.close();
  }
  desk.close();
});
