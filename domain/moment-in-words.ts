/** How a moment is told to a claimant: day, hour and the zone that the clock here stands in, named. */
export const momentInWords = new Intl.DateTimeFormat('en-GB', {
  weekday: 'long',
  day: 'numeric',
  month: 'long',
  hour: '2-digit',
  minute: '2-digit',
  timeZoneName: 'short',
});
