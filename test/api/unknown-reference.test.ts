import assert from 'node:assert/strict';
import { randomUUID } from 'node:crypto';
import { test } from 'node:test';
import { CHANGING, useApp } from './app-under-test.ts';

const app = await useApp();

const comeBack = async (reference: string): Promise<string> => {
  const answer = await app.ask('POST', '/api/v1/portal/resume', {
    body: JSON.stringify({ reference, factor: 'totp', value: '123456' }),
    headers: { ...CHANGING, 'idempotency-key': randomUUID() },
  });
  return `${answer.status} ${String(answer.body['code'])}`;
};

test('tries to come back to a reference that is nobody’s meet the limit of thirty a minute, as those to a reset do', async () => {
  const answers = await Promise.all(Array.from({ length: 34 }, () => comeBack('0000-1111-2222')));
  assert.equal(answers.filter((answer) => answer === '422 resume-refused').length, 30, answers.join(', '));
  assert.equal(answers.filter((answer) => answer === '429 too-many-requests').length, 4);
  assert.equal(await comeBack('0000-1111-3333'), '422 resume-refused', 'another one has a limit of its own');
  assert.equal(await comeBack('no reference at all'), '422 resume-refused');
});
