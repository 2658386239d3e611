import assert from 'node:assert/strict';
import { test } from 'node:test';
import { array, assert as holds, integer, property } from 'fast-check';
import { readTotp } from '../../admin-ui/frame/totp.ts';
import { cursorBook } from '../../admin-ui/provider/cursor-book.ts';
import { queryOf, withFilter } from '../../admin-ui/provider/query.ts';
import { protectedInWords } from '#domain/protected-in-words.ts';
import type { StageOfReset, TimelineEntry } from '../../admin-ui/records.ts';
import { stepsOf } from '../../admin-ui/resets/steps.ts';
import { withWaits } from '../../admin-ui/resets/waits.ts';
import { mayOpen, PAGES, pagesFor, startFor, type PageName } from '../../admin-ui/session/grants.ts';
import { spanInWords } from '../../admin-ui/time/span.ts';
import { lately, periodQuery } from '../../admin-ui/reports/period.ts';

/** How the console reads what the interface answers: the parts that need no browser. */

const at = (seconds: number) => new Date(Date.UTC(2026, 10, 23, 9) + seconds * 1000).toISOString();
const entry = (seconds: number, type: string): TimelineEntry => ({
  at: at(seconds),
  type,
  title: type,
  outcome: 'success',
  leafId: `leaf-${seconds}`,
});

test('a long pause in a timeline is an item of its own and names the stage that was waited for', () => {
  const stages: StageOfReset[] = [
    {
      id: 'a',
      stage: 1,
      label: 'the manager',
      state: 'approved',
      needs: 1,
      approvals: 1,
      escalated: false,
      eligible: [],
      openedAt: at(10),
      decisions: [{ by: 'Nadia Rahman', decision: 'approve', at: at(3610) }],
    },
  ];
  const items = withWaits(
    [entry(3610, 'approval.decided'), entry(0, 'reset.requested'), entry(8, 'factor.checked'), entry(10, 'approval.requested')],
    stages,
  );
  assert.deepEqual(
    items.map((item) => (item.kind === 'wait' ? `${item.milliseconds / 1000} s for ${item.waitedFor}` : item.entry.type)),
    ['reset.requested', 'factor.checked', 'approval.requested', '3600 s for the manager', 'approval.decided'],
  );
});

test('no entry of a timeline is ever lost or moved by the pauses between', () => {
  holds(
    property(array(integer({ min: 0, max: 1_000_000 })), (seconds) => {
      const shown = withWaits(
        seconds.map((second) => entry(second, 'proof.checked')),
        [],
      ).flatMap((item) => (item.kind === 'entry' ? [item.entry.at] : []));
      assert.deepEqual(shown, seconds.map(at).sort());
    }),
  );
});

test('the steps of a reset without approval do not mention approval, and a refusal ends at the step that it came to', () => {
  const timeline = [
    entry(0, 'reset.requested'),
    entry(5, 'proof.checked'),
    entry(9, 'factor.checked'),
    entry(20, 'password.refused'),
    entry(30, 'reset.refused'),
  ];
  assert.deepEqual(
    stepsOf({ state: 'refused', operation: 'new-password', timeline, approvals: [] }).map(({ step, state }) => `${step} ${state}`),
    ['prove done', 'factor done', 'choose failed', 'write ahead', 'verify ahead', 'notify ahead'],
  );
  assert.ok(stepsOf({ state: 'done', operation: 'new-password', timeline, approvals: [] }).every(({ state }) => state === 'done'));
});

test('a reset that only unlocks has no step of a password', () => {
  const timeline = [entry(0, 'reset.requested'), entry(9, 'factor.checked'), entry(12, 'operation.chosen'), entry(20, 'write.started')];
  assert.deepEqual(
    stepsOf({ state: 'refused', operation: 'unlock', timeline, approvals: [] }).map(({ step, state }) => `${step} ${state}`),
    ['prove done', 'factor done', 'write failed'],
  );
});

test('spans are said in their two largest units', () => {
  assert.equal(spanInWords(0), '0 sec');
  assert.equal(spanInWords(-5000), '0 sec');
  assert.equal(spanInWords(61_000), '1 min, 1 sec');
  assert.equal(spanInWords((26 * 3600 + 59) * 1000), '1 day, 2 hr');
  assert.equal(spanInWords((86_400 + 3) * 1000), '1 day');
});

test('a code from an authenticator may be typed with spaces and any hyphen, and nothing else', () => {
  for (const typed of ['123456', ' 123 456 ', '123-456', '12–34—56']) assert.equal(readTotp(typed), '123456');
  for (const typed of ['12345', '1234567', '12345a', '', '１２３４５６']) assert.equal(readTotp(typed), undefined);
});

test('page numbers become cursors, also when an address names a page that was never seen', async () => {
  const asked: (string | undefined)[] = [];
  const book = cursorBook<{ items: string[]; nextCursor?: string }>();
  const read = (cursor: string | undefined) => {
    asked.push(cursor);
    const page = Number(cursor ?? 1);
    return Promise.resolve({ items: [`page ${page}`], ...(page < 4 ? { nextCursor: String(page + 1) } : {}) });
  };
  assert.deepEqual((await book.page('list', 3, read)).items, ['page 3']);
  assert.deepEqual(asked, [undefined, '2', '3']);
  asked.length = 0;
  assert.deepEqual((await book.page('list', 4, read)).items, ['page 4']);
  assert.deepEqual(asked, ['4']);
  // Beyond the end stands the last page, not an endless walk.
  assert.deepEqual((await book.page('list', 40, read)).items, ['page 4']);
});

test('a well-known SID is read out, and what nobody knows stays as it is', () => {
  assert.equal(protectedInWords('S-1-5-21-559794699-4220282547-3445861885-512'), 'Domain Admins (512)');
  assert.equal(protectedInWords('S-1-5-32-548'), 'Account Operators (548)');
  assert.equal(protectedInWords('S-1-5-21-1-2-3-1105'), 'S-1-5-21-1-2-3-1105');
  assert.match(protectedInWords('adminCount'), /marked as protected/);
});

test('empty filters are left out and the rest stands in a fixed order', () => {
  assert.equal(queryOf({ state: 'done', account: ' tmarsh ', from: '', code: undefined }).toString(), 'account=tmarsh&state=done');
  assert.equal(
    queryOf({ from: '2026-11-23', to: '2026-11-23' }).toString(),
    'from=2026-11-23T00%3A00%3A00.000Z&to=2026-11-23T23%3A59%3A59.999Z',
  );
  assert.deepEqual(withFilter({ state: 'done' }, 'state', ''), {});
  assert.deepEqual(withFilter({ state: 'done' }, 'account', 'x'), { state: 'done', account: 'x' });
});

test('a report of days reaches until before the day that follows, over months, years and leap days', () => {
  const asked = (from: string, to: string) => periodQuery({ from, to }).toString();
  assert.equal(asked('2026-07-01', '2026-07-31'), 'from=2026-07-01&to=2026-08-01');
  assert.equal(asked('2027-12-31', '2027-12-31'), 'from=2027-12-31&to=2028-01-01');
  assert.equal(asked('2028-02-28', '2028-02-28'), 'from=2028-02-28&to=2028-02-29');
  assert.equal(asked('', 'soon'), 'from=&to=soon', 'what is no day is for the interface to refuse');
  assert.deepEqual(lately(Date.parse('2026-03-31T23:59:59Z')), { from: '2026-01-01', to: '2026-03-31' });
});

test('a person without a role is offered no page, and nobody else a page that is for other roles', () => {
  assert.deepEqual(pagesFor([]), []);
  assert.equal(startFor([]), undefined);
  assert.equal(startFor(['auditor', 'approver']), 'inbox');
  assert.deepEqual(pagesFor(['help-desk']), ['messages', 'resets', 'devices', 'helpDesk']);
  for (const page of Object.keys(PAGES) as PageName[]) for (const role of PAGES[page]) assert.ok(mayOpen(page, [role]));
  assert.equal(mayOpen('helpDesk', ['administrator', 'auditor', 'operator', 'approver']), false);
});
