import assert from 'node:assert/strict';
import { after } from 'node:test';
import { agentOn, type AgentOnDevice } from './agent-on-device.ts';
import { deviceLab, type DeviceLab } from './device-lab.ts';
import { noticeOf } from './device-notice.ts';
import { devicePortal, type DevicePortal, type Notice } from './device-portal.ts';
import type { MemberDevice } from './member-device.ts';

/** One member of the domain on which an enrolled agent runs, and the portal that it listens to. */
export interface LabWithAgent {
  lab: DeviceLab;
  laptop: MemberDevice;
  portal: DevicePortal;
  agent: AgentOnDevice;
  /** A notice of a reset to this device. */
  notice: (account: string, writtenAt: Date, other?: Partial<Notice>) => Promise<Notice>;
}

/** Brings them up; they are ended after the last test of the file. Call it at the top of the file. */
export async function labWithAgent(): Promise<LabWithAgent> {
  const lab = await deviceLab(['laptop-1']);
  const [laptop] = lab.devices;
  assert.ok(laptop);
  const portal = await devicePortal(lab.ours, lab.ca);
  after(() => portal.stop());
  const agent = agentOn(laptop, portal, lab.ca.certPem);
  const enrolled = await agent.verb('enrol', portal.ticket());
  assert.equal(enrolled.code, 0, enrolled.stderr);
  await agent.start();
  const notice: LabWithAgent['notice'] = (account, writtenAt, other) =>
    noticeOf(lab, { device: portal.device(), account, writtenAt }, other);
  return { lab, laptop, portal, agent, notice };
}
