/** A telephone, a second one, and a computer; a list without end would be somebody else's doing. */
export const MOST_APPS = 3;

/** How many recovery codes a sheet has. */
export const CODES_ON_A_SHEET = 10;
