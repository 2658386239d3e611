import assert from 'node:assert/strict';
import { test } from 'node:test';
import { askForMore, askForProof, type Next } from '#domain/next.ts';
import { provePage } from '#portal/pages/prove.ts';

const site = {
  origin: 'https://reset.bank.test',
  helpDesk: 'the help desk',
  stylesheet: '/a.css',
  script: '/a.js',
  choosing: '/c.js',
  icon: '/a.svg',
};
const ticket = { action: '/', nonce: 'n', token: 't' };
const page = (next: Next) =>
  provePage(site, {
    reference: 'AAAA-BBBB-CCCC',
    next,
    requestCode: 'K7Q-2XD',
    submit: ticket,
    cancel: ticket,
    problems: [],
    chosen: undefined,
  });

test('the first proof is asked for with every kind, a further one with what is missing and in its own words', () => {
  const first = page(askForProof);
  assert.match(first, /value="recovery-code"[^]*value="issued-code"[^]*value="vouching"[^]*value="known-password"/);
  assert.ok(first.includes('K7Q-2XD'), 'which a colleague compares');
  assert.match(first, /Next we ask for a code from your authenticator app or your token/);
  const further = page(askForMore({ step: 'prove', choices: ['issued-code'] }));
  assert.match(further, /Your account needs one more proof of another kind/);
  assert.match(further, /value="issued-code"/);
  assert.doesNotMatch(
    further,
    /value="recovery-code"|Next we ask for a code from your authenticator|none of these|Account name of your colleague|Your present password/,
  );
  const byWord = page(askForMore({ step: 'prove', choices: ['vouching'] }));
  assert.match(byWord, /Account name of your colleague/);
  assert.doesNotMatch(byWord, /Your code/);
  const byPassword = page(askForMore({ step: 'prove', choices: ['known-password'] }));
  assert.match(byPassword, /Your present password/);
  assert.doesNotMatch(byPassword, /Your code|Account name of your colleague/);
});

test('no page asks for the word of a device; where it is what lacks, the page says where it is shown', () => {
  assert.doesNotMatch(page(askForProof), /known-device|login screen/);
  const further = page(askForMore({ step: 'prove', choices: ['known-device'] }));
  assert.match(further, /only at its own login screen/);
  assert.doesNotMatch(further, /type="radio"|Continue/);
  const either = page(askForMore({ step: 'prove', choices: ['known-device', 'issued-code'] }));
  assert.match(either, /only at its own login screen[^]*value="issued-code"/);
});
