import { TYPED } from '#domain/asked-words.ts';
import { accountProblems } from '#domain/form-shape.ts';
import { atDevice, deviceChallenge, moved, Told } from './answers.ts';
import type { AtStep, StepEnd, Visit } from './at-step.ts';
import type { SignedByDevice } from './this-device.ts';
import { sayWrong, told } from './say-wrong.ts';

/** Tells the portal at which device a reset is open. Answers whether the word of this device may be a proof; a device or a portal that does not answer changes nothing. */
export async function sayWhere(at: Visit, path: string): Promise<boolean> {
  try {
    const said = await signedHere(at, path, 'source-device', null);
    return said !== undefined && (await at.portal.post(`${path}/device`, said, atDevice)).knownDevice;
  } catch (error) {
    if (!(error instanceof Told)) throw error;
    return false;
  }
}

/** Lets this computer say that it knows whose reset it is. */
export async function proveByDevice(at: AtStep, notThat: readonly string[]): Promise<StepEnd> {
  const { screen, portal, path } = at;
  // Whoever came back with a reference has not named the account here.
  const account = at.account ?? (await screen.ask(TYPED.account))?.trim();
  if (account === undefined) return 'other';
  if (sayWrong(screen, accountProblems(account))) return 'look';
  const said = await signedHere(at, path, 'known-device', account);
  if (said === undefined) screen.say('', 'This computer does not answer just now. Choose something else, or try again.');
  else await told(screen, portal.post(`${path}/proofs`, { proof: 'known-device', ...said }, moved), notThat);
  return 'look';
}

async function signedHere(
  { portal, device }: Visit,
  path: string,
  purpose: 'known-device' | 'source-device',
  account: string | null,
): Promise<(SignedByDevice & { ceremony: string }) | undefined> {
  const { ceremony, challenge } = await portal.post(`${path}/device/challenge`, { purpose }, deviceChallenge);
  const signed = await device.attest(challenge, account);
  return signed && { ceremony, ...signed };
}
