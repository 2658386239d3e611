import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { before, test } from 'node:test';
import { Client, ResultCodeError, type Change, type Control } from 'ldapts';
import { encodePassword } from '#activities/directory/encode-password.ts';
import { guidDn } from '#activities/directory/entry.ts';
import {
  BIND_DATA,
  bindAnswer,
  isPassing,
  RESTRICTIONS,
  RESULT_CODES,
  writeRefusal,
  type WriteRefusal,
} from '#activities/directory/errors.ts';
import { PolicyHints } from '#activities/directory/policy-hints.ts';
import { refusedPassword } from '#activities/write/refused-password.ts';
import { PASSWORD_REASONS, REFUSALS, type PasswordReason, type RefusalCode } from '#domain/refusals.ts';
import { demoDomain } from '#ops/directory/names.ts';
import { root } from '#ops/paths.ts';
import { runCommand } from '#ops/run-command.ts';
import { change, replaceAttribute } from './change.ts';
import { ownDirectory } from './own-directory.ts';

/** docs/refusals-of-the-directory.md, kept true: every row that claims to have been seen is provoked here, every code that is decoded has its row. */
interface Row {
  says: string;
  decoded: string;
  where: string;
  reads: string;
}
const text = readFileSync(join(root, 'docs/refusals-of-the-directory.md'), 'utf8');
const tables = text
  .split('\n## ')
  .map((section) => section.split('\n').filter((line) => line.startsWith('| `')))
  .map((lines) => lines.map((line) => line.split(' | ').map((cell) => cell.replace(/^\| | \|$/g, ''))));
const bare = (cell = ''): string => cell.replaceAll('`', '');
const asRow = ([says, decoded, where, , reads]: string[]): Row => ({
  says: bare(says),
  decoded: bare(decoded),
  where: where ?? '',
  reads: reads ?? '',
});
const [, modifies = [], binds = [], passing = []] = tables;
const PASSWORDS = modifies.map(asRow);
const BINDS = binds.map(asRow);
const isSeen = ({ where }: { where: string }): boolean => where === 'Samba 4.17';

const bank = await ownDirectory();
const admin = bank.as('administrator');
const staff = bank.as('writerStaff');
const set = (password: string): Change[] => [change('replace', 'unicodePwd', [encodePassword(password)])];
const changed = (from: string, to: string): Change[] => [
  change('delete', 'unicodePwd', [encodePassword(from)]),
  change('add', 'unicodePwd', [encodePassword(to)]),
];
const dnOf = async (account: string): Promise<string> => (await bank.account(account)).dn;
const asks = async (changes: Change[], target: string, ...controls: Control[]): Promise<void> =>
  staff.write((session) => session.modify(target, changes, controls));
/** What the person with this account does with the old password, by the second of two changes. */
async function afterAChange(to: (first: string) => string): Promise<void> {
  const [dn, first, next] = [await dnOf('nadia.rahman'), 'Fresh-Morning-2031', 'Fresh-Morning-2032'];
  await asks(set(first), dn);
  await asks(changed(first, next), dn);
  await asks(changed(next, to(first)), dn);
}

async function history(length: string, work: () => Promise<void>): Promise<void> {
  await replaceAttribute(admin, demoDomain.baseDn, 'pwdHistoryLength', length);
  return work();
}

const PROVOKED: Readonly<Record<string, () => Promise<void>>> = {
  '19 0000052D … the password is too short': async () => asks(set('Sh0rt-x'), await dnOf('alice.moreau')),
  '19 0000052D … does not meet the complexity criteria': async () => asks(set('onlysmallletters'), await dnOf('alice.moreau')),
  '19 0000052D … was already used (in history)': () => history('24', () => afterAChange((first) => first)),
  '19 0000052D … was already used (previous password)': async () => {
    const old = bank.passwordOf('fatima.noor');
    await history('24', async () => asks(changed(old, old), await dnOf('fatima.noor')));
  },
  '19 0000052D … too young to change': async () => {
    await replaceAttribute(admin, demoDomain.baseDn, 'minPwdAge', String(-86_400n * 10_000_000n));
    await afterAChange(() => 'Fresh-Morning-2033').finally(() => replaceAttribute(admin, demoDomain.baseDn, 'minPwdAge', '0'));
  },
  "19 00000056 … old password specified doesn't match": async () =>
    asks(changed('Not-The-Old-1', 'Fresh-Morning-2034'), await dnOf('alice.moreau')),
  '50 … insufficient access rights': async () => asks(set('Fresh-Morning-2034'), await dnOf('rosa.klein')),
  '32 … not found': () => asks(set('Fresh-Morning-2034'), guidDn('00000000-0000-4000-8000-000000000000')),
  '12': async () => asks(set('Fresh-Morning-2034'), await dnOf('alice.moreau'), new PolicyHints()),
  '53 00002035 … not allowed to set the NT hash': async () =>
    asks([change('replace', 'unicodePwd', [Buffer.from('Fresh-Morning-2034', 'utf16le')])], await dnOf('alice.moreau')),
  "53 00002077 … can't be deleted": async () => asks([change('delete', 'lockoutTime', [])], await dnOf('chen.wei')),
};

/** Whose right password is answered so. */
const IN_STATE: Readonly<Record<string, string>> = {
  'data 775': 'chen.wei',
  'data 533': 'dora.lind',
  'data 701': 'emil.novak',
  'data 532': 'quentin.roux',
  'data 773': 'bilal.osman',
  'data 530': 'goran.petrovic',
  'data 531': 'mateo.silva',
  'data 52e': 'karim.haddad',
};

before(async () => {
  await replaceAttribute(admin, await dnOf('bilal.osman'), 'pwdLastSet', '0');
  await replaceAttribute(admin, await dnOf('goran.petrovic'), 'logonHours', Buffer.alloc(21));
  await replaceAttribute(admin, await dnOf('mateo.silva'), 'userWorkstations', 'BR-0042,BR-0043');
  await replaceAttribute(admin, await dnOf('karim.haddad'), 'userAccountControl', String(0x200 | 0x40000));
  // Only the database itself takes a pwdLastSet in the past, with the control that Samba's own tests use.
  const input = `dn: ${await dnOf('quentin.roux')}\nchangetype: modify\nreplace: pwdLastSet\npwdLastSet: 133000000000000000\n`;
  const args = ['-H', bank.install.layout.database, '--controls=local_oid:1.3.6.1.4.1.7165.4.3.20:0'];
  assert.equal((await runCommand('ldbmodify', args, { input })).code, 0);
});

async function refusal(work: () => Promise<unknown>): Promise<ResultCodeError> {
  const error: unknown = await work().then(
    () => undefined,
    (failure: unknown) => failure,
  );
  assert.ok(error instanceof ResultCodeError, `it was not refused, but: ${String(error)}`);
  return error;
}

for (const row of PASSWORDS.filter(isSeen))
  test(`a real controller says ${row.says}, which is decoded as ${row.decoded}`, async () => {
    const error = await refusal(PROVOKED[row.says] ?? assert.fail('the row says that it was seen, and nothing here provokes it'));
    const said = `${error.code} ${error.message}`;
    for (const part of row.says.split(' … ')) assert.ok(said.includes(part), `it said: ${said}`);
    assert.equal(writeRefusal(error), row.decoded);
  });

for (const row of BINDS.filter(isSeen))
  test(`a real controller says ${row.says} to a bind, which is decoded as ${row.decoded}`, async () => {
    const account = IN_STATE[row.says] ?? assert.fail('the row says that it was seen, and nothing here provokes it');
    const [controller] = bank.settings.controllers;
    assert.ok(controller);
    const client = new Client({ url: controller.url, tlsOptions: { ca: bank.settings.caPem, servername: controller.servername } });
    const error = await refusal(async () => client.bind(await dnOf(account), bank.passwordOf(account))).finally(() => client.unbind());
    assert.ok(error.message.includes(row.says), error.message);
    assert.equal(bindAnswer(error), row.decoded);
  });

test('a connection that is not bound is told to ask again, and nothing was done', async () => {
  const [controller] = bank.settings.controllers;
  assert.ok(controller);
  const client = new Client({ url: controller.url, tlsOptions: { ca: bank.settings.caPem, servername: controller.servername } });
  const dn = await dnOf('alice.moreau');
  const error = await refusal(() => client.modify(dn, set('Fresh-Morning-2034'))).finally(() => client.unbind());
  assert.equal(`${error.code} ${error.message.slice(0, 8)}`, '1 00002020');
  assert.ok(isPassing(error));
  assert.deepEqual(
    passing.map(([says]) => bare(says)),
    ['1 00002020', '51', '52'],
  );
});

test('every code that is decoded has its row, and no row is of a code that is not', () => {
  const decoded = new Set<string>([...RESTRICTIONS.map(([, reason]) => reason), ...Object.values(RESULT_CODES), 'policy', 'other']);
  assert.deepEqual(new Set(PASSWORDS.map((row) => row.decoded)), decoded);
  assert.deepEqual(
    BINDS.map((row) => `${row.says} ${row.decoded}`).toSorted(),
    Object.entries(BIND_DATA)
      .map(([data, answer]) => `data ${data} ${answer}`)
      .toSorted(),
  );
  for (const code of Object.keys(RESULT_CODES))
    assert.ok(
      PASSWORDS.some(({ says }) => says === code || says.startsWith(`${code} `)),
      code,
    );
});

test('what a claimant reads stands there in the words of the product', () => {
  for (const { says, decoded, reads } of PASSWORDS) {
    const why = refusedPassword(decoded as WriteRefusal); // the test above holds them against the decoder's own list
    const [code, words] = 'reasons' in why ? reasonWords(why.reasons) : [why.code, REFUSALS[why.code].words];
    assert.equal(reads, `\`${code}\`: ${words}`, says);
  }
  for (const { says, reads } of BINDS) {
    const code = /^`([\w-]+)`: /.exec(reads)?.[1];
    if (code === undefined) assert.match(reads, /right password/, says);
    else assert.equal(reads, `\`${code}\`: ${REFUSALS[code as RefusalCode].words}`, says); // an unknown code has no words and fails
  }
  assert.ok(text.includes(`\`write-unknown\`: ${REFUSALS['write-unknown'].words}`));
});

function reasonWords([reason]: readonly PasswordReason[]): [string, string] {
  assert.ok(reason);
  return [reason, PASSWORD_REASONS[reason]];
}
