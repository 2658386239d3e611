import { whyNoAnswer, type NoAnswer } from './no-answer.ts';

/** For whoever keeps the device: what happened at this host and port, and what to do. Plain ASCII, for whatever console reads it. */
const WORDS: Readonly<Record<NoAnswer, (at: string) => string>> = {
  'name-not-found': (at) =>
    `The portal was not found: nobody here knows the name in ${at}. Check the address in the settings file (portal), and which name servers this device asks.`,
  'name-not-looked-up': (at) =>
    `The portal was not found: no name server answers for the name in ${at}. Connect this device to its network, and check which name servers it asks.`,
  refused: (at) =>
    `The portal was not reached: ${at} refuses connections. Check the port in the settings file (portal), that the portal runs, and that no packet filter keeps this device out.`,
  'no-way': (at) =>
    `The portal was not reached: no way through the network leads to ${at}. Connect this device to its network or VPN, and check the address in the settings file (portal).`,
  silence: (at) =>
    `The portal does not answer at ${at}. Check that it runs, and that no packet filter on the way drops what this device sends to that port.`,
  'broken-off': (at) =>
    `The connection with the portal at ${at} broke off. Try again; if it stays so, look for what stands between: a packet filter, a proxy, or a portal that is just starting.`,
  'other-authority': (at) =>
    `What answers at ${at} has a certificate that the pinned authority did not issue, so it was told nothing. Compare the authority in the settings file (ca; /etc/countersign-device/portal-ca.pem where it names none) with that of the portal. If it is the right one, something stands in the place of the portal, such as a proxy that opens TLS.`,
  'other-name': (at) =>
    `What answers at ${at} has a certificate for another name, so it was told nothing. Write the name that stands in the certificate of the portal into the settings file (portal), or have a certificate issued for the name that stands there.`,
  expired: (at) =>
    `What answers at ${at} has a certificate that has expired, or the clock of this device is ahead: it says ${now()}. Set the clock if it is wrong; else the portal needs a new certificate.`,
  'not-yet-valid': (at) =>
    `What answers at ${at} has a certificate that is not valid yet, or the clock of this device is behind: it says ${now()}. Set the clock if it is wrong; else look at the certificate of the portal.`,
  'other-tls': (at) =>
    `What answers at ${at} does not speak TLS 1.3. Check the port in the settings file (portal): for devices the portal has one of its own.`,
  'no-sense': (at) =>
    `What answers at ${at} does not answer as a portal answers devices. Check the port in the settings file (portal): for devices the portal has one of its own, and no proxy may stand before it.`,
};

const now = (): string => new Date().toISOString();

/** The portal gave no answer, or none that may be believed. Its message is words for whoever keeps the device, without anything that was sent or came. */
export class Unreached extends Error {
  readonly why: NoAnswer;
  /** Host and port of the settings. */
  readonly at: string;
  constructor(why: NoAnswer, at: string) {
    super(WORDS[why](at));
    this.why = why;
    this.at = at;
  }

  /** What an error of the connection with this host and port says. */
  static by(error: unknown, at: string): Unreached {
    return new Unreached(whyNoAnswer(error), at);
  }
}
