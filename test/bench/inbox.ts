import { readFileSync } from 'node:fs';
import { availableParallelism, loadavg } from 'node:os';
import { join } from 'node:path';
import { openDatabase } from '#db';
import { requestCode } from '#domain/request-code.ts';
import { appendLeaf } from '#prisma/leaves.ts';
import { openApprovals, recordDecision } from '#test/support/open-approvals.ts';
import { cast } from '#test/support/people.ts';
import { signedIn } from '#test/support/scenes.ts';
import { useStack } from '#test/support/stack.ts';
import { measure, noSamples, quantile } from './samples.ts';

/**
 * What an approver waits for at the console while many approvals are open: over TLS at the API that serves them, with the
 * rows and leaves that verifier and worker leave, a thousand of them the approver's own. A table, not a gate.
 */
const MINE = 1000;
const OTHERS = [0, 19_000];
const ASKED = 300;
const PASSED = [
  ['proof.checked', 'recovery-code'],
  ['factor.checked', 'totp'],
] as const;
const say = (line: string): void => console.log(line);

const stack = await useStack();
const people = await cast(stack.state);
const owner = openDatabase(readFileSync(join(stack.state, 'database', 'owner.url'), 'utf8').trim());
say(
  `${availableParallelism()} cores; load before the run ${(loadavg()[0] ?? 0).toFixed(1)}. A load of its own above 1 makes every figure worse.`,
);
const [me, colleague] = [await people.guid('quentin.roux'), await people.guid('helena.voss')];
const [frozen] = await people.sql<{ sha256: string }>('SELECT sha256 FROM policy_version WHERE in_force');
const policy = { sha256: frozen?.sha256 ?? '', rule: 'privileged' };
const resets: string[] = [];
const table: string[][] = [];
try {
  say(`Opening ${MINE} approvals with their leaves…`);
  const mine = await openApprovals(
    owner,
    Array.from({ length: MINE }, (_, at) => ({
      eligible: [me],
      name: `Account ${at}`,
      stage: 1,
      label: 'security-officer',
      source: `10.1.${at % 40}.7`,
      policy,
      expiresAt: new Date(Date.now() + 3_600_000 * (1 + (at % 97))),
    })),
  );
  resets.push(...mine.map(({ reset }) => reset));
  for (const { reset } of mine) {
    for (const [type, method] of PASSED)
      await owner.$transaction((tx) => appendLeaf(tx, { type, outcome: 'success', reset, do: { method } }, 'bench'));
    await recordDecision(owner, reset, { by: colleague, decision: 'approve', reason: 'known to me' });
  }
  const http = await signedIn(stack.run, people, 'quentin.roux');
  for (const count of OTHERS) {
    say(`With ${MINE + count} open…`);
    const others = await openApprovals(
      owner,
      Array.from({ length: count }, () => ({ eligible: [colleague], label: 'security-officer', policy })),
    );
    resets.push(...others.map(({ reset }) => reset));
    await owner.$executeRaw`ANALYZE approval, reset, leaf`;
    const first = await http.get<{ items: { id: string }[]; nextCursor: string }>('/api/v1/approvals?part=mine&limit=25');
    const asked = {
      'the inbox, first page': '/api/v1/approvals?part=mine&limit=25',
      'the inbox, next page': `/api/v1/approvals?part=mine&limit=25&cursor=${first.body.nextCursor}`,
      'what waits for others': '/api/v1/approvals?part=others&limit=25',
      'found by request code': `/api/v1/approvals?part=mine&limit=25&find=${requestCode(mine[500]?.reset ?? '')}`,
      'found by name': '/api/v1/approvals?part=mine&limit=25&find=account%20777',
      'the count in the menu': '/api/v1/summary',
      'a decision page': `/api/v1/approvals/${first.body.items[0]?.id}`,
    };
    for (const [what, path] of Object.entries(asked)) {
      let bytes = 0;
      const samples = noSamples();
      for (const together of [1, 4]) {
        const ask = async ({ set }: { set: (name: string, ms: number) => void }) => {
          const { status, text, ms } = await http.get(path);
          if (status !== 200) throw new Error(`${path}: ${status} ${text}`);
          bytes = Buffer.byteLength(text);
          set(`${together}`, ms);
        };
        await measure(samples, ask, { count: ASKED, together, seconds: 20 });
      }
      const both = (name: string) => `${quantile(samples, name, 0.5).toFixed(1)} / ${quantile(samples, name, 0.95).toFixed(1)}`;
      table.push([String(MINE + count), what, both('1'), both('4'), String(bytes)]);
    }
  }
  http.close();
} finally {
  say('Taking the rows away…');
  for (let from = 0; from < resets.length; from += 5000) {
    const some = resets.slice(from, from + 5000);
    await owner.approval.deleteMany({ where: { resetId: { in: some } } });
    await owner.reset.deleteMany({ where: { id: { in: some } } });
  }
  await owner.$disconnect();
  await people.close();
}
const head = ['open', 'asked', 'ms p50 / p95, one at a time', 'four at a time', 'bytes'];
const widths = head.map((name, column) => Math.max(name.length, ...table.map((row) => row[column]?.length ?? 0)));
for (const row of [head, ...table]) say(row.map((cell, column) => cell.padEnd(widths[column] ?? 0)).join('  '));
process.exit(0);
