import { DirectoryUnavailable } from '#activities/directory/errors.ts';
import { failedSignIns, type FailedSignIns } from '#activities/events/failed-sign-ins.ts';
import type { VerifierDeps } from './deps.ts';

/** Where wrong tries may come from, as far as it is known. `workstation`: a controller's own events named it, where these are collected. */
export interface Whence {
  kind: 'device' | 'service' | 'workstation';
  name: string;
}

/** More would be no help to anybody who has to look at each. */
const MOST = 20;

/**
 * What may still hold an old password of this account: whoever sent a wrong one since, as controllers' events say; the devices that are known for it, and
 * the services that run under it, of which neither is proof that it tries. A directory that does not answer now leaves the services out.
 */
export async function whenceOf({ db, tries }: Pick<VerifierDeps, 'db' | 'tries'>, account: string, since: Date): Promise<Whence[]> {
  const sent = new Set((await failedSignIns(db, account, since)).map(nameOf).filter((name) => name !== ''));
  const devices = await db.device.findMany({
    where: { accountGuid: account },
    orderBy: { name: 'asc' },
    take: MOST,
    select: { name: true },
  });
  const services = await tries.services(account).catch((error: unknown) => {
    if (error instanceof DirectoryUnavailable) return [];
    throw error;
  });
  return [
    ...[...sent].slice(0, MOST).map((name): Whence => ({ kind: 'workstation', name: name.slice(0, 256) })),
    ...devices.map(({ name }): Whence => ({ kind: 'device', name })),
    ...services.slice(0, MOST).map((name): Whence => ({ kind: 'service', name: name.slice(0, 256) })),
  ];
}

/** Empty where the controller did not say. */
function nameOf({ workstation, from }: FailedSignIns): string {
  return workstation !== null && from !== null ? `${workstation} (${from})` : (workstation ?? from ?? '');
}
