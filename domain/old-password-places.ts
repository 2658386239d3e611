/** Where an old password is kept and tried again without anybody typing it, the most frequent first. */
export const OLD_PASSWORD_PLACES = [
  'mail and calendar on a phone or tablet',
  'Wi-Fi with a saved password',
  'network drives that were mapped under another name or password',
  'a computer or remote desktop where you are still signed in',
  'passwords saved in a browser or in the credential manager of Windows',
  'services and scheduled tasks that run under your account',
] as const;

/** The same in one sentence. */
export const oldPasswordPlaces = `${OLD_PASSWORD_PLACES.slice(0, -1).join('; ')}; and ${OLD_PASSWORD_PLACES.at(-1)}`;
