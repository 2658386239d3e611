/** The part of the vocabulary of "no" (refusals.ts) that is about devices and their agents. */
export const DEVICE_REFUSALS = {
  'device-unknown': {
    status: 401,
    words:
      'No device is enrolled with this key. Show a client certificate with an Ed25519 key, and enrol it with a ticket of the help desk.',
  },
  'device-revoked': { status: 403, words: 'This device was revoked. If that is a mistake, ask the help desk for a new ticket.' },
  'device-not-approved': { status: 403, words: 'This device is enrolled and waits for approval in the console.' },
  'device-ticket-refused': {
    status: 403,
    words:
      'This ticket was not accepted for this device. It works once, for one device name, for a limited time. Ask the help desk for a new one.',
  },
  'device-account-refused': {
    status: 403,
    words:
      'This device was not enrolled by its computer account. The site’s policy has to allow it, the account has to be that of an enabled computer of the domain with this host name, and no controller, and a certificate of this very key, made within the hour, has to stand in it (userCertificate) since a quarter of an hour at most. A ticket of the help desk is the other way.',
  },
  'device-known-before': {
    status: 403,
    words:
      'A device of this name, or of this computer account, was enrolled before with another key, or this key was revoked. Only a person lets it in again: make a new key, and ask the help desk for a ticket.',
  },
  'device-replayed': { status: 409, words: 'A newer report of this device is known already. Send one with a higher sequence number.' },
  'device-statement-refused': {
    status: 422,
    words: 'The statement is not one of this device: its form, its signature or what it names is not right. Nothing was recorded of it.',
  },
  'notice-over': { status: 410, words: 'This notice is closed or has expired. Nothing more is expected about it.' },
  'device-not-waiting': { status: 409, words: 'This device does not wait for approval.' },
  'device-not-there': { status: 409, words: 'This device is not enrolled, or was revoked before.' },
  'device-second-person': { status: 403, words: 'You made the ticket of this device, so another person has to approve it.' },
} as const satisfies Record<string, { status: number; words: string }>;
