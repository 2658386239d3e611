/** How much of a test is played: a small instance within `npm test`, the long one in `npm run test:campaign`. */
export function amount<T = number>(small: T, inCampaign: T): T {
  return process.env['COUNTERSIGN_CAMPAIGN'] === '1' ? inCampaign : small;
}
