import assert from 'node:assert/strict';
import { newDevice, nextOfReset, type DeviceAnswer } from '#test/support/device.ts';
import { claimant, freshPassword, proven, signedIn } from '#test/support/scenes.ts';
import { privilegedRule } from '#test/support/policies.ts';
import { underPolicy } from '#test/support/under-policy.ts';
import type { World } from '#test/support/world.ts';
import type { Leaves } from './officers-deeds.ts';

/** An answer to a device as the tables of effects take it. */
const spoken = async (asked: Promise<DeviceAnswer>) => {
  const { status, body } = await asked;
  return { status, body, text: JSON.stringify(body) };
};

/** A device's life with every deed of it: a ticket, enrolment, approval, what it says after a reset, and its end. */
export async function everyDeedAboutDevices({ stack, people }: World, leaves: Leaves): Promise<void> {
  const [helpDesk, officer] = [await signedIn(stack.run, people, 'jonas.berg'), await signedIn(stack.run, people, 'quentin.roux')];
  const device = await newDevice(stack.run, 'deeds.bank.test');
  const by = async (account: string) => ({ reason: 'a new laptop', by: { totp: await people.code(account) } });
  const noticeKeys = await underPolicy(stack, `devices: { approval: second-person }\nrules:${privilegedRule}`, async () => {
    const asked = { name: device.name, ...(await by('jonas.berg')) };
    const made = await leaves('POST /api/v1/device-tickets', 201, () => helpDesk.post<{ ticket: string }>('/api/v1/device-tickets', asked));
    const enrolled = await leaves('POST /api/v1/device/enrolments', 201, () => spoken(device.enrol(made.body.ticket)));
    const approved = await by('quentin.roux');
    await leaves('POST /api/v1/devices/{id}/approval', 200, () => officer.post(`/api/v1/devices/${device.id}/approval`, approved));
    return enrolled.body['noticeKeys'];
  });
  const first = await proven(stack.run, people, 'fatima.noor');
  const [row] = await people.sql<{ account_sid: string }>('SELECT account_sid FROM reset WHERE reference = $1', [first.who.reference]);
  assert.ok(row);
  assert.equal((await device.report([{ sid: row.account_sid, name: 'fatima.noor' }])).status, 204);
  const stream = device.listen();
  assert.equal((await first.who.choose(freshPassword())).status, 202);
  const { notice } = (await nextOfReset(stream, noticeKeys)).said;
  const path = 'POST /api/v1/device/notices/{id}/acks';
  await leaves(path, 200, () => spoken(device.sendAck(String(notice), 'nothing-cached')));
  await first.who.until('done');
  first.who.close();
  const there = claimant(stack.run);
  assert.equal((await there.name('fatima.noor')).status, 201);
  const at = `/api/v1/portal/resets/${there.reference}/device`;
  const asked = await there.http.post<{ ceremony: string; challenge: string }>(`${at}/challenge`, { purpose: 'source-device' });
  const { ceremony, challenge } = asked.body;
  const said = device.sign('countersign/device-attest/v1', { device: device.id, challenge, at: new Date().toISOString(), account: null });
  await leaves('POST /api/v1/portal/resets/{reference}/device', 200, () => there.http.post(at, { ceremony, ...said }));
  await there.cancel();
  there.close();
  const revoked = await by('quentin.roux');
  await leaves('POST /api/v1/devices/{id}/revocation', 200, () => officer.post(`/api/v1/devices/${device.id}/revocation`, revoked));
  await stream.gone;
  device.close();
  helpDesk.close();
  officer.close();
}
