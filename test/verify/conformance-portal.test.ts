import assert from 'node:assert/strict';
import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, test } from 'node:test';
import { checkConformance, type Finding } from '#ops/conformance/run.ts';
import { anAuthority } from '#test/support/certificates.ts';
import { cannedPortal, PORTAL_FAULTS, type PortalFault } from './canned-portal.ts';

/** The part of the suite for third parties that is about the portal: a portal with one fault fails just that. */
const folder = mkdtempSync(join(tmpdir(), 'portal-'));
after(() => rmSync(folder, { recursive: true }));
const authority = await anAuthority(folder, 'portal');
const { cert: certFile, key: keyFile } = await authority.issue('localhost');
const other = await authority.issue('elsewhere.bank.test');
const caPem = readFileSync(authority.ca, 'utf8');

/** Nobody listens for devices: what is about them fails or is not tried, and is not looked at. */
async function checked(files: { certFile: string; keyFile: string }, fault?: PortalFault): Promise<Finding[]> {
  const portal = await cannedPortal(files, fault);
  try {
    const target = { url: new URL('https://localhost:1'), caPem };
    const given = { target, portal: { url: new URL(portal.url), caPem }, name: 'host.bank.test', waitMs: 0, operator: () => {} };
    return (await checkConformance(given)).filter(({ number }) => /^[PF]/.test(number));
  } finally {
    await portal.close();
  }
}
const inShort = (findings: readonly Finding[]) =>
  findings.filter(({ result }) => result !== 'pass').map(({ number, result, seen }) => `${number} ${result}: ${seen}`);

test('a portal that does what is required passes', async () => {
  assert.deepEqual(inShort(await checked({ certFile, keyFile })), []);
});

for (const [fault, number] of Object.entries(PORTAL_FAULTS))
  test(`a portal that ${fault} fails ${number}`, async () => {
    const failed = (await checked({ certFile, keyFile }, fault as PortalFault)).filter(({ result }) => result === 'fail');
    assert.deepEqual(
      failed.map((one) => one.number),
      [number],
      JSON.stringify(failed),
    );
  });

test('one with a certificate for another name is spoken to no further', async () => {
  const findings = await checked({ certFile: other.cert, keyFile: other.key });
  assert.match(findings.find(({ number }) => number === 'P1')?.seen ?? '', /altnames/);
  assert.deepEqual(
    findings.filter(({ number, result }) => number.startsWith('P') && result === 'pass'),
    [],
  );
});
