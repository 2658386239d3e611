import assert from 'node:assert/strict';
import { spawn } from 'node:child_process';
import { existsSync, mkdtempSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { after, test } from 'node:test';
import { verify } from 'otplib';
import { root } from '#ops/paths.ts';
import { people, type DemoRole } from '#ops/demo/people.ts';
import { makeDemoSecrets, readDemoPeople, writeDemoPeople } from '#ops/demo/secrets.ts';
import type { ListedPerson } from '#ops/demo/list-people.ts';
import { ownDirectory } from './own-directory.ts';

const bank = await ownDirectory();
writeFileSync(
  join(bank.stateDir, 'run.json'),
  JSON.stringify({ directory: { url: bank.running.url, ca: join(bank.stateDir, 'ca', 'ca.pem'), netbios: 'BANK' } }),
);
const empty = mkdtempSync(join('/tmp', 'countersign-empty-'));
after(() => rmSync(empty, { recursive: true, force: true }));

function demo(
  args: string[],
  options: { input?: string; state?: string } = {},
): Promise<{ code: number | null; stdout: string; stderr: string }> {
  return new Promise((resolve) => {
    const child = spawn(process.execPath, ['--disable-warning=ExperimentalWarning', join(root, 'ops/countersign.ts'), 'demo', ...args], {
      env: { ...process.env, COUNTERSIGN_STATE: options.state ?? bank.stateDir },
    });
    const said = { stdout: '', stderr: '' };
    child.stdout.on('data', (chunk: Buffer) => {
      said.stdout += chunk.toString();
    });
    child.stderr.on('data', (chunk: Buffer) => {
      said.stderr += chunk.toString();
    });
    child.once('close', (code) => resolve({ code, ...said }));
    child.stdin.end(options.input ?? '');
  });
}

test('the bank has somebody for every part, two officers, and nobody with two roles', () => {
  const roles: DemoRole[] = [
    'employee',
    'manager',
    'security-officer',
    'help-desk',
    'auditor',
    'administrator',
    'operator',
    'domain-admin',
  ];
  for (const role of roles)
    assert.ok(
      people.some((person) => person.roles.includes(role)),
      role,
    );
  assert.equal(people.filter((person) => person.roles.includes('security-officer')).length, 2);
  assert.deepEqual(
    people.filter((person) => person.roles.length !== 1),
    [],
  );
  const accounts = new Set(people.map((person) => person.account));
  assert.equal(accounts.size, people.length);
  assert.deepEqual(
    people.filter((person) => person.manager !== undefined && !accounts.has(person.manager)),
    [],
  );
});

test('demo people --json has exactly the promised fields, and the passwords sign in', async () => {
  const { code, stdout } = await demo(['people', '--json']);
  assert.equal(code, 0);
  const listed = JSON.parse(stdout) as ListedPerson[];
  assert.equal(listed.length, people.length);
  for (const person of listed) assert.deepEqual(Object.keys(person), ['account', 'name', 'roles', 'manager', 'password', 'factors']);
  const alice = listed.find((person) => person.account === 'alice.moreau');
  assert.equal(await bank.says('alice.moreau', alice?.password ?? ''), 'ok');
  assert.equal(new Set(listed.map((person) => person.password)).size, listed.length);
});

test('demo people for a terminal says what each is for', async () => {
  const { stdout } = await demo(['people']);
  for (const person of people) assert.ok(stdout.includes(person.account) && stdout.includes(person.note), person.account);
});

test("demo code is the code of the person's authenticator", async () => {
  const { code, stdout } = await demo(['code', 'alice.moreau']);
  assert.equal(code, 0);
  const secret = readDemoPeople(bank.stateDir).find((person) => person.account === 'alice.moreau')?.totpSecret ?? '';
  assert.equal((await verify({ secret, token: stdout.trim(), epochTolerance: 30 })).valid, true);
});

test('demo recovery-code gives another one each time, also at once, and ends in a sentence', async () => {
  const given = await Promise.all(Array.from({ length: 3 }, () => demo(['recovery-code', 'bilal.osman'])));
  for (let more = 0; more < 7; more++) given.push(await demo(['recovery-code', 'bilal.osman']));
  const codes = given.map((one) => one.stdout.trim());
  assert.equal(new Set(codes).size, 10);
  for (const code of codes) assert.match(code, /^[0-9A-HJKMNP-TV-Z]{4}(-[0-9A-HJKMNP-TV-Z]{4}){4}$/);
  const eleventh = await demo(['recovery-code', 'bilal.osman']);
  assert.notEqual(eleventh.code, 0);
  assert.match(eleventh.stderr + eleventh.stdout, /All 10 recovery codes/);
});

test('demo login asks the controller and says what it said', async () => {
  const right = await demo(['login', 'alice.moreau'], { input: `${bank.passwordOf('alice.moreau')}\n` });
  assert.deepEqual([right.code, right.stdout], [0, 'The domain controller accepted the password.\nLDAP 0\n']);
  const wrong = await demo(['login', 'alice.moreau'], { input: 'Not-The-Password-1\n' });
  assert.equal(wrong.code, 1);
  assert.match(wrong.stdout, /refused: wrong name or password\.\nLDAP 49, data 52e/);
  const locked = await demo(['login', 'chen.wei'], { input: `${bank.passwordOf('chen.wei')}\n` });
  assert.equal(locked.code, 1);
  assert.match(locked.stdout, /is locked.*\nLDAP 49, data 775/);
});

test('without a demo bank every command is a sentence and nothing is made', async () => {
  for (const args of [['people'], ['code', 'alice.moreau'], ['recovery-code', 'alice.moreau'], ['login', 'alice.moreau']]) {
    const { code, stdout, stderr } = await demo(args, { state: empty });
    assert.notEqual(code, 0, args[0]);
    assert.match(stdout + stderr, /has no demo bank/);
    assert.doesNotMatch(stdout + stderr, /\n {4}at /, 'no stack trace');
  }
  assert.equal(existsSync(join(empty, 'demo')), false);
});

test('secrets are fresh each time and satisfy the strictest policy of the bank', () => {
  const [first, second] = [makeDemoSecrets(), makeDemoSecrets()];
  const all = [...first, ...second];
  assert.equal(new Set(all.map((one) => one.totpSecret)).size, all.length);
  assert.equal(new Set(all.flatMap((one) => one.recoveryCodes)).size, all.length * 10);
  for (const one of all) {
    assert.match(one.totpSecret, /^[A-Z2-7]{32}$/);
    assert.match(one.password, /^[A-Z][a-z]+(-[a-z]+){3}-\d{4}$/);
    assert.ok(one.password.length >= 14);
  }
  writeDemoPeople(empty, first);
  assert.equal(statSync(join(empty, 'demo', 'people.json')).mode & 0o777, 0o600);
  assert.deepEqual(readDemoPeople(empty), first);
});
