/** What the certificate on a card may be issued for (extended key usage), by the word of the settings. */
export const CARD_PURPOSES = {
  'smart-card-logon': '1.3.6.1.4.1.311.20.2.2',
  'client-authentication': '1.3.6.1.5.5.7.3.2',
} as const;
export type CardPurpose = keyof typeof CARD_PURPOSES;
